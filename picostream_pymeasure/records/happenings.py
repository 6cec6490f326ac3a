"""What happens at a sample: gaps, moments of the clock, marks, captures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, shown


@dataclass(frozen=True)
class Gap:
    """Samples that are missing between two neighbours in the file; indices are the file's.

    :param number: 0, 1, 2 … in the order of finding; one that is told again is settled by it.
    :param sample_index: the most likely place: the first stored sample after the gap.
    :param earliest: the true place is not before this sample …
    :param latest: … and not after this one.
    :param missing: delivered samples per channel that are missing, -1 if nobody can know.
    :param estimated_missing: ``missing``, or the estimate from the host's clock; -1 until there is
        one.
    :param cause: ``"driver overrun"``, ``"pool full"``, ``"not reported by the driver"`` (the clock
        shows it), or ``"restart after"`` and the driver's status …
    :param noticed_s: when it was noticed, in host seconds since the file's first sample.
    """

    number: int
    sample_index: int
    earliest: int
    latest: int
    missing: int
    estimated_missing: int
    cause: str
    noticed_s: float


@dataclass(frozen=True)
class ClockPair:
    """How far the samples and the host's clock were at one moment.

    :param sample_index: file index of the next sample to come.
    :param host_ns: on a clock that nobody slews, since the file's first sample.
    :param slept_ns: how long the machine has slept since the start of the stream.
    """

    sample_index: int
    host_ns: int
    slept_ns: int


@dataclass(frozen=True)
class Event:
    """Something the user marked while the stream ran.

    :param sample_index: file index of the sample that was taken when it was marked.
    :param time_s: host seconds since the file's first sample.
    """

    sample_index: int
    time_s: float
    label: str
    value: float = float("nan")


def number_of_mark(label: Any, value: Any) -> float:
    """The number of a user's mark.

    :raises ConfigurationError: the mark is not a text and a number.
    """
    try:
        label.encode()
        return float(value)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise ConfigurationError(
            f"A mark is a text and a number, not {shown(label)} and {shown(value)}."
        ) from None


@dataclass(frozen=True)
class CapturedRun:
    """Triggered captures of one run; arrays of n captures.

    :param first_samples: int64, file index of each one's first sample.
    :param trigger_samples: int64, file index of the sample at its trigger.
    :param times_s: float64, from the first trigger of all; NaN where the scope does not say.
    :param offsets_s: float64, from the trigger's sample to the crossing.
    :param over_range: int64, bit 0 for channel A that was clipped, and so on.
    :param samples: of each of them.
    :param number: 0, 1, 2 … of the run.
    """

    first_samples: NDArray[np.int64]
    trigger_samples: NDArray[np.int64]
    times_s: NDArray[np.float64]
    offsets_s: NDArray[np.float64]
    over_range: NDArray[np.int64]
    samples: int
    number: int
