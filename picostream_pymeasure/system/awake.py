"""Keeping the computer awake while it records; nothing depends on it.

Linux asks logind through ``systemd-inhibit`` and macOS ``caffeinate``, both as long as a helper
lives, which ends with this program however that ends. Windows keeps the wish with the thread that
uttered it, so it is taken back in the same one. Only the Linux form has been run here.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

_WHY = "recording from an oscilloscope"
_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001


def _holder() -> list[str]:
    """A program that keeps the system awake as long as its standard input is open."""
    until_closed = ["cat"]
    if sys.platform == "darwin":
        return ["caffeinate", "-i", *until_closed]
    return [
        "systemd-inhibit",
        "--what=sleep:idle",
        "--who=picostream",
        f"--why={_WHY}",
        "--mode=block",
        *until_closed,
    ]


@contextmanager
def kept_awake() -> Iterator[None]:
    """Keep the computer from sleeping while entered, where the system lets us.

    It is left in the thread that entered it, once for each time.
    """
    if sys.platform == "win32":
        with awake_on_windows(ctypes.WinDLL("kernel32")):
            yield
        return
    helpers: list[subprocess.Popen[bytes]] = []
    # a busy system takes its time to start a program, and who enters this may have a window
    starting = Thread(target=_start, args=(_holder(), helpers), name="picostream awake")
    starting.start()
    try:
        yield
    finally:
        starting.join()
        for helper in helpers:
            _end(helper)


@contextmanager
def awake_on_windows(kernel: Any) -> Iterator[None]:
    """Ask Windows for it, and let what was asked for before stand afterwards.

    :param kernel: ``kernel32``.
    """
    kernel.SetThreadExecutionState.restype = ctypes.c_uint32
    before = kernel.SetThreadExecutionState(_CONTINUOUS | _SYSTEM_REQUIRED)
    try:
        yield
    finally:
        kernel.SetThreadExecutionState(before | _CONTINUOUS)


def _start(command: list[str], started: list[subprocess.Popen[bytes]]) -> None:
    if shutil.which(command[0]) is None:
        return
    with suppress(OSError):
        helper = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C at the terminal is not for it
        )
        started.append(helper)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
