"""How much the memory for captures holds, and how fast the scope arms itself again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..capture import memory_of
from ..config import CaptureConfig, ChannelConfig
from ..instrument import PicoScope5000A
from ..quantities import count, si
from .finding import Finding, Verdict, failing_is_bad
from .rates import use_channels

REARMING = "How fast does the scope arm itself between two captures?"
MEMORY = "How many samples does the memory for captures hold?"

_RESOLUTIONS = (8, 12)
_CAPTURES, _SAMPLES = 200, 1000
#: Captures without a trigger follow each other at once; but a simulated scope may compile first.
_TIMEOUT_S = 120.0


def check_blocks(scope: PicoScope5000A) -> Iterator[Finding]:
    """Ask for the memory at some resolutions, then capture many times in one run."""
    yield _check_memory(scope)
    yield _check_rearming(scope)


@failing_is_bad("capture memory")
def _check_memory(scope: PicoScope5000A) -> Finding:
    held: list[str] = []
    facts: dict[str, Any] = {}
    for bits in _RESOLUTIONS:
        channel = ChannelConfig(scope.channel_names[0])
        config = CaptureConfig(channels=(channel,), resolution_bits=bits, samples=_SAMPLES)
        scope.unit.configure(config)
        samples, captures = memory_of(scope.unit, config)
        facts[f"samples_{bits}_bit"], facts["captures"] = samples, captures
        held.append(f"{count(samples)} samples at {bits} bit")
    most = count(facts["captures"])
    text = f"{', '.join(held)} of one channel; {most} captures in a run at most."
    return Finding("capture memory", Verdict.GOOD, text, facts, {MEMORY: text})


@failing_is_bad("captures")
def _check_rearming(scope: PicoScope5000A) -> Finding:
    use_channels(scope, scope.channel_names[:1], 8)
    captures = scope.capture(samples=_SAMPLES, captures=_CAPTURES, timeout=_TIMEOUT_S)
    facts: dict[str, Any] = {"captures": len(captures), "samples": captures.n_samples}
    if (len(captures), captures.n_samples) != (_CAPTURES, _SAMPLES):
        text = (
            f"Of {_CAPTURES} captures of {_SAMPLES} samples came {len(captures)} of "
            f"{captures.n_samples}."
        )
        return Finding("captures", Verdict.BAD, text, facts)
    pauses_s = captures.dead_times
    if not np.isfinite(pauses_s).all():
        text = f"All {_CAPTURES} came; the scope's counter does not tell when each was made."
        return Finding("captures", Verdict.NOTE, text, facts, {REARMING: "It does not tell."})
    shortest_s, longest_s = float(pauses_s.min()), float(pauses_s.max())
    facts |= {"shortest_pause_s": shortest_s, "longest_pause_s": longest_s}
    between = " to ".join(dict.fromkeys(si(each_s, "s", 3) for each_s in (shortest_s, longest_s)))
    text = f"All {_CAPTURES} came; from one to the next {between} pass without a capture."
    return Finding("captures", Verdict.GOOD, text, facts, {REARMING: f"{between}."})
