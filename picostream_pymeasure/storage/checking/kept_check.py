"""Whether what a file that keeps only events tells of the whole stream fits its events."""

from __future__ import annotations

import numpy as np

from ...errors import StorageError
from ..reading import Recording


def kept_errors(recording: Recording) -> list[str]:
    """What cannot be true, one sentence each; nothing of a file that keeps all."""
    if recording.runs is None or not recording.finished:
        return []
    totals, rows = recording.stream_totals, recording.captures
    errors = []
    if not recording.repaired and totals.kept != len(rows):
        errors.append(f"The file claims {totals.kept} events, but it holds {len(rows)}.")
    if totals.kept + totals.passed_over != totals.found:
        errors.append("The events that were found are not those kept and those passed over.")
    ends = rows["stream_sample"] + rows["samples"]
    if not recording.repaired and (ends > totals.samples).any():
        errors.append("An event lies behind the end of the stream.")
    if not recording.repaired and not errors:
        errors += [
            f"Channel {name}: the overview of the stream is not that of the samples in sample "
            f"{int(wrong)}."
            for name in recording.channels
            if (wrong := _first_outside(recording, name)) is not None
        ]
    return errors


#: Samples that are looked at together.
_PIECE_SAMPLES = 1 << 20


def _first_outside(recording: Recording, channel: str) -> int | None:
    """A sample of the file that is beyond the bin of the stream that it lies in."""
    runs, totals = recording.runs, recording.stream_totals
    assert runs is not None
    bins, counts = recording.stream_bins(channel), recording.channels[channel].counts
    for begin in range(0, recording.stored_samples, _PIECE_SAMPLES):
        stop = min(begin + _PIECE_SAMPLES, recording.stored_samples)
        numbers = runs.stream_of(np.arange(begin, stop)) // totals.samples_per_bin
        try:
            values = counts.read(begin, stop)
        except StorageError:  # cut off, as the chunks are; told with those
            return None
        inside = (values >= bins[numbers, 0]) & (values <= bins[numbers, 1])
        if not inside.all():
            return begin + int(inside.argmin())
    return None
