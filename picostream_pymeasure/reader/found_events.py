"""The events of a recording as a table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..config import CountScale, EventRule, require_flag
from ..storage import appearing, file_name, require_no_data

if TYPE_CHECKING:
    import pandas

#: Columns of the table, with their units.
COLUMNS = (
    "start_s",
    "duration_s",
    "amplitude_v",
    "area_vs",
    "baseline_v",
    "sigma_v",
    "start_sample",
    "samples",
    "is_cut",
    "is_clipped",
    "at_gap",
)


def is_clipped(
    scale: CountScale, highest: int, baseline_v: NDArray[Any], amplitude_v: NDArray[Any]
) -> NDArray[np.bool_]:
    """Whether baseline or extreme of events have the largest count, or its negative.

    :param highest: the largest count of a sample.
    """
    counts = np.rint(scale.counts(np.stack((baseline_v, baseline_v + amplitude_v))))
    return np.asarray((np.abs(counts) >= highest).any(axis=0))


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class FoundEvents:
    """Events in the order of their begins; all arrays have the shape ``(n,)``.

    :param rule: what counted as one.
    :param start_sample: int64, index in the file of the first sample.
    :param samples: int64, how many belong to it.
    :param start_s: float64, time of the first sample.
    :param duration_s: float64, samples times interval.
    :param amplitude_v: float64, largest distance from the baseline, with its sign.
    :param area_vs: float64, integral of the distance from the baseline.
    :param baseline_v: float64, baseline at its begin.
    :param sigma_v: float64, standard deviation of the baseline.
    :param is_cut: bool, it was longer than the rule's greatest width, or the recording ended.
    :param is_clipped: bool, the input or its baseline was over the range: the amplitude is wrong.
    :param at_gap: bool, samples are missing inside or directly beside it.
    :param passed_over: how many more there were, too soon after another or too many.
    """

    rule: EventRule
    start_sample: NDArray[np.int64]
    samples: NDArray[np.int64]
    start_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]
    amplitude_v: NDArray[np.float64]
    area_vs: NDArray[np.float64]
    baseline_v: NDArray[np.float64]
    sigma_v: NDArray[np.float64]
    is_cut: NDArray[np.bool_]
    is_clipped: NDArray[np.bool_]
    at_gap: NDArray[np.bool_]
    passed_over: int

    def __len__(self) -> int:
        return len(self.start_sample)

    @property
    def between_s(self) -> NDArray[np.float64]:
        """Time in s from the begin of each event to the begin of the next (shape ``(n - 1,)``)."""
        return np.diff(self.start_s)

    def to_pandas(self) -> pandas.DataFrame:
        """Make a table, one row an event."""
        import pandas as pd

        columns: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in COLUMNS}
        return pd.DataFrame(columns)

    def to_csv(self, path: str | Path, *, force: bool = False) -> None:
        """Write the table into a file, with one line of column names.

        :param force: replace an existing one, unless it holds a recording or results of a run.
        :raises ConfigurationError: it is no name of a file.
        :raises OutputExistsError: it exists.
        :raises StorageError: it cannot be written.
        """
        target, force = Path(file_name(path)), require_flag("force", force)
        require_no_data(target)
        with appearing(target, force=force) as file:
            self.to_pandas().to_csv(file, index=False, lineterminator="\n", mode="wb")
