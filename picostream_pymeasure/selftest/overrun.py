"""Leaves the scope alone until it overruns: how deep its memory is, and how it tells."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..config import NOTHING_YET, StreamConfig
from ..driver import BUFFER_STALL, Unit
from ..quantities import count, duration
from .finding import Finding, Verdict, failing_is_bad

DEPTH = "How deep is the memory of the scope while it streams?"
TELLING = "Does it report an overrun, and how?"
PORTIONS = "What does one call hand over?"

#: All sixteen bits of the callback's overflow.
_ALL_BITS = -1
_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
_BUFFER_S, _SETTLE_S, _DRAIN_S = 0.25, 0.3, 20.0
#: What has gathered is fetched when the least lag of two such stretches in a row is the same.
_STRETCH_S, _FEWEST_CALLS, _SAME_LAG_S = 0.3, 10, 3e-3
#: Of fewer samples no packet is made.
_LEAST_PACKET, _FEWEST_DELIVERIES = 16, 8
#: Host and scope are compared no better than so.
_TOLERANCE_S = 0.04


@dataclass
class _Polled:
    """What came while a stream was polled.

    :param lag_s: how far the samples are behind the clock, at the least.
    :param is_fetched: nothing waits in driver or scope: what the samples are behind is lost.
    :param portion: largest number of samples of which every delivery was a multiple.
    """

    deliveries: int = 0
    portion: int = 0
    all_bits: bool = False
    stalled: bool = False
    lag_s: float = math.inf
    is_fetched: bool = False

    @property
    def told_by(self) -> list[str]:
        """How it told of an overrun."""
        ways = {"all overflow bits": self.all_bits, "BUFFER_STALL": self.stalled}
        return [way for way, seen in ways.items() if seen]


@dataclass(frozen=True)
class _Pause:
    """A stream that was left alone once.

    :param lost_s: what is missing for good, if all that had gathered was fetched.
    :param after: what came then.
    """

    pause_s: float
    lost_s: float
    rate_hz: float
    after: _Polled

    @property
    def is_lossy(self) -> bool:
        """Whether more is missing than the clock can err."""
        return self.lost_s > _TOLERANCE_S

    @property
    def held_s(self) -> float:
        """What was held of the pause."""
        return max(self.pause_s - self.lost_s, 0.0)

    @property
    def doubt(self) -> str:
        """Why nobody knows whether samples are missing; empty if it is known."""
        when = f"{duration(self.pause_s)} without a poll"
        if not math.isfinite(self.lost_s):
            return f"no samples came before {when}, or none after it"
        if not self.after.is_fetched:
            return (
                f"after {when}, what had gathered was not all fetched within {duration(_DRAIN_S)}, "
                "so that nobody knows whether samples are missing"
            )
        return ""

    def samples(self, stretch_s: float) -> str:
        """A stretch in samples."""
        return count(stretch_s * self.rate_hz)


@failing_is_bad("overrun")
def check_overrun(unit: Unit, config: StreamConfig) -> Finding:
    """Pause longer and longer between two polls until samples are missing, and once more.

    :param config: of one channel, at the fastest rate.
    """
    held_s, ways = 0.0, set[str]()
    for pause_s in _PAUSES_S:
        pause = _paused(unit, config, pause_s)
        if pause.doubt:
            return _unsettled(pause, held_s, pause.doubt)
        if pause.is_lossy:
            return _describe(pause, _paused(unit, config, 2 * pause_s), held_s)
        ways.update(pause.after.told_by)
        held_s = held_s if ways else pause_s
    if ways:
        why = f"it told of an overrun by {' and '.join(sorted(ways))}, but no samples are missing"
        return _unsettled(pause, held_s, why)
    held = f"{pause.samples(held_s)} samples or more."
    return Finding(
        "overrun",
        Verdict.GOOD,
        f"Nothing was lost although nobody polled for {duration(held_s)}: driver and scope "
        f"hold {held}",
        {"depth_samples_at_least": round(held_s * pause.rate_hz)},
        {DEPTH: held, **_portions(pause.after)},
    )


def _portions(seen: _Polled) -> dict[str, str]:
    """What is known of the size of deliveries; packets are so large that no chance makes them."""
    if seen.deliveries < _FEWEST_DELIVERIES:
        return {}
    if seen.portion >= _LEAST_PACKET:
        return {PORTIONS: f"Whole packets of {seen.portion} samples."}
    return {PORTIONS: "Everything that has arrived."}


def _describe(pause: _Pause, longer: _Pause, held_s: float) -> Finding:
    """What two pauses tell that both lost samples; they must agree on what was held."""
    if longer.doubt:
        return _unsettled(longer, held_s, longer.doubt)
    if abs(pause.held_s - longer.held_s) > 2 * _TOLERANCE_S or pause.held_s < _TOLERANCE_S:
        why = (
            f"it held {pause.samples(pause.held_s)} samples of {duration(pause.pause_s)} and "
            f"{longer.samples(longer.held_s)} of {duration(longer.pause_s)}; other programs, or a "
            "bus that is hardly faster than the stream, may be why"
        )
        return _unsettled(longer, held_s, why)
    ways, depth = pause.after.told_by, pause.samples(pause.held_s)
    facts = {
        "pause_s": pause.pause_s,
        "depth_samples": round(pause.held_s * pause.rate_hz),
        "told_by": ways,
    }
    told = f"told by {' and '.join(ways)}." if ways else "it does not tell: only the clock does."
    text = f"After {duration(pause.pause_s)} without a poll it overran, at about {depth} samples; "
    settles = {DEPTH: f"About {depth} samples.", TELLING: told, **_portions(pause.after)}
    verdict = Verdict.GOOD if ways else Verdict.NOTE
    return Finding("overrun", verdict, f"{text}{told}", facts, settles)


def _unsettled(pause: _Pause, held_s: float, why: str) -> Finding:
    """Why no depth can be told.

    :param held_s: longest pause that lost nothing.
    """
    text = f"How deep the memory is, is not settled: {why}."
    if held_s:
        text += f" Driver and scope hold {pause.samples(held_s)} samples or more."
    facts = {
        "pause_s": pause.pause_s,
        "depth_samples_at_least": round(held_s * pause.rate_hz),
        "told_by": pause.after.told_by,
    }
    return Finding("overrun", Verdict.NOTE, text, facts, _portions(pause.after))


def _paused(unit: Unit, config: StreamConfig, pause_s: float) -> _Pause:
    """Stream, pause once, and catch up."""
    buffer_samples = round(_BUFFER_S * 1e9 / config.requested_interval_ns)
    buffers = np.zeros((1, buffer_samples), np.int16)
    unit.configure(config)
    unit.register_buffers(config.inputs[0], config.downsample_mode, buffers)
    try:
        interval_ns = unit.run_streaming(config, buffer_samples)
        poller = _Poller(unit, interval_ns)
        before = poller.poll(_SETTLE_S)
        time.sleep(pause_s)
        after = poller.catch_up()
        return _Pause(pause_s, after.lag_s - before.lag_s, 1e9 / interval_ns, after)
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
        self._seen.lag_s = self._least_lag_s(for_s, 0.005)
        return self._seen

    def catch_up(self) -> _Polled:
        """Poll without a pause until the lag stands still, or for so long that it will not."""
        self._seen = seen = _Polled()
        end_s = time.monotonic() + _DRAIN_S
        while not seen.is_fetched and time.monotonic() < end_s:
            lag_s = self._least_lag_s(_STRETCH_S)
            seen.is_fetched = abs(lag_s - seen.lag_s) < _SAME_LAG_S
            seen.lag_s = lag_s
        return seen

    def _least_lag_s(self, for_s: float, rest_s: float = 0.0) -> float:
        """Poll for a while, but more than a few times, however long a call takes."""
        end_s, least_s, calls = time.monotonic() + for_s, math.inf, 0
        while time.monotonic() < end_s or calls < _FEWEST_CALLS:
            self._once()
            least_s, calls = min(least_s, self._lag_s()), calls + 1
            time.sleep(rest_s)
        return least_s

    def _lag_s(self) -> float:
        if not self._received:
            return math.inf
        return time.monotonic() - self._begin_s - self._received * self._interval_s

    def _once(self) -> None:
        accepted = (*NOTHING_YET, BUFFER_STALL)
        call = "ps5000aGetStreamingLatestValues"
        status = self._unit.call(call, self._callback, None, accepted=accepted)
        self._seen.stalled |= status == BUFFER_STALL

    def _take(self, _handle: int, n_samples: int, _start: int, overflow: int, *_rest: Any) -> None:
        self._received += n_samples
        self._seen.deliveries += n_samples > 0
        self._seen.portion = math.gcd(self._seen.portion, n_samples)
        self._seen.all_bits |= overflow == _ALL_BITS
