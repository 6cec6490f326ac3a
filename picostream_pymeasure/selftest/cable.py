"""What one cable from the generator to channel A tells."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..instrument import PicoScope5000A
from ..quantities import count, rate, si
from .continuity import PATTERN_HZ, ContinuitySink, pattern_v
from .finding import Finding, Verdict, failing_is_bad
from .rates import stream, use_channels

_AMPLITUDE_V, _OFFSET_V, _FREQUENCY_HZ = 0.8, 0.2, 1000.0
_RANGE_V, _RATE_HZ, _LENGTH_S = 2.0, 1e6, 0.2
#: Generator and input together.
_AMPLITUDE_ERROR, _OFFSET_ERROR_V, _FREQUENCY_ERROR = 0.05, 0.05, 1e-3
_SHOWN = 5


def check_cable(scope: PicoScope5000A, duration_s: float) -> Iterator[Finding]:
    """Measure a known sine, then prove that a stream is whole.

    :param duration_s: of the proof.
    """
    sine = _check_sine(scope)
    yield sine
    if sine.verdict is Verdict.GOOD:
        yield _check_continuity(scope, duration_s)
    else:
        text = "Not proven that nothing is lost: the check of the generator must be good for that."
        yield Finding("continuity", Verdict.SKIPPED, text)


@failing_is_bad("generator")
def _check_sine(scope: PicoScope5000A) -> Finding:
    use_channels(scope, ("A",), 12)
    scope.A.range, scope.A.coupling, scope.A.offset, scope.sample_rate = _RANGE_V, "DC", 0, _RATE_HZ
    generator = scope.generator
    generator.amplitude, generator.offset = 0, 0  # so that no limit is met on the way
    generator.wave, generator.frequency = "sine", _FREQUENCY_HZ
    generator.amplitude, generator.offset = 2 * _AMPLITUDE_V, _OFFSET_V
    generator.start()
    captured = scope.acquire(duration=_LENGTH_S)
    amplitude_v, offset_v, frequency_hz = fit_sine(
        captured.voltages["A"], captured.sample_interval, _FREQUENCY_HZ
    )
    facts = {"amplitude_v": amplitude_v, "offset_v": offset_v, "frequency_hz": frequency_hz}
    text = (
        f"Amplitude {si(amplitude_v, 'V')}, offset {si(offset_v, 'V')}, "
        f"{si(frequency_hz, 'Hz', 6)}; set were {si(_AMPLITUDE_V, 'V')}, {si(_OFFSET_V, 'V')}, "
        f"{si(_FREQUENCY_HZ, 'Hz', 6)}."
    )
    if amplitude_v < 0.1 * _AMPLITUDE_V:
        text = "There is no signal at A; connect the generator's output to it with a cable."
        return Finding("generator", Verdict.BAD, text, facts)
    is_right = (
        abs(amplitude_v / _AMPLITUDE_V - 1) < _AMPLITUDE_ERROR
        and abs(offset_v - _OFFSET_V) < _OFFSET_ERROR_V
        and abs(frequency_hz / _FREQUENCY_HZ - 1) < _FREQUENCY_ERROR
    )
    return Finding("generator", Verdict.GOOD if is_right else Verdict.BAD, text, facts)


def fit_sine(
    volts: NDArray[np.float64], interval_s: float, near_hz: float
) -> tuple[float, float, float]:
    """Amplitude, offset and frequency of a sine, by its phase in the halves of the stretch.

    :param volts: float64, many periods.
    :param near_hz: its frequency, to half a period over the stretch.
    """
    half = int(int(volts.size * interval_s / 2 * near_hz) / near_hz / interval_s)
    times_s = np.arange(half) * interval_s
    wave = np.exp(-2j * np.pi * near_hz * times_s) * np.hanning(half) * 4 / half
    first, second = volts[:half] @ wave, volts[half : 2 * half] @ wave
    turn = np.angle(second / first) / (2 * np.pi) - near_hz * half * interval_s
    turn -= round(turn)
    return abs(first), float(volts[: 2 * half].mean()), near_hz + turn / (half * interval_s)


@failing_is_bad("continuity")
def _check_continuity(scope: PicoScope5000A, duration_s: float) -> Finding:
    use_channels(scope, ("A",), 12)
    scope.A.range = _RANGE_V
    try:
        _put_out_pattern(scope)
    except ConfigurationError as error:
        return Finding("continuity", Verdict.SKIPPED, f"Two tones at once cannot be made: {error}")
    pattern_hz = scope.generator.actual_frequency
    sink = ContinuitySink(1e-9 * scope.stream_config().requested_interval_ns, pattern_hz)
    outcome = stream(scope, duration_s, sink)
    jumps, smallest = sink.jumps(), min(sink.smallest_jump(), outcome.health.stored)
    facts = {
        "samples": outcome.health.stored,
        "pattern_hz": pattern_hz,
        "jumps": [(jump.index, jump.samples) for jump in jumps],
        "smallest_jump_samples": smallest,
        "told_lost_samples": outcome.health.lost,
    }
    streamed = f"{count(outcome.health.stored)} samples at {rate(scope.actual_sample_rate)}"
    if not (sink.amplitudes() > 0.1 * _AMPLITUDE_V / 2 / _RANGE_V * scope.max_adc).all():
        return Finding("continuity", Verdict.BAD, "The two tones do not arrive at A.", facts)
    if jumps:
        places = ", ".join(f"{jump.samples} at {jump.index}" for jump in jumps[:_SHOWN])
        more = " …" if len(jumps) > _SHOWN else ""
        text = f"{streamed}: the phase jumps; missing are about {places}{more}."
        if outcome.health.gaps:
            text += (
                " The stream told of losses itself: if this computer was busy, end other programs "
                "and try again."
            )
        return Finding("continuity", Verdict.BAD, text, facts)
    unseen_s = si(1 / pattern_hz, "s", 3)
    text = f"{streamed}: the phase of two tones never jumps"
    if smallest > 1:
        least = count(math.ceil(smallest))
        text += f", but a loss of less than about {least} would be within the noise."
        return Finding("continuity", Verdict.NOTE, text, facts)
    text += f", so that none is lost or doubled (but for whole multiples of {unseen_s})."
    return Finding("continuity", Verdict.GOOD, text, facts)


def _put_out_pattern(scope: PicoScope5000A) -> None:
    """Put out the two tones, as near as the generator can to the wanted frequency."""
    pattern = pattern_v(_AMPLITUDE_V)
    grid_hz = scope.generator.frequency_grid(pattern.size)
    scope.generator.arbitrary(pattern, round(PATTERN_HZ / grid_hz) * grid_hz)
