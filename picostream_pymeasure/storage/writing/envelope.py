"""The picture that viewers draw of a finished recording; see :mod:`..layout.default_plot`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import DIGITAL_PORTS, CountScale
from ...kernels.envelope import MAX, MIN
from ..bytes.raw_file import RawFile, Readable
from ..layout.default_plot import POINTS, TIME_PATH, envelope_paths
from ..layout.extent import Extent, first_sample
from ..layout.kept_stream import kept_totals, stream_bins
from ..layout.members import rounded_up
from ..layout.plan import Plan
from ..reading.rows import PlannedRows
from ..schema import counts_path, level_path

#: Fewer points than this are taken from a finer level of the overview, at last from the samples.
_MIN_POINTS = 1000


@dataclass(frozen=True)
class Drawn:
    """What turns counts into a picture.

    :param gaps: rows of ``/gaps``, indices counted since the start.
    :param scales: how counts are volts, by channel.
    :param interval_s: between two samples.
    :param missing_before: samples missing before the first row of ``gaps``.
    """

    gaps: NDArray[Any]
    scales: Mapping[str, CountScale]
    interval_s: float
    missing_before: int


def write_envelope(file: RawFile, plan: Plan, extent: Extent, drawn: Drawn) -> None:
    """Draw a recording whose overview is complete."""
    for path, content in envelope_datasets(file, plan, extent, drawn):
        file.write(plan.fixed[path][0], content)


def envelope_datasets(
    file: Readable, plan: Plan, extent: Extent, drawn: Drawn
) -> Iterator[tuple[str, bytes]]:
    """The picture of a recording whose overview is complete: paths of datasets and their bytes."""
    if plan.keeps:  # all of the stream is drawn, also what was not kept
        totals = kept_totals(file, plan)
        first, factor = 0, max(totals.samples_per_bin, 1)
        stop = min(totals.samples, totals.n_bins * totals.samples_per_bin)
    else:
        first, stop, factor = first_sample(plan, extent), extent.samples, _factor(plan, extent)
    if stop <= first:
        return
    ordered = np.sort(drawn.gaps[["sample_index", "estimated_missing"]], order="sample_index")
    missing = np.maximum(ordered["estimated_missing"], 0)
    lost = drawn.missing_before + np.concatenate(([0], np.cumsum(missing)))
    begin = first + int(lost[np.searchsorted(ordered["sample_index"], first, side="right")])
    step = rounded_up(-(-(stop + int(lost[-1]) - begin) // POINTS), factor)
    samples = first + np.arange(-(-(stop - first) // factor)) * factor
    before = np.searchsorted(ordered["sample_index"], samples, side="right")
    columns = (samples + lost[before] - begin) // step
    breaks = _breaks(ordered["sample_index"] + lost[:-1] - begin, missing, step)
    # points that are not needed lie where the last one does, or viewers would show them as time
    points = np.minimum(np.arange(POINTS), columns[-1])
    times = (begin + points * step) * drawn.interval_s
    yield TIME_PATH, times.astype("<f8").tobytes()
    for name in plan.inputs:
        if name not in DIGITAL_PORTS:
            if plan.keeps:
                low, high = stream_bins(file, plan, name, len(samples)).T
            else:
                low, high = _extremes(file, plan, extent, name, factor)
            for path, values, kind in zip(
                envelope_paths(name), (low, high), (np.minimum, np.maximum), strict=True
            ):
                volts = _in_columns(drawn.scales[name].volts(values), columns, kind)
                volts[breaks] = np.nan
                yield path, volts.astype("<f4").tobytes()


def _breaks(starts: NDArray[np.int64], missing: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Columns in which nothing is drawn: one for each gap, so that the line breaks.

    Those that lie in a gap as a whole have no samples anyway.
    """
    columns = np.minimum(-(-starts // step), (starts + missing - 1) // step)[missing > 0]
    found: NDArray[np.int64] = columns[(columns >= 0) & (columns < POINTS)].astype(np.int64)
    return found


def _in_columns(values: NDArray[Any], columns: NDArray[np.int64], kind: Any) -> NDArray[np.float64]:
    found = np.full(POINTS, np.nan)
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    found[columns[starts]] = kind.reduceat(values, starts)
    return found


def _factor(plan: Plan, extent: Extent) -> int:
    """Samples per bin of the coarsest level that has enough bins; 1 for the samples themselves."""
    samples = extent.samples - first_sample(plan, extent)
    fitting = [factor for factor in plan.factors if samples // factor >= _MIN_POINTS]
    return max(fitting, default=1)


def _extremes(
    file: Readable, plan: Plan, extent: Extent, name: str, factor: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lowest and highest counts of every ``factor`` samples."""
    dtype = plan.dtype_of(name)
    first = first_sample(plan, extent)
    if factor == 1:
        width = plan.values_per_sample
        counts, end = plan.datasets[counts_path(name)], extent.samples * width
        values = PlannedRows(file, plan, counts, dtype, end).read(first * width, end)
        pairs = values.reshape(-1, width)
        return pairs.min(axis=1), pairs.max(axis=1)
    level, end = plan.datasets[level_path(name, factor)], -(-extent.samples // factor)
    bins = PlannedRows(file, plan, level, dtype, end).read(first // factor, end)
    return bins[:, MIN], bins[:, MAX]
