"""The ``QApplication`` of the programs with its loop, and a sentence where there cannot be one.

Qt ends a process that has no screen to show windows on with an abort; what it says before is heard
here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtWidgets

from .idle_collector import IdleCollector
from .screen import NO_SCREEN, require_screen

__all__ = ["QtCore", "make_application", "missing_packages", "run_event_loop"]

#: A thread lets others have Python after so long. Qt asks for it anew for each event and for each
#: part of a style, so that one paint of a window waits dozens of times where a file is read.
_SWITCH_S = 0.5e-3

_NAME = "PicoStream"
_FAILED = 1

#: Libraries that Qt needs for X11 and does not bring, with the packages of Debian and Ubuntu.
_X11_PACKAGES = {
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_X11_PACKAGES_OF_QT_6 = {"libxcb-cursor.so.0": "libxcb-cursor0"}


def make_application() -> Any:
    """Give the application, made when there is none.

    Where Qt finds a screen but cannot use it the program ends here, with a sentence and code 1.

    :raises PicoStreamError: there is no screen.
    """
    if (application := QtWidgets.QApplication.instance()) is not None:
        return application
    require_screen()
    before = QtCore.qInstallMessageHandler(_end_with_a_sentence)
    try:
        return pyqtgraph.mkQApp(_NAME)
    finally:
        QtCore.qInstallMessageHandler(before)


def run_event_loop(application: Any, is_recording: Callable[[], bool] = lambda: False) -> int:
    """Let the windows live, and return the exit code when the last one is closed.

    :param is_recording: as of :class:`.idle_collector.IdleCollector`.
    """
    with windows_first(is_recording):
        return int(application.exec_())


@contextlib.contextmanager
def windows_first(is_recording: Callable[[], bool]) -> Iterator[None]:
    """Let windows wait little for other threads and for the search of garbage meanwhile.

    :param is_recording: as of :class:`.idle_collector.IdleCollector`.
    """
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    collector = IdleCollector(is_recording)
    try:
        yield
    finally:
        collector.stop()
        sys.setswitchinterval(before_s)


def _end_with_a_sentence(kind: Any, context: Any, text: str) -> None:
    """Tell why Qt cannot begin: after its last word it aborts, which no exception prevents."""
    if kind == QtCore.QtMsgType.QtFatalMsg:
        os.write(2, f"Error: {_reason()}\n".encode())
        os._exit(_FAILED)


def _reason() -> str:
    platform = os.environ.get("QT_QPA_PLATFORM")
    if platform:
        return f"Qt cannot show windows in the way that QT_QPA_PLATFORM={platform} asks for."
    if missing := missing_packages():
        return (
            "The windows cannot be shown because libraries are missing; on Debian and Ubuntu "
            f"install {' '.join(missing)}."
        )
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return f"The screen {display} does not answer. {NO_SCREEN}"


def missing_packages() -> list[str]:
    """Name the packages of Debian and Ubuntu without which Qt cannot use X11."""
    needed = {**_X11_PACKAGES, **(_X11_PACKAGES_OF_QT_6 if QtCore.qVersion() >= "6" else {})}
    return [package for library, package in needed.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
