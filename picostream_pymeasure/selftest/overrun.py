"""Leaves the scope alone until it overruns: how deep its memory is, and how it tells."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..config import StreamConfig
from ..driver import BUFFER_STALL, Unit
from ..quantities import count, duration
from .finding import Finding, Verdict, failing_is_bad

DEPTH = "How deep is the memory of the scope while it streams?"
TELLING = "Does it report an overrun, and how?"
PORTIONS = "What does one call hand over?"

#: All sixteen bits of the callback's overflow.
_ALL_BITS = -1
#: DATA_NOT_AVAILABLE, USER_CALLBACK, NO_SAMPLES_AVAILABLE, BUSY, DRIVER_FUNCTION.
_NOTHING_YET = (24, 35, 37, 39, 67)
_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
_BUFFER_S, _SETTLE_S, _DRAIN_S, _DRAINED_S = 0.25, 0.3, 10.0, 0.2
#: Of fewer samples no packet is made.
_LEAST_PACKET, _FEWEST_DELIVERIES = 16, 8
#: Host and scope are compared no better than so.
_TOLERANCE_S = 0.04


@dataclass
class _Polled:
    """What came while a stream was polled.

    :param lag_s: how far the samples are behind the clock, the least that was seen since the last
        pause.
    :param portion: largest number of samples of which every delivery was a multiple.
    """

    received: int = 0
    deliveries: int = 0
    portion: int = 0
    all_bits: bool = False
    stalled: bool = False
    lag_s: float = field(default=float("inf"))


@failing_is_bad("overrun")
def check_overrun(unit: Unit, config: StreamConfig) -> Finding:
    """Pause longer and longer between two polls until samples are missing.

    :param config: of one channel, at the fastest rate.
    """
    rate_hz = 1e9 / config.requested_interval_ns
    for pause_s in _PAUSES_S:
        before, after, interval_ns = _paused(unit, config, pause_s)
        rate_hz = 1e9 / interval_ns
        missing_s = after.lag_s - before.lag_s
        if missing_s > _TOLERANCE_S or after.all_bits or after.stalled:
            return _describe(pause_s, max(missing_s, 0.0), rate_hz, after)
    return Finding(
        "overrun",
        Verdict.GOOD,
        f"Nothing was lost although nobody polled for {duration(_PAUSES_S[-1])}: driver and scope "
        f"hold {count(_PAUSES_S[-1] * rate_hz)} samples or more.",
        {"depth_samples_at_least": round(_PAUSES_S[-1] * rate_hz)},
        {DEPTH: f"{count(_PAUSES_S[-1] * rate_hz)} samples or more.", **_portions(after)},
    )


def _portions(seen: _Polled) -> dict[str, str]:
    """What is known of the size of deliveries; packets are so large that no chance makes them."""
    if seen.deliveries < _FEWEST_DELIVERIES:
        return {}
    if seen.portion >= _LEAST_PACKET:
        return {PORTIONS: f"Whole packets of {seen.portion} samples."}
    return {PORTIONS: "Everything that has arrived."}


def _describe(pause_s: float, missing_s: float, rate_hz: float, after: _Polled) -> Finding:
    depth = max(pause_s - missing_s, 0.0) * rate_hz
    ways = [
        way
        for way, seen in (
            ("all overflow bits", after.all_bits),
            ("BUFFER_STALL", after.stalled),
        )
        if seen
    ]
    facts = {"pause_s": pause_s, "depth_samples": round(depth), "told_by": ways}
    text = f"After {duration(pause_s)} without a poll it overran, at about {count(depth)} samples; "
    told = f"told by {' and '.join(ways)}." if ways else "it does not tell: only the clock does."
    settles = {DEPTH: f"About {count(depth)} samples.", TELLING: told, **_portions(after)}
    verdict = Verdict.GOOD if ways else Verdict.NOTE
    return Finding("overrun", verdict, f"{text}{told}", facts, settles)


def _paused(unit: Unit, config: StreamConfig, pause_s: float) -> tuple[_Polled, _Polled, float]:
    """Stream, pause once, and catch up: before and after the pause, and the interval in ns."""
    buffer_samples = round(_BUFFER_S * 1e9 / config.requested_interval_ns)
    buffers = np.zeros((1, buffer_samples), np.int16)
    unit.configure(config)
    unit.register_buffers(config.inputs[0], config.downsample_mode, buffers)
    try:
        interval_ns = unit.run_streaming(config, buffer_samples)
        poller = _Poller(unit, interval_ns)
        before = poller.poll(_SETTLE_S)
        time.sleep(pause_s)
        return before, poller.catch_up(), interval_ns
    finally:
        unit.stop()
        unit.release_all_buffers()


class _Poller:
    """Polls a stream with the driver's own callback in Python: slow, but nothing is hidden."""

    def __init__(self, unit: Unit, interval_ns: float) -> None:
        self._unit, self._interval_s = unit, interval_ns * 1e-9
        self._callback = unit.library.StreamingReadyType(self._take)
        self._begin_s = time.monotonic()
        self._received = 0
        self._seen = _Polled()

    def poll(self, for_s: float) -> _Polled:
        """Poll every few ms for a while."""
        self._seen = _Polled()
        end_s = time.monotonic() + for_s
        while time.monotonic() < end_s:
            self._once()
            time.sleep(0.005)
        return self._seen

    def catch_up(self) -> _Polled:
        """Poll without a pause until no more comes than is sampled meanwhile."""
        self._seen = _Polled()
        end_s, best_s = time.monotonic() + _DRAIN_S, time.monotonic()
        while (now_s := time.monotonic()) < end_s and now_s - best_s < _DRAINED_S:
            lag_s = self._seen.lag_s
            self._once()
            if self._seen.lag_s < lag_s - 1e-4:
                best_s = now_s
        return self._seen

    def _once(self) -> None:
        accepted = (*_NOTHING_YET, BUFFER_STALL)
        call = "ps5000aGetStreamingLatestValues"
        status = self._unit.call(call, self._callback, None, accepted=accepted)
        self._seen.stalled |= status == BUFFER_STALL
        if self._received:
            lag_s = time.monotonic() - self._begin_s - self._received * self._interval_s
            self._seen.lag_s = min(self._seen.lag_s, lag_s)

    def _take(self, _handle: int, n_samples: int, _start: int, overflow: int, *_rest: Any) -> None:
        self._received += n_samples
        self._seen.received += n_samples
        self._seen.deliveries += n_samples > 0
        self._seen.portion = math.gcd(self._seen.portion, n_samples)
        self._seen.all_bits |= overflow == _ALL_BITS
