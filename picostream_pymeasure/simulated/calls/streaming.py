"""Driver calls: starting and stopping a stream (the poll itself is native, see :mod:`.poll`)."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

from ...config import Status
from ..device import layout
from ..device.clock import start_clock
from ..device.memory import skip_to_head
from ..unit.behaviour import answer_ns, begin_anew
from ..unit.inputs import EXTERNAL_ROW, trigger_row
from ..unit.intervals import UNIT_NS, channels_refusal, streaming_interval_ns
from ..unit.unit import Unit
from .binding import Int16, Int32, Required, Uint32, unit_call, write
from .capture_worker import end_run


class Request(NamedTuple):
    """Arguments that tell when a stream ends, and what is delivered of it."""

    pre_samples: Uint32
    post_samples: Uint32
    auto_stop: Int16
    ratio: Uint32
    mode: Int32
    overview_size: Uint32


@unit_call()
def run_streaming(unit: Unit, interval: Required, time_unit: Int32, request: Request) -> int:
    """Start, or go on after a fault.

    After a stream that died (status 20 or 28, stall, change of power), or whose last answer was
    28, a start with the same interval and reduction goes on with the sample index, as if the signal
    had gone on: the samples in between count as lost.
    """
    if not 0 <= time_unit < len(UNIT_NS):
        return Status.INVALID_PARAMETER
    if status := _refusal(unit, request):
        return status
    wanted_ns = ctypes.c_uint32.from_address(interval).value * UNIT_NS[time_unit]
    interval_ns = streaming_interval_ns(unit, wanted_ns)
    if interval_ns is None:
        return Status.INVALID_SAMPLE_INTERVAL
    # Whole units only: 3 ns asked for in µs reads back as 0.
    answered_ns = answer_ns(unit.scope.habits, interval_ns)
    write(interval, ctypes.c_uint32, int(answered_ns / UNIT_NS[time_unit] + 1e-6))
    _start(unit, interval_ns, request if request.mode else request._replace(ratio=1))
    return Status.OK


def _refusal(unit: Unit, request: Request) -> int:
    if unit.busy:
        return Status.BUSY
    if request.mode not in layout.MODES:
        return Status.RATIO_MODE_NOT_SUPPORTED
    if request.ratio < 1:
        return Status.INVALID_SAMPLERATIO
    if request.overview_size < 1:
        return Status.INVALID_BUFFER
    if unit.settings.bits != 8 and any(b.value_bytes == 1 for b in unit.settings.buffers.values()):
        return Status.INVALID_DEVICE_RESOLUTION
    return trigger_refusal(unit) or channels_refusal(unit)


def trigger_refusal(unit: Unit) -> int:
    """Conditions on what is not sampled, on empty windows or an unset pulse width never hold."""
    trigger = unit.settings.trigger
    sampled = (*unit.settings.rows, EXTERNAL_ROW)
    is_possible = all(trigger_row(unit.model, source) in sampled for source in trigger.sources)
    if not is_possible or trigger.has_inverted_window:
        return Status.TRIGGER_ERROR
    return Status.TRIGGER_ERROR if trigger.needs_pulse and not trigger.is_qualified else Status.OK


def _goes_on(unit: Unit, interval_ns: int, request: Request) -> bool:
    history = unit.history
    last = (history.sample_interval_ns, history.ratio_mode, history.ratio)
    return _has_died(unit) and last == (interval_ns, request.mode, request.ratio)


def _has_died(unit: Unit) -> bool:
    """Whether the last stream gave up before it had reached its target."""
    stop_at = unit.native["stop_at"]
    finished = 0 <= stop_at <= unit.native["raw_position"]
    gave_up = unit.native["dead_status"] or unit.native["stalled"]
    return unit.resumable or (bool(gave_up) and not finished)


def _start(unit: Unit, interval_ns: int, request: Request) -> None:
    """The clock of a new stream starts last, when all is ready, compiled code included."""
    native, goes_on = unit.native, _goes_on(unit, interval_ns, request)
    if goes_on:
        unit.history.apply(unit.settings)
        skip_to_head(unit.records)
    else:
        unit.block.forget()
        unit.counts_blocks = False
        unit.shared.inputs["carry"] = 0
        begin_anew(unit, interval_ns, request.mode, request.ratio)
    unit.resumable = False
    unit.shared.inputs["enabled"] = [row in unit.settings.rows for row in range(layout.N_INPUTS)]
    native["overview_size"] = request.overview_size
    if not goes_on or unit.scope.habits.restart == "anew":
        native["write_index"] = native["told"] = 0
    for name in ("overrun", "owed_stall", "stalled", "quiet_left", "repeat_count", "dead_status"):
        native[name] = 0
    _set_end(unit, request)
    _set_trigger(unit, interval_ns, request)
    unit.shared.load_buffers(unit.settings.buffers)
    unit.load_signals()
    if not goes_on:
        start_clock(unit.records)
    native["streaming"] = 1


def _set_end(unit: Unit, request: Request) -> None:
    native = unit.native
    native["auto_stop"], native["post_samples"] = bool(request.auto_stop), request.post_samples
    endless = unit.settings.trigger.is_enabled or not request.auto_stop
    native["stop_at"] = -1 if endless else native["raw_position"] + max(1, request.post_samples)


def _set_trigger(unit: Unit, interval_ns: int, request: Request) -> None:
    """The trigger waits until the pre-trigger samples have been collected."""
    native, is_enabled = unit.native, unit.settings.trigger.is_enabled
    native["trigger"] = layout.WAITING if is_enabled else layout.NO_TRIGGER
    unit.load_trigger()
    native["trigger_from"] = native["raw_position"] + request.pre_samples
    wait_samples = unit.settings.auto_trigger_us * 1000 // interval_ns
    waits_for_ever = unit.settings.auto_trigger_us == 0
    native["auto_trigger_at"] = -1 if waits_for_ever else native["trigger_from"] + wait_samples


@unit_call()
def stop(unit: Unit) -> int:
    """End a stream or a run of block mode; harmless when none is under way."""
    end_run(unit)
    if unit.scope.block.stop_drops_request:
        unit.block.overlap = None
    unit.resumable = _has_died(unit)
    unit.native["streaming"] = unit.native["dead_status"] = unit.native["stalled"] = 0
    return Status.OK
