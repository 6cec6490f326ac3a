"""What is said while compiled code is made."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from numba.core import event
from rich.console import Console

from picostream_pymeasure import driver
from picostream_pymeasure.cli import events, export, preparing, repair, verification
from picostream_pymeasure.cli.inspect import show_scopes
from picostream_pymeasure.cli.preparing import showing_preparation, telling_that_it_compiles
from picostream_pymeasure.cli.system_report import show_report
from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.system.memory import FreeMemory
from tests.support.patience import PATIENCE_S


class Wish:
    """An interrupt that comes or does not."""

    def __init__(self, *, came: bool = False) -> None:
        self.came = came

    def refuse(self) -> None:
        if self.came:
            raise PicoStreamError("Interrupted")


def compile_functions(count: int) -> None:
    for _ in range(count):
        with event.trigger_event("numba:compile"):
            pass


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_line_where_there_is_no_terminal(count: int) -> None:
    text = io.StringIO()
    with showing_preparation(Console(file=text, width=100), Wish()):
        compile_functions(count)
    assert text.getvalue().count("Compiling") == min(count, 1)


def test_nothing_is_said_of_later_compilations() -> None:
    text = io.StringIO()
    with showing_preparation(Console(file=text, width=100), Wish()):
        pass
    compile_functions(1)
    assert text.getvalue() == ""


@pytest.mark.parametrize("show", [partial(show_scopes, as_json=True), show_report])
def test_who_asks_for_simulated_scopes_hears_of_it(
    show: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(driver, "load_library", lambda simulated: compile_functions(2))
    monkeypatch.setattr(driver, "list_serials", lambda library: [])
    show(simulate=True)
    told = capsys.readouterr()
    assert told.err.count("Compiling") == 1
    assert "Compiling" not in told.out


@pytest.mark.parametrize(
    "work",
    [
        lambda file: verification.verify_with_progress(Console(stderr=True), file),
        lambda file: export.export_file(file, file.with_suffix(".csv"), ()),
        lambda file: events.list_events(file, None, None, None, None, False, {}),
        lambda file: repair.repair_file(file, as_json=True),
    ],
)
def test_who_reads_a_file_hears_of_it(
    work: Callable[[Path], int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def begin(*_: object, **__: object) -> Console:
        compile_functions(2)
        raise PicoStreamError("Begun.")

    for command in (export, events, repair):
        monkeypatch.setattr(command, "make_console", begin)
    monkeypatch.setattr(verification, "make_bar", begin)
    with pytest.raises(PicoStreamError, match="Begun"):
        work(Path("data.hdf5"))
    told = capsys.readouterr()
    assert (told.err.count("Compiling"), told.out) == (1, "")


def test_who_verifies_within_a_command_says_nothing_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with telling_that_it_compiles():
        compile_functions(1)
        with telling_that_it_compiles():
            compile_functions(1)
    assert capsys.readouterr().err.count("Compiling") == 1


WITHOUT_SDK = """
import sys
from click.testing import CliRunner
from picostream_pymeasure import driver
from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.errors import SdkNotFoundError

def load_library(simulated):
    raise SdkNotFoundError("There is none.")

driver.load_library = load_library
done = CliRunner().invoke(picostream, sys.argv[1:])
print(type(done.exception).__name__, *(name for name in sys.modules if ".kernels." in name))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--keep", "A:rising:20mV"),
        ("capture", "--samples", "9", "-o", "a.hdf5"),
        pytest.param((), marks=pytest.mark.long),
        pytest.param(("--keep", "A:rising:20mV", "--dry-run"), marks=pytest.mark.long),
    ],
)
def test_where_the_library_is_missing_nothing_is_compiled_before_it_is_told(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", WITHOUT_SDK, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["SdkNotFoundError"], done.stderr
    assert not list(tmp_path.iterdir())


def test_a_terminal_sees_how_far_it_is() -> None:
    text = io.StringIO()
    with showing_preparation(Console(file=text, width=100, force_terminal=True), Wish()):
        compile_functions(3)
    assert "function 3 ..." in text.getvalue()


def test_a_dumb_terminal_gets_one_line() -> None:
    text = io.StringIO()
    dumb = Console(file=text, width=100, force_terminal=True, _environ={"TERM": "dumb"})
    with showing_preparation(dumb, Wish()):
        compile_functions(3)
    assert text.getvalue().count("Compiling") == 1


def test_nobody_waits_for_the_end_of_a_compilation() -> None:
    console = Console(file=io.StringIO())
    with pytest.raises(PicoStreamError), showing_preparation(console, Wish(came=True)):
        compile_functions(1)


@pytest.mark.parametrize(("n_bytes", "counts_addresses"), [(2e8, False), (6e8, True)])
def test_less_memory_than_the_program_takes_is_told_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, n_bytes: float, counts_addresses: bool
) -> None:
    free = FreeMemory(int(n_bytes), "here", counts_addresses)
    monkeypatch.setattr(preparing, "free_memory", lambda: free)
    text = io.StringIO()
    with (
        pytest.raises(PicoStreamError, match="GB of memory are free here; end other programs"),
        showing_preparation(Console(file=text), Wish()),
    ):
        raise AssertionError("it went on")
    assert text.getvalue() == ""


def test_less_memory_than_a_function_takes_is_told_before_it_is_compiled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = iter([10**9, 200 * 10**6, 10**8])  # at the start, and before each function
    monkeypatch.setattr(preparing, "free_memory", lambda: FreeMemory(next(left)))
    console = Console(file=io.StringIO())
    with (
        pytest.raises(PicoStreamError, match=r"0\.10 GB of memory"),
        showing_preparation(console, Wish()),
    ):
        compile_functions(3)


def test_what_an_interrupt_broke_off_is_not_told_instead() -> None:
    console = Console(file=io.StringIO())
    with (
        pytest.raises(PicoStreamError, match="Interrupted"),
        showing_preparation(console, Wish(came=True)),
    ):
        raise RuntimeError("Failed in nopython mode pipeline")


EARLY = """
import sys
from click.testing import CliRunner
from picostream_pymeasure import driver
from picostream_pymeasure.cli.group import picostream

def load_library(simulated):
    raise AssertionError("The scope is looked for.")

driver.load_library = load_library
done = CliRunner().invoke(picostream, sys.argv[1:])
print(type(done.exception).__name__, *(name for name in sys.modules if ".kernels." in name))
"""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--simulate", "-o", "kept.hdf5"), "OutputExistsError"),
        (("--simulate", "--keep", "A:rising:20mV", "-o", "kept.hdf5"), "OutputExistsError"),
        (("capture", "--simulate", "--samples", "9", "-o", "kept.hdf5"), "OutputExistsError"),
        (("selftest", "--simulate", "--report", "kept.hdf5"), "OutputExistsError"),
        (("events", "kept.hdf5"), "FileFormatError"),
        (("export", "kept.hdf5", "a.csv"), "FileFormatError"),
        (("verify", "kept.hdf5"), "FileFormatError"),
        (("repair", "kept.hdf5"), "FileFormatError"),
        (("compress", "kept.hdf5"), "FileFormatError"),
        (("events", "missing.hdf5"), "StorageError"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_before_anything_is_compiled_or_opened(
    arguments: tuple[str, ...], error: str, tmp_path: Path
) -> None:
    (tmp_path / "kept.hdf5").write_text("mine")
    command = [sys.executable, "-c", EARLY, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == [error], done.stderr
    assert (tmp_path / "kept.hdf5").read_text() == "mine"
