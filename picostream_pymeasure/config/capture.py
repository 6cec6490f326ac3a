"""Settings of triggered captures in the scope's own memory (block and rapid block mode)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import ConfigurationError, counted
from .limits import rate_text
from .setup import ScopeSetup
from .stream import MAX_DURATION_S
from .timebase import (
    fastest_timebase,
    longest_interval_ns,
    nearest_timebase,
    timebase_interval_ns,
)

#: The driver counts samples of one capture in int32.
MAX_CAPTURE_SAMPLES = 2**31 - 1
MAX_CAPTURES = 10**9


@dataclass(frozen=True)
class CaptureConfig(ScopeSetup):
    """What to capture; checked as a whole when it is made.

    The sample rate is the wanted one: the scope has a grid of them and takes the nearest.

    :param duration_s: length of each capture, the time before the trigger included.
    :param samples: length of each capture in samples per input; not with ``duration_s``.
    :param captures: how many.
    :raises ConfigurationError: in one sentence that says what would be allowed.
    """

    duration_s: float | None = None
    samples: int | None = None
    captures: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.duration_s is None) == (self.samples is None):
            raise ConfigurationError(
                "Say how long a capture is: either its time or its number of samples."
            )
        if self.duration_s is not None and not 0 < self.duration_s <= MAX_DURATION_S:
            raise ConfigurationError(
                "The time of a capture must be more than 0 s and at most 10 years."
            )
        interval_s = self.requested_interval_ns * 1e-9
        if self.duration_s is not None and self.duration_s < interval_s * (1 - 1e-9):
            raise ConfigurationError(
                f"A sample takes {interval_s:.3g} s at this rate; a capture must be at least as "
                f"long, not {self.duration_s:.3g} s."
            )
        if not 1 <= self.captures <= MAX_CAPTURES:
            raise ConfigurationError(f"The number of captures must be 1 to {MAX_CAPTURES}.")
        self.samples_at(self.requested_interval_ns)

    def _check_rate(self) -> None:
        fastest_hz = 1e9 / self._fastest_ns
        # as it is said, which is allowed too
        slowest_hz = math.ceil(1e12 / longest_interval_ns(self.resolution_bits)) / 1000
        rate_hz = self.sample_rate_hz
        if rate_hz and not slowest_hz <= rate_hz <= fastest_hz * (1 + 1e-9):
            raise ConfigurationError(
                f"{counted(len(self.inputs), 'channel')} at {self.resolution_bits} bit cannot be "
                f"captured at {rate_text(rate_hz)}; use {rate_text(slowest_hz)} up to "
                f"{rate_text(fastest_hz)}, or 0 for the fastest."
            )

    @property
    def _fastest_ns(self) -> float:
        fastest = fastest_timebase(self.resolution_bits, len(self.inputs))
        return timebase_interval_ns(self.resolution_bits, fastest)

    @property
    def timebase(self) -> int:
        """The driver's number of the interval to ask for."""
        wanted_ns = 1e9 / self.sample_rate_hz if self.sample_rate_hz else self._fastest_ns
        return nearest_timebase(self.resolution_bits, len(self.inputs), wanted_ns)

    @property
    def requested_interval_ns(self) -> float:
        """Sample interval of :attr:`timebase`."""
        return timebase_interval_ns(self.resolution_bits, self.timebase)

    @property
    def total_bytes(self) -> int:
        """Size of the samples of all captures in a file."""
        samples = sum(self.samples_at(self.requested_interval_ns)) * self.captures
        return samples * (2 * len(self.channels) + len(self.digital_ports))

    def samples_at(self, interval_ns: float) -> tuple[int, int]:
        """Samples of a capture before and from the trigger on, at the actual interval.

        :raises ConfigurationError: none would be left behind the trigger, or there are too many.
        """
        total = self.samples
        if total is None:
            assert self.duration_s is not None
            total = max(1, round(self.duration_s * 1e9 / interval_ns))
        before_s = self.trigger.pre_trigger_s if self.trigger else 0.0
        before = round(before_s * 1e9 / interval_ns)
        if not 1 <= total <= MAX_CAPTURE_SAMPLES:
            raise ConfigurationError(
                f"A capture has 1 to {MAX_CAPTURE_SAMPLES} samples, not {total}; use another "
                f"length or sample rate."
            )
        if before >= total:
            raise ConfigurationError(
                f"The {before} samples before the trigger leave nothing of a capture of {total} "
                f"for what follows it; make it longer, or the pre-trigger time shorter."
            )
        return before, total - before
