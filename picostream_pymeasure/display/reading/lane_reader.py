"""Reads the lanes of a digital port: which bits were 1 and 0 in each column of pixels."""

from __future__ import annotations

import numpy as np

from ...errors import StorageError
from ...kernels.bits import bits_in_columns
from ...kernels.envelope import MAX, MIN
from ...reader import Source, draw_window
from .frame import Lanes

#: Samples that are looked at one by one; of more the overview tells the bits.
_RAW_SAMPLES = 4_000_000

#: Of an interval; times of columns and samples are reckoned in two ways.
_ROUNDING = 1e-3

#: Read at once: a writer in the same process waits no longer than that.
_READ_SAMPLES = 1 << 20


def read_lanes(source: Source, begin_s: float, end_s: float, n_columns: int) -> dict[str, Lanes]:
    """The lanes of all ports in a stretch of any length.

    Ports of aggregate recordings have minima and maxima of patterns, which tell no bits.
    """
    ports = [name for name in source.channels if source.channels[name].metadata.is_digital]
    if not ports or source.values_per_sample != 1:
        return {}
    edges_s = np.linspace(begin_s, end_s, n_columns + 1)
    starts = np.clip(source.timeline.samples_at(edges_s), 0, source.num_samples)
    if starts[-1] - starts[0] > _RAW_SAMPLES:
        known = [name for name in ports if source.channels[name].counts.dtype == np.uint8]
        return {name: _of_overview(source, name, begin_s, end_s, n_columns) for name in known}
    found = {name: _read(source, name, begin_s, end_s, starts.astype(np.int64)) for name in ports}
    is_empty = _lies_beyond_samples(source, edges_s, starts)
    for lanes in found.values():
        lanes.ones[is_empty] = lanes.zeros[is_empty] = 0
    return found


def _lies_beyond_samples(source: Source, edges_s: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Columns in gaps and outside of the recording: a sample lasts an interval and no longer."""
    before = np.maximum(starts[:-1] - 1, 0)
    lasts_until_s = source.timeline.times_of(before) + source.timeline.interval_s
    is_over = edges_s[:-1] >= lasts_until_s - _ROUNDING * source.timeline.interval_s
    return np.asarray((starts[1:] == starts[:-1]) & ((starts[:-1] == 0) | is_over))


def _of_overview(source: Source, port: str, begin_s: float, end_s: float, n_columns: int) -> Lanes:
    """Bins keep which bits are always 1 and which are ever 1."""
    columns = draw_window(source, port, begin_s, end_s, n_columns)
    is_filled = np.isfinite(columns[:, MIN])
    always, ever = np.rint(np.where(is_filled, columns[:, (MIN, MAX)].T, 0)).astype(np.uint8)
    return Lanes(begin_s, end_s, ever, np.where(is_filled, ~always, 0).astype(np.uint8))


def _read(source: Source, port: str, begin_s: float, end_s: float, starts: np.ndarray) -> Lanes:
    ones, zeros = (np.zeros(len(starts) - 1, np.uint8) for _ in range(2))
    first, stop = max(int(starts[0]) - 1, 0), int(starts[-1])
    for begin in range(first, stop, _READ_SAMPLES):
        end = min(begin + _READ_SAMPLES, stop)
        try:
            counts = source.read_counts(port, begin, end)
        except StorageError:  # missing, or overwritten just now: these columns stay empty
            continue
        inside = np.clip(starts - begin, 0, end - begin)
        touched = slice(
            max(int(np.searchsorted(starts, begin, "right")) - 1, 0),
            ones.size if end == stop else int(np.searchsorted(starts, end, "left")),
        )
        columns = inside[touched.start : touched.stop + 1]
        bits_in_columns(counts, columns, ones[touched], zeros[touched])
    return Lanes(begin_s, end_s, ones, zeros)
