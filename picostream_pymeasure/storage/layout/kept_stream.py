"""What a file that keeps only events tells of the whole stream: totals and an overview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import ChannelConfig
from ...errors import FileFormatError
from ...records import KEPT_BINS, KEPT_DTYPE, StreamDescription
from ..bytes.raw_file import Readable
from ..schema import KEPT_TOTALS, stream_path
from .plan import Plan

_LONGEST = 2**62


def create_stream(root: Any, description: StreamDescription) -> None:
    """Make the group with its datasets, nothing in them yet."""
    root.create_dataset(KEPT_TOTALS, data=np.zeros(1, KEPT_DTYPE), track_times=False)
    nothing = np.zeros((KEPT_BINS, 2), description.counts_dtype)
    for row in description.config.inputs:
        dataset = root.create_dataset(stream_path(row.name), data=nothing, track_times=False)
        dataset.attrs["columns"] = b"min max"
        if isinstance(row, ChannelConfig):
            dataset.attrs["units"] = b"count"
            scale = row.count_scale(description.max_adc)
            dataset.attrs["volts_per_count"] = scale.volts_per_count
            dataset.attrs["offset_v"] = scale.offset_v


@dataclass(frozen=True)
class KeptTotals:
    """What is known of the stream, samples are those of one input.

    :param samples: that were searched.
    :param found: events; of those ``kept`` are in the file, and ``passed_over`` came too soon or
        were too many.
    :param samples_per_bin: of the overview, of which there are ``n_bins``.
    """

    samples: int
    found: int
    kept: int
    passed_over: int
    samples_per_bin: int
    n_bins: int


def kept_totals(file: Readable, plan: Plan) -> KeptTotals:
    """Read the totals.

    :raises FileFormatError: they are impossible.
    """
    position, size = plan.fixed[KEPT_TOTALS]
    if size == KEPT_DTYPE.itemsize:
        totals = KeptTotals(*np.frombuffer(file.read(position, size), KEPT_DTYPE)[0].tolist())
        longest = totals.samples_per_bin * KEPT_BINS
        if 0 <= totals.n_bins <= KEPT_BINS and 0 <= totals.samples <= max(longest, 0) <= _LONGEST:
            return totals
    raise FileFormatError(f"The recording is damaged: {KEPT_TOTALS} is impossible.")


def stream_bins(file: Readable, plan: Plan, name: str, count: int) -> NDArray[Any]:
    """The first bins of an input's overview of the stream: smallest and largest count.

    :raises FileFormatError: they have another form.
    """
    position, size = plan.fixed.get(stream_path(name), (0, 0))
    dtypes = {4 * KEPT_BINS: "<i2", 2 * KEPT_BINS: "|i1"}
    if size not in dtypes:
        raise FileFormatError(f"The recording is damaged: {stream_path(name)} has another form.")
    content = file.read(position, count * size // KEPT_BINS)
    return np.frombuffer(content, dtypes[size]).reshape(count, 2)
