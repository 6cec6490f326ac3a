"""What is used of PyMeasure beyond its documentation: all of it, by name, and nothing elsewhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import multiprocessing
import pkgutil
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest
from pymeasure.experiment import Parameter, Procedure
from pymeasure.instruments import Instrument

import picostream_pymeasure
from picostream_pymeasure import procedures

#: Names of PyMeasure's that begin with an underscore, by the class of ours that uses them.
PRIVATE = {
    "HostInputs": {
        "_hide_groups",
        "_inputs",
        "_layout",
        "_procedure",
        "_procedure_class",
        "_setup_ui",
        "_setup_visibility_groups",
    },
    "HostLog": {"_blink", "_blink_color", "_blink_qtimer", "_setup_ui"},
    "HostManager": {
        "_abort_returned",
        "_failed",
        "_finish",
        "_is_continuous",
        "_monitor",
        "_running_experiment",
        "_start_on_add",
        "_update_status",
        "_worker",
    },
    "HostWindow": {"_layout", "_setup_ui"},
}

#: PyMeasure's documentation of adapters says to write these.
DOCUMENTED = {"_read", "_write"}

ROOMS = ("display.experiment", "instrument", "procedures")


def private_names(kind: type) -> set[str]:
    """What a class defines, reads or sets with an underscore, on itself or its base."""
    used = re.findall(r"(?:self|super\(\)|cls)\.(_[a-z]\w*)", inspect.getsource(kind))
    return {*used, *(name for name in vars(kind) if re.match("_[a-z]", name))}


def classes() -> Iterator[type]:
    for room in ROOMS:
        package = importlib.import_module(f"picostream_pymeasure.{room}")
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__ == module.__name__:
                    yield kind


def of_pymeasure(kind: type) -> set[str]:
    bases = [base for base in kind.__mro__ if base.__module__.startswith("pymeasure.")]
    return set().union(*map(private_names, bases))


def test_private_parts_are_used_in_one_place(application: Any) -> None:
    used = {
        kind.__name__: private_names(kind) & of_pymeasure(kind) - DOCUMENTED for kind in classes()
    }
    assert {name: names for name, names in used.items() if names} == PRIVATE


def names_on_others(module: Path) -> set[str]:
    """Private names that a module uses on objects that are not its own."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and re.match("_[a-z]", node.attr):
            is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not is_own:
                found.add(node.attr)
    return found


def test_private_parts_of_procedures_are_used_in_one_place() -> None:
    of_pymeasure = private_names(Procedure) | private_names(Parameter) | private_names(Instrument)
    folders = Path(picostream_pymeasure.__file__).parent, Path(procedures.__path__[0])
    used = {
        f"{path.parent.name}.{path.stem}": names_on_others(path) & of_pymeasure
        for folder in folders
        for path in folder.rglob("*.py")
    }
    found = {name: names for name, names in used.items() if names}
    assert found == {"picostream_pymeasure.host": {"_parameters"}}


@pytest.mark.parametrize("name", ["FINISHED", "FAILED", "ABORTED", "QUEUED", "RUNNING"])
def test_a_status_is_that_of_this_release(name: str) -> None:
    from pymeasure.experiment import procedure

    from picostream_pymeasure import host

    home = getattr(procedure, "ProcedureStatus", Procedure)
    assert getattr(host, name) == getattr(home, name)


def test_an_instrument_without_scpi_warns_of_nothing() -> None:
    from pymeasure.adapters import FakeAdapter

    from picostream_pymeasure.host import WITHOUT_SCPI

    assert Instrument(FakeAdapter(), "plain", **WITHOUT_SCPI).name == "plain"


def test_a_worker_that_never_recorded_has_no_recorder(application: Any) -> None:
    from picostream_pymeasure.display.experiment.host import HostManager

    manager = SimpleNamespace(_worker=SimpleNamespace())
    assert HostManager.recorder.fget(manager) is None  # type: ignore[attr-defined]


def test_what_is_shown_late_does_not_undo_a_failure(application: Any) -> None:
    """PyMeasure's worker tells a run that is marked as running, when it has ended, as finished."""
    from picostream_pymeasure.display.experiment.host import HostManager
    from picostream_pymeasure.host import FAILED, RUNNING

    shown: list[Any] = []
    item = SimpleNamespace(setStatus=shown.append)
    run = SimpleNamespace(procedure=SimpleNamespace(status=FAILED), browser_item=item)
    manager: Any = SimpleNamespace(is_running=lambda: True, _running_experiment=run)
    HostManager._update_status(manager, RUNNING)
    assert (shown, run.procedure.status) == ([RUNNING], FAILED)


def test_nothing_of_a_worker_that_died_is_left(application: Any) -> None:
    from picostream_pymeasure.display.experiment.host import HostManager

    stopped, queues = threading.Event(), (multiprocessing.Queue(), SimpleQueue())
    worker = SimpleNamespace(stop=stopped.set, recorder_queue=queues[0], monitor_queue=queues[1])
    queues[0].put("row")
    assert queues[0].get() == "row"
    HostManager.end_worker(SimpleNamespace(_worker=worker))  # type: ignore[arg-type]
    assert stopped.is_set()
    queues[0].join_thread()


def test_a_warning_colours_the_title_of_its_log_until_it_is_read(
    application: Any, until: Any
) -> None:
    from pymeasure.display.Qt import QtWidgets

    from picostream_pymeasure.display.experiment.results_pages import ExperimentLog
    from picostream_pymeasure.display.painting.theme import THEMES

    tabs = QtWidgets.QTabWidget()
    log = ExperimentLog("Log")
    for page in (QtWidgets.QWidget(), log):
        tabs.addTab(page, "")
    log._blinking_start("<!--WARNING-->")
    until(lambda: not log._blink_qtimer.isActive())
    assert tabs.tabBar().tabTextColor(1) == log.title_colour("darkorange")
    log.set_theme(THEMES["dark"])
    assert tabs.tabBar().tabTextColor(1) == log.title_colour("darkorange"), "in another theme too"
    tabs.setCurrentIndex(1)
    assert tabs.tabBar().tabTextColor(1) == log.title_colour(None)


def test_a_message_is_told_in_its_own_window_alone(application: Any) -> None:
    from picostream_pymeasure.display.experiment.results_pages import ExperimentLog

    logs = [ExperimentLog("Log") for _ in range(2)]
    assert logs[0]._blink_qtimer is not logs[1]._blink_qtimer
