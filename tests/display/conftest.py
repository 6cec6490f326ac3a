"""Qt without a screen."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.event_loop import wait
from tests.support.experiment_windows import settings_in

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def garbage_waits() -> None:
    """Let Python not look for garbage in a test, as the programs do not.

    It may look in any thread and at any moment, and destroy Qt's objects while Qt uses them.
    """
    gc.disable()


def pytest_runtest_logfinish() -> None:
    """Look for garbage when nothing holds what a test had; what is left is not searched again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def no_hidden_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a slot or an event handler raised something, which Qt would swallow."""
    raised: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, traceback: raised.append(error))
    yield
    if raised:
        raise raised[0]


@pytest.fixture(scope="session")
def application() -> Any:
    """The one QApplication; skips where the system lacks the libraries Qt itself needs."""
    try:
        from pymeasure.display.Qt import QtWidgets
    except ImportError as error:
        pytest.skip(f"Qt cannot be loaded ({error}); on Debian install libgl1 and libglib2.0-0")
    return QtWidgets.QApplication.instance() or QtWidgets.QApplication([])


@pytest.fixture
def until(application: Any) -> Callable[[Callable[[], Any]], None]:
    """Run the event loop until something holds."""
    return wait


@pytest.fixture
def program_window(
    application: Any, until: Callable[[Callable[[], Any]], None], tmp_path: Path
) -> Iterator[Any]:
    """The program's window with the simulated scope, and ``data`` to record into."""
    from picostream_pymeasure.main import make_window

    window = make_window(simulate=True, settings=settings_in(tmp_path))
    (tmp_path / "data").mkdir()
    window.directory = str(tmp_path / "data")
    window.show()
    yield window
    if window.manager.is_running():
        window.abort()
        until(lambda: not window.manager.is_running())
    until(lambda: window.inputs.scope_serial.refresh_button.isEnabled())
    window.manager.forget_waiting()  # whoever closes it would be asked
    window.close()
    window.deleteLater()


@pytest.fixture
def window(program_window: Any) -> Any:
    """The program's window with a short run in its inputs."""
    program_window.inputs.sample_rate.setValue(1)
    program_window.inputs.duration.setValue(0.1)
    return program_window
