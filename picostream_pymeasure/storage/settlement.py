"""Writes the end that a crash kept from a recording: extents, overview, totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from .pending_changes import PendingChanges, PendingFile
from .recording import READ_ERRORS, Recording
from .schema import ADC_COUNTS, CHANNELS, CHECKSUMS, GAPS, LIBVER
from .survivors import Survivors

#: So many of the last samples are summarised again: a power cut may have taken their bins.
_SUSPECT_SAMPLES = 1 << 27

_PIECE_SAMPLES = 1 << 20


def settle(
    changes: PendingChanges,
    recording: Recording,
    survivors: Survivors,
    attributes: Mapping[str, Any],
) -> None:
    """Give an unfinished file the form that a recorder leaves.

    :param changes: the file, its superblock that of a closed one.
    :param attributes: final values of root attributes.
    :raises FileFormatError: its end is damaged.
    """
    # compiled code, which takes its time to load: not for those who only look at files
    from .default_plot import fill_default_plot
    from .live_settlement import cut_growing_rings, settle_full_rings

    if recording.live is not None:
        settle_full_rings(changes, recording)
    with PendingFile(changes) as file, h5py.File(file, "r+", libver=LIBVER) as root:
        if recording.live is not None:
            cut_growing_rings(root, recording)
        else:
            _settle_channels(root, recording, survivors)
        fill_default_plot(root, root, survivors.total_samples, recording.first_sample)
        for name, value in attributes.items():
            _write_attribute(root, name, value)


def _settle_channels(root: Any, recording: Recording, survivors: Survivors) -> None:
    width = recording.values_per_sample
    shorten(root[GAPS], survivors.gaps)
    for name in recording.channels:
        channel = root[f"{CHANNELS}/{name}"]
        counts, values = channel[ADC_COUNTS], survivors.samples * width
        shorten(counts, values)
        shorten(channel[CHECKSUMS], -(-values // counts.chunks[0]))
        _complete_overview(channel, survivors.samples, width)


def shorten(dataset: Any, rows: int) -> None:
    """Cut rows off at the end, if there are more."""
    if dataset.shape[0] > rows:
        dataset.resize(rows, axis=0)


def _complete_overview(channel: Any, samples: int, width: int) -> None:
    """Summarise the last samples again, and let every level end with them."""
    from .overview import FACTORS
    from .overview_levels import find_levels

    levels = find_levels(channel)
    covered = [min(len(level), samples // factor) * factor for factor, level in levels.items()]
    suspect = max(min(covered, default=0) - _SUSPECT_SAMPLES, 0)
    first = suspect // FACTORS[-1] * FACTORS[-1]
    bins = _summarise(channel[ADC_COUNTS], first, samples, width)
    for factor, level in levels.items():
        level.resize(-(-samples // factor), axis=0)
        level[first // factor :] = bins[FACTORS.index(factor)]


def _summarise(counts: Any, first: int, samples: int, width: int) -> list[NDArray[np.int16]]:
    """Bins of every level from a sample on."""
    from .overview import OverviewBuilder

    builder = OverviewBuilder(width)
    parts = [builder.add(values) for values in _pieces(counts, first * width, samples * width)]
    parts.append(builder.finish())
    return [np.concatenate(level) for level in zip(*parts, strict=True)]


def _pieces(counts: Any, start: int, stop: int) -> Iterator[NDArray[np.int16]]:
    for first in range(start, stop, _PIECE_SAMPLES):
        yield counts[first : min(first + _PIECE_SAMPLES, stop)]


def _write_attribute(root: Any, name: str, value: Any) -> None:
    try:
        root.attrs.modify(name, value)
    except READ_ERRORS:  # the crash came in the midst of writing it
        del root.attrs[name]
        root.attrs[name] = value
