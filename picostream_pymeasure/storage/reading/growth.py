"""How far a recording is, and how far a growing one has come since."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from ...errors import FileFormatError
from ..layout.attributes import FIRST_SAMPLE
from .packed_file import laid_out
from .planned_file import PlannedFile
from .proven import proven_extent
from .published import Published
from .recording import Recording, StoredChannel
from .rewritten_file import RewrittenFile
from .stored_attributes import StoredAttributes

#: A recorder that has been silent for longer than that is gone.
_SILENCE_S = 10.0

#: A hundred days at the fastest rate.
_MOST_SAMPLES = 2**50


def with_samples(
    recording: Recording, attributes: Mapping[str, StoredAttributes], proven: bool = False
) -> Recording:
    """The recording with what is published, if that is possible.

    :param attributes: of each channel.
    :param proven: see :func:`~.opening.open_recording`.
    :raises FileFormatError: it is damaged.
    """
    planned = recording.planned
    assert planned is not None
    first, stop = _extent(planned, recording.attributes, proven)
    if recording.values_per_sample != planned.plan.values_per_sample or not 0 <= first <= stop:
        raise FileFormatError(
            f"{recording.path} is damaged: it cannot hold {stop - first} samples."
        )
    recording = replace(recording, stored_samples=stop - first, first_sample=first)
    if recording.runs is not None:
        # what a crash left without a row has no place in the stream
        recording = replace(recording, stored_samples=recording.runs.stop)
    samples = recording.stored_samples
    with_bins = samples
    if _is_left(planned.published, proven) and not recording.finished:
        # bins have no checksum: a power cut may have taken those since the last sync, and in a
        # ring they may be of another turn
        with_bins = 0 if planned.plan.is_ring else min(samples, planned.sync().samples - first)
    channels = {}
    for name, own in attributes.items():
        counts = planned.counts(name, first, samples)
        levels = planned.levels(name, first, with_bins, finished=recording.finished)
        channels[name] = StoredChannel(name, own, counts, levels)
    return replace(recording, channels=channels)


def followed(recording: Recording) -> Recording | None:
    """A growing recording as it is now, of which HDF5 is asked nothing again.

    It has the same file open: closing one closes both.

    :returns: None if it must be opened anew: it does not grow, has ended or been repaired, or its
        name is another file's.
    :raises FileFormatError: it is damaged.
    :raises StorageError: it cannot be read.
    """
    before = recording.planned
    if before is None or before.published.is_finished:
        return None
    if isinstance(before.raw, RewrittenFile) or not before.file.is_at(recording.path):
        return None
    state = before.state()
    # one that goes back in time is no later one of the same recording
    if state is None or state.is_finished or state.unix_s < before.published.unix_s:
        return None
    planned = laid_out(recording.path, before.file, before.file_plan, state)
    attributes = {name: channel.attributes for name, channel in recording.channels.items()}
    return with_samples(replace(recording, planned=planned), attributes)


def _extent(planned: PlannedFile, attributes: StoredAttributes, proven: bool) -> tuple[int, int]:
    """The first sample that the file holds, and the first one after those."""
    plan, state = planned.plan, planned.published
    first, stop = planned.oldest_of(state), state.samples
    if _is_left(state, proven):
        first, stop = proven_extent(planned)
    capacity = _MOST_SAMPLES if plan.is_ring else plan.segments * plan.segment_samples
    if stop > capacity:
        raise FileFormatError(f"{planned.path} is damaged: it cannot hold {stop} samples.")
    if state.is_finished:
        first = attributes.whole(FIRST_SAMPLE, first, stop, default=0)
    return first, stop


def _is_left(state: Published, proven: bool) -> bool:
    """Whether a crash left it."""
    is_silent = abs(time.time() - state.unix_s) > _SILENCE_S
    return not state.is_finished and (proven or state.repair_began or is_silent)
