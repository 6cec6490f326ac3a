"""The driver's own thread that makes the captures of a run and tells when it is over."""

from __future__ import annotations

import ctypes
import threading
import time
from typing import Any

from ...config import Status
from ..device.capturing import DONE, FAILED, STOPPED, make_captures
from ..device.layout import MADE, STOP
from ..unit.unit import Unit
from .capture_values import hand_over

_BLOCK_READY: Any = ctypes.CFUNCTYPE(None, ctypes.c_int16, ctypes.c_uint32, ctypes.c_void_p)
_STATES = {DONE: "done", STOPPED: "stopped", FAILED: "failed"}
#: How long after Stop a late callback comes.
_LATE_S = 0.02


def start_run(unit: Unit, ready: int | None, parameter: int | None) -> None:
    """Make the captures on a thread of their own; ``ready`` is the address of the callback."""
    block = unit.block
    if block.thread is not None:  # it may still have a late callback to make
        block.thread.join()
    block.words[STOP] = block.words[MADE] = 0
    block.state = "armed"
    block.thread = threading.Thread(
        target=_run, args=(unit, ready, parameter), name="simulated ps5000a", daemon=True
    )
    block.thread.start()


def end_run(unit: Unit) -> None:
    """End a run that is under way, as ``Stop`` does; complete captures of a rapid block stay."""
    block = unit.block
    block.words[STOP] = 1
    if block.thread is None:
        return
    if unit.scope.block.stop_callback != "after":
        block.thread.join()
    else:
        while block.is_armed:
            time.sleep(0.0005)


def close_runs(unit: Unit) -> None:
    """End what runs; nothing is called back any more once this has returned."""
    end_run(unit)
    if unit.block.thread is not None:
        unit.block.thread.join()
        unit.block.thread = None


def _run(unit: Unit, ready: int | None, parameter: int | None) -> None:
    block = unit.block
    handle = unit.handle
    never_ready = block.fault("armed", "never_ready") is not None
    ended = make_captures(
        unit.records, block.runs, block.words, block.number_of_run, block.captures
    )
    if block.made:
        first = block.captures[block.runs["first_segment"][0]]
        block.begins.append((int(first["first"]), int(first["trigger"])))
    status = _status(unit, ended)
    if ended == DONE and block.overlap is not None:
        status = hand_over(unit, block.overlap)
    if not block.is_rapid and ended != DONE:
        block.captures["run"][block.runs["first_segment"]] = 0
    if never_ready and ended == DONE:
        while not block.words[STOP]:
            time.sleep(0.0005)
        ended, status = STOPPED, Status.CANCELLED
    block.state = _STATES[ended]
    if ready and _calls_back(unit, ended):
        block.callback_thread = threading.get_ident()
        _BLOCK_READY(ready)(handle, status, parameter)
        block.callback_thread = 0


def _status(unit: Unit, ended: int) -> int:
    """What the callback is told."""
    if ended != FAILED:
        return Status.OK if ended == DONE else Status.CANCELLED
    assert unit.block.failing is not None
    unit.fail(unit.block.failing)
    return unit.refusal


def _calls_back(unit: Unit, ended: int) -> bool:
    habits = unit.scope.block
    if ended == FAILED:
        return habits.lost_callback
    if ended == STOPPED and habits.stop_callback == "after":
        time.sleep(_LATE_S)
    return ended == DONE or habits.stop_callback != "never"
