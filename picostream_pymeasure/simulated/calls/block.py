"""Driver calls: dividing the memory, timebases, starting a run of block mode, how far it is."""

from __future__ import annotations

import ctypes
import math

import numpy as np

from ...config import Status, timebase_interval_ns
from ..device.clock import digitised_now, start_clock
from ..unit.behaviour import begin_anew
from ..unit.intervals import channels_refusal, fewest_timebase
from ..unit.unit import Unit
from .binding import Int32, Pointer, Required, Uint32, unit_call, write
from .capture_worker import end_run, start_run
from .streaming import trigger_refusal

#: Between runs of a scope that is not paced.
_UNPACED_GAP_SAMPLES = 1000
_MAX_SAMPLES = 2**31 - 1


@unit_call()
def memory_segments(unit: Unit, segments: Uint32, max_samples: Pointer) -> int:
    """Divide the memory; what was captured is thrown away. The samples are those of all inputs."""
    if unit.busy:
        return Status.BUSY
    if segments < 1:
        return Status.INVALID_PARAMETER
    if segments > unit.block.most_segments:
        return Status.TOO_MANY_SEGMENTS
    unit.block.divide(segments)
    samples = min(unit.block.samples_a_segment(unit.settings.bits), _MAX_SAMPLES)
    write(max_samples, ctypes.c_int32, samples)
    return Status.OK


@unit_call()
def get_max_segments(unit: Unit, segments: Required) -> int:
    """Into how many segments the memory can be divided."""
    write(segments, ctypes.c_uint32, unit.block.most_segments)
    return Status.OK


@unit_call()
def get_timebase2(
    unit: Unit,
    timebase: Uint32,
    samples: Int32,
    interval_ns: Pointer,
    max_samples: Pointer,
    segment: Uint32,
) -> int:
    """Interval as float nanoseconds, and the samples of a segment, of each input."""
    if status := channels_refusal(unit):
        return status
    if segment >= unit.block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    bits = unit.settings.bits
    if timebase < fewest_timebase(unit):
        return Status.INVALID_TIMEBASE
    most = unit.block.samples_a_row(bits, len(unit.settings.rows))
    if samples > most:
        return Status.TOO_MANY_SAMPLES
    write(interval_ns, ctypes.c_float, timebase_interval_ns(bits, timebase))
    write(max_samples, ctypes.c_int32, most)
    return Status.OK


@unit_call()
def set_no_of_captures(unit: Unit, captures: Uint32) -> int:
    """Captures of each run from now on; that they fit is seen when one is started."""
    if unit.busy:
        return Status.BUSY
    if captures < 1:
        return Status.INVALID_PARAMETER
    unit.block.n_captures = captures
    return Status.OK


@unit_call()
def run_block(
    unit: Unit,
    pre_samples: Int32,
    post_samples: Int32,
    timebase: Uint32,
    time_ms: Pointer,
    segment: Uint32,
    ready: Pointer,
    parameter: Pointer,
) -> int:
    """Arm the scope; ``ready`` is called on a thread of the driver's when all is captured."""
    if status := _refusal(unit, pre_samples, post_samples, timebase, segment):
        return status
    if unit.block.is_armed:
        end_run(unit)
    unit.block.number_of_run += 1
    if (answer := unit.block_fault("run_block")) is not None:
        return answer
    interval_ns = round(timebase_interval_ns(unit.settings.bits, timebase))
    write(time_ms, ctypes.c_int32, math.ceil((pre_samples + post_samples) * interval_ns * 1e-6))
    _set_run(unit, pre_samples, post_samples, segment, interval_ns)
    start_run(unit, ready, parameter)
    return Status.OK


def _refusal(unit: Unit, pre: int, post: int, timebase: int, segment: int) -> int:
    block, n_rows = unit.block, len(unit.settings.rows)
    if unit.streaming or (block.is_armed and unit.scope.block.run_while_armed == "busy"):
        return Status.BUSY
    if status := trigger_refusal(unit) or channels_refusal(unit):
        return status
    if min(pre, post) < 0 or pre + post < 1:
        return Status.INVALID_PARAMETER
    if timebase < fewest_timebase(unit):
        return Status.INVALID_TIMEBASE
    if segment >= block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    if block.n_captures > block.n_segments:
        return Status.NOT_ENOUGH_SEGMENTS
    if pre + post > min(block.samples_a_row(unit.settings.bits, n_rows), _MAX_SAMPLES):
        return Status.TOO_MANY_SAMPLES
    return Status.OK


def _set_run(unit: Unit, pre: int, post: int, segment: int, interval_ns: int) -> None:
    """The clock of the first run starts last, when all is ready."""
    goes_on = unit.counts_blocks and unit.history.sample_interval_ns == interval_ns
    unit.wait(unit.scope.block.setup_s)
    if goes_on:
        unit.history.apply(unit.settings)
        unit.native["raw_position"] = _next_sample(unit)
    else:
        begin_anew(unit, interval_ns)
        unit.block.begins.clear()
        unit.counts_blocks = True
    _set_request(unit, pre, post, segment, interval_ns)
    _set_faults(unit)
    _clear(unit, segment)
    if not goes_on:
        start_clock(unit.records)


def _next_sample(unit: Unit) -> int:
    """Samples are counted on from run to run as long as the interval stays."""
    if unit.scope.paced:
        return int(digitised_now(unit.records))
    return int(unit.native["raw_position"]) + _UNPACED_GAP_SAMPLES


def _set_request(unit: Unit, pre: int, post: int, segment: int, interval_ns: int) -> None:
    run, settings = unit.block.runs[0], unit.settings
    run["first"] = unit.native["raw_position"]
    run["pre"], run["post"] = pre, post
    run["captures"], run["first_segment"] = unit.block.n_captures, segment
    run["segments"] = unit.block.n_segments
    run["has_trigger"] = settings.trigger.is_enabled
    run["rearm_samples"] = math.ceil(unit.scope.block.rearm_s * 1e9 / interval_ns)
    auto_us = settings.auto_trigger_us
    run["auto_samples"] = auto_us * 1000 // interval_ns if auto_us else -1
    unit.block.is_rapid = unit.block.n_captures > 1
    unit.load_trigger()


def _set_faults(unit: Unit) -> None:
    block, run = unit.block, unit.block.runs[0]
    run["never_triggers"] = block.fault("armed", "never_triggers") is not None
    block.failing = block.fault("armed", "unplug", "power_change")
    run["ends_after"] = block.failing.at_capture if block.failing else -1


def _clear(unit: Unit, segment: int) -> None:
    """Empty the segments the run writes to; all, when no older sample could be computed again."""
    block, known = unit.block, unit.history.n_segments
    unit.load_signals()
    if unit.history.n_segments != known:
        block.captures["run"] = 0
    block.captures["run"][(segment + np.arange(block.n_captures)) % block.n_segments] = 0


@unit_call()
def is_ready(unit: Unit, ready: Required) -> int:
    """0 while captures are made."""
    state = unit.block.state
    write(ready, ctypes.c_int16, int(state == "done"))
    if state in ("idle", "failed"):
        return Status.NO_SAMPLES_AVAILABLE
    return Status.CANCELLED if state == "stopped" else Status.OK


@unit_call()
def get_no_of_captures(unit: Unit, captures: Required) -> int:
    """Complete captures, also while more are made."""
    write(captures, ctypes.c_uint32, unit.block.made)
    return Status.OK
