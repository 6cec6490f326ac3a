"""The graphical program: ``python -m picostream_pymeasure.main``, or ``picostream gui``."""

from __future__ import annotations

import functools
import logging
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from .config import RANGES_V
from .display.application import QtCore, make_application
from .display.experiment.scopes import ScopeInput
from .display.experiment.window import ExperimentWindow
from .display.painting.theme import dress
from .errors import PicoStreamError
from .instrument.found_scopes import FoundScopes
from .procedures.capture import StreamingCapture
from .procedures.scope_parameters import FIRST_FOUND, SIMULATED
from .procedures.summary import ELAPSED, column
from .quantities import exact

log = logging.getLogger(__name__)

#: A range holds so much more than was seen.
_RANGE_MARGIN = 1.1

_SCOPES = {FIRST_FOUND: "First scope found", SIMULATED: "Simulated scope"}


def make_window(
    simulate: bool = False, settings: QtCore.QSettings | None = None
) -> ExperimentWindow:
    """Make the window of the streaming capture; a ``QApplication`` must exist.

    :param simulate: choose the simulated scope, whatever was chosen last time.
    :param settings: where the window remembers itself; by default the user's own settings.
    """
    found = FoundScopes()
    scopes = functools.partial(ScopeInput, find=found.look, always=_SCOPES)
    window = ExperimentWindow(
        StreamingCapture,
        factories={"scope_serial": scopes},
        obstacle=functools.partial(_obstacle, found),
        default_folder=_default_folder(),
        settings=settings,
        displays=("scope_serial", "resolution"),
        x_axis=ELAPSED,
        y_axis=column("A", "RMS"),
        sequencer=True,
        sequencer_inputs=StreamingCapture.INPUTS,
    )
    window.setWindowTitle("PicoStream")
    if simulate:
        window.inputs.scope_serial.setValue(SIMULATED)
    window.busy_changed.connect(window.inputs.scope_serial.hold)
    window.recording_tab.plotter.auto_found.connect(functools.partial(_fit_ranges, window))
    return window


def _obstacle(found: FoundScopes, procedure: Any) -> str:
    """What keeps a capture from running, as far as the last look at the scopes tells."""
    inputs = procedure.enabled_channels, procedure.enabled_ports
    if procedure.scope_serial == SIMULATED:
        return found.simulated_obstacle(*inputs)
    is_first = procedure.scope_serial in ("", FIRST_FOUND)
    return found.obstacle(None if is_first else procedure.scope_serial, *inputs)


def _fit_ranges(window: ExperimentWindow, extremes_v: dict[str, tuple[float, float]]) -> None:
    """Choose the ranges of the next run so that they hold what was seen, as a scope's Auto does."""
    chosen = []
    for name, (low_v, high_v) in extremes_v.items():
        element = getattr(window.inputs, f"range_{name.lower()}", None)
        if element is not None:
            needed_v = _RANGE_MARGIN * max(abs(low_v), abs(high_v))
            fitting = [range_v for range_v in RANGES_V if range_v >= needed_v]
            range_v = min(fitting, default=max(RANGES_V))
            if element.value() != range_v:
                element.setValue(range_v)
                chosen.append(f"{name} ±{exact(range_v, 'V')}")
    if chosen:
        window.tell(f"Ranges for the next run: {', '.join(chosen)}.", logging.INFO)


def _default_folder() -> str:
    """Where a shell is, or the user's documents for a program that was started by a click."""
    if getattr(sys, "frozen", False):
        documents = QtCore.QStandardPaths.writableLocation(QtCore.QStandardPaths.DocumentsLocation)
        return str(Path(documents) / "PicoStream")
    return str(Path.cwd())


def run(simulate: bool = False) -> int:
    """Open the window and return the exit code when it is closed.

    :raises PicoStreamError: there is no screen.
    """
    application = make_application()
    window = make_window(simulate)
    plotter = window.recording_tab.plotter
    dress(application, plotter.theme_name)
    plotter.themed.connect(functools.partial(dress, application))
    sys.excepthook = functools.partial(_tell_unexpected, window)
    signal.signal(signal.SIGINT, lambda *_: application.quit())  # ends a run, keeping its data
    window.show()
    return int(application.exec_())


def _tell_unexpected(
    window: ExperimentWindow,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
) -> None:
    """Keep the window alive: PyQt ends a program whose slot raises, unless there is a hook."""
    log.error("Unexpected error", exc_info=(kind, error, traceback))
    window.tell(f"Something unexpected happened ({kind.__name__}: {error}); the log says more.")


@click.command()
@click.option("--simulate", is_flag=True, help="Choose the simulated scope.")
def _main(**options: Any) -> None:
    """Record with a window; a simulated scope is always in its list."""
    try:
        sys.exit(run(**options))
    except PicoStreamError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    _main()
