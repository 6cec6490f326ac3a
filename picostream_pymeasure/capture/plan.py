"""What a scope that is configured can do for captures: interval, lengths, captures in one run."""

from __future__ import annotations

from dataclasses import dataclass

from ..config import CaptureConfig, timebase_interval_ns
from ..driver import OK, TOO_MANY_SEGMENTS, Unit, block
from ..errors import ConfigurationError, DriverError, SampleRateError, counted

#: How far the driver's float32 interval may lie beside the exact one.
_FLOAT32 = 1e-6
#: Timebases to try for the fastest rate: the driver may refuse what the table allows.
_ATTEMPTS = 4


@dataclass(frozen=True)
class CapturePlan:
    """How captures are made.

    :param timebase: the driver's number of the interval.
    :param interval_ns: the actual one.
    :param before: samples of a capture before its trigger sample.
    :param after: samples from the trigger sample on.
    :param run_captures: how many captures one run makes at most.
    """

    timebase: int
    interval_ns: float
    before: int
    after: int
    run_captures: int

    @property
    def samples(self) -> int:
        """Samples of a capture and input."""
        return self.before + self.after


def plan_captures(unit: Unit, config: CaptureConfig, run_bytes: int | None = None) -> CapturePlan:
    """Ask a configured scope how it can capture; its memory is divided anew.

    :param run_bytes: what the captures of one run take at most, but for a single one.
    :raises SampleRateError: it cannot sample so fast in this set-up.
    :raises ConfigurationError: its memory does not hold one capture; says what it holds.
    """
    timebase, interval_ns = _find_timebase(unit, config)
    before, after = config.samples_at(interval_ns)
    samples = before + after
    most = config.captures
    if run_bytes is not None:
        most = min(most, max(1, run_bytes // (2 * samples * len(config.inputs))))
    run_captures = _find_captures(unit, config, timebase, samples, most)
    return CapturePlan(timebase, interval_ns, before, after, run_captures)


def memory_of(unit: Unit, config: CaptureConfig) -> tuple[int, int]:
    """Samples that a configured scope holds of each input, and captures that one run makes at most.

    What it holds now is thrown away.
    """
    return block.divide_memory(unit, 1) // _share(len(config.inputs)), block.most_segments(unit)


def actual_interval_ns(unit: Unit, config: CaptureConfig, timebase: int) -> float | None:
    """The interval of a timebase for the inputs that are enabled now; None if it is refused."""
    answer = block.ask_timebase(unit, timebase, 1)
    if answer.status != OK or not answer.interval_ns > 0:
        return None
    known_ns = timebase_interval_ns(config.resolution_bits, timebase)
    is_known = abs(answer.interval_ns - known_ns) <= _FLOAT32 * known_ns
    return known_ns if is_known else answer.interval_ns


def _find_timebase(unit: Unit, config: CaptureConfig) -> tuple[int, float]:
    attempts = 1 if config.sample_rate_hz else _ATTEMPTS
    for timebase in range(config.timebase, config.timebase + attempts):
        interval_ns = actual_interval_ns(unit, config, timebase)
        if interval_ns is not None:
            return timebase, interval_ns
    raise SampleRateError(
        f"The scope cannot capture one sample every {config.requested_interval_ns:g} ns with "
        f"{counted(len(config.inputs), 'input')} at {config.resolution_bits} bit; "
        "use a lower sample rate, "
        "or 0 for the fastest."
    )


def _find_captures(
    unit: Unit, config: CaptureConfig, timebase: int, samples: int, most: int
) -> int:
    """The most captures of one run whose segments hold the samples."""
    share = _share(len(config.inputs))
    segments = min(most, block.most_segments(unit))
    whole = block.divide_memory(unit, 1) // share
    if whole < samples:
        raise ConfigurationError(
            f"A capture of {samples} samples does not fit: the scope's memory holds {whole} for "
            f"each of {counted(len(config.inputs), 'input')} at {config.resolution_bits} bit."
        )
    segments = max(1, min(segments, whole // samples))
    while segments > 1 and not _fits(unit, segments, share, timebase, samples):
        segments -= max(1, segments // 8)  # the driver keeps some of each segment for itself
    if segments == 1:
        block.divide_memory(unit, 1)
    return segments


def _fits(unit: Unit, segments: int, share: int, timebase: int, samples: int) -> bool:
    """Whether each of so many segments holds a capture; if so the memory is divided so."""
    try:
        room = block.divide_memory(unit, segments) // share
    except DriverError as error:
        if error.status != TOO_MANY_SEGMENTS:
            raise
        return False
    return room >= samples and block.ask_timebase(unit, timebase, samples).status == OK


def _share(n_inputs: int) -> int:
    """Among how many the memory is shared: 1, 2, 4 or 8."""
    return 1 << (n_inputs - 1).bit_length()
