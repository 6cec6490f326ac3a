"""Streams at every resolution with every number of channels, each as fast as it goes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..config import MAX_CHANNELS, RESOLUTIONS
from ..errors import PicoStreamError
from ..instrument import PicoScope5000A
from ..quantities import count, rate
from ..records import Block, Outcome, Sink
from .finding import Finding, Verdict, failing_is_bad

ROUNDING = "How does the driver round a sample interval?"

_SHORT_S = 0.5
#: No multiple of 8 or 16 ns, to which the scope's clock divides.
_ODD_NS = 100.0
#: More than crystals differ by; less may be a loss at every call.
_MOST_PPM = 1000.0


class PassingSink(Sink):
    """Lets all samples go."""

    def write(self, block: Block) -> None:
        """Let a block go."""


def check_rates(scope: PicoScope5000A) -> Iterator[Finding]:
    """Stream shortly in every set-up that the model and its power allow."""
    names = scope.channel_names
    for bits in RESOLUTIONS:
        for n_channels in range(1, min(MAX_CHANNELS[bits], len(names)) + 1):
            yield _check_set_up(scope, bits, names[:n_channels])


def _check_set_up(scope: PicoScope5000A, bits: int, names: tuple[str, ...]) -> Finding:
    check = f"{bits} bit, {len(names)} channel{'s' if len(names) > 1 else ''}"
    try:
        use_channels(scope, names, bits)
        outcome = stream(scope, _SHORT_S)
    except PicoStreamError as error:
        return Finding(check, Verdict.BAD, str(error))
    rate_hz = scope.actual_sample_rate
    facts = {"sample_rate_hz": rate_hz, "lost_samples": outcome.health.lost}
    if outcome.health.gaps:
        return Finding(
            check,
            Verdict.BAD,
            f"{rate(rate_hz)} a channel; about {count(outcome.health.lost)} samples were lost.",
            facts,
        )
    return Finding(check, Verdict.GOOD, f"{rate(rate_hz)} a channel, no loss seen.", facts)


@failing_is_bad("interval")
def check_clock(scope: PicoScope5000A, duration_s: float) -> Finding:
    """Hold the interval that the driver reports against the clock of this computer."""
    use_channels(scope, scope.channel_names[:1], 12)
    outcome = stream(scope, duration_s)
    health, ppm, accuracy_ppm = (
        outcome.health,
        outcome.rate_deviation_ppm,
        outcome.rate_accuracy_ppm,
    )
    facts = {
        "interval_ns": scope.actual_sample_interval * 1e9,
        "deviation_ppm": None if math.isnan(ppm) else ppm,
        "accuracy_ppm": None if math.isnan(ppm) else accuracy_ppm,
        "lost_samples": health.lost,
        "smallest_visible_loss_samples": outcome.smallest_visible_loss,
    }
    differs = f"the interval differs by {ppm:.0f} ppm (± {accuracy_ppm:.0f})"
    if math.isnan(ppm):
        differs = "too short to tell how the interval differs"
    text = (
        f"{rate(scope.actual_sample_rate)} for {duration_s:g} s: {differs} from the computer's "
        "clock; "
    )
    if health.gaps:
        text += f"about {count(health.lost)} samples were lost in {health.gaps} gaps."
        return Finding("interval", Verdict.BAD, text, facts)
    if abs(ppm) > max(_MOST_PPM, accuracy_ppm):
        text += "no crystal is so far off: it samples otherwise than it says, or loses steadily."
        return Finding("interval", Verdict.BAD, text, facts)
    visible = count(outcome.smallest_visible_loss)
    return Finding(
        "interval", Verdict.GOOD, f"{text}no loss seen (would have shown above {visible}).", facts
    )


@failing_is_bad("rounding")
def check_rounding(scope: PicoScope5000A) -> Finding:
    """Ask for an interval that lies on no grid, and see what the driver makes of it."""
    use_channels(scope, scope.channel_names[:1], 12)
    scope.sample_rate = 1e9 / _ODD_NS
    stream(scope, _SHORT_S)
    made_ns = scope.actual_sample_interval * 1e9
    text = f"Asked for {_ODD_NS:g} ns at 12 bit, the driver takes {made_ns:g} ns."
    return Finding("rounding", Verdict.GOOD, text, {"interval_ns": made_ns}, {ROUNDING: text})


def use_channels(scope: PicoScope5000A, names: tuple[str, ...], bits: int) -> None:
    """Set up these channels alone, without a trigger, at the fastest rate."""
    for name, channel in scope.channels.items():
        channel.enabled = name in names
    for port in scope.digital_ports.values():
        port.enabled = False
    scope.trigger.enabled = False
    scope.downsample_mode, scope.downsample_ratio = "none", 1
    scope.resolution, scope.sample_rate = bits, 0.0


def stream(scope: PicoScope5000A, duration_s: float, sink: Sink | None = None) -> Outcome:
    """Stream into a sink, or into nothing."""
    with scope.stream(sink or PassingSink(), duration=duration_s) as session:
        return session.wait()
