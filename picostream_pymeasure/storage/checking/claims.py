"""What a file says about itself, held against what can be; no samples are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import islice

import numpy as np

from ...config import LEAST_PER_VOLT, MOST_PER_VOLT, RESOLUTIONS
from ...errors import FileFormatError
from ...records import ENDINGS
from ..layout.attributes import CAPTURE_SAMPLES, KEEP, LIVE_ONLY_S, NO_TRIGGER
from ..reading import PICOSTREAM, Hdf5File, Recording
from ..reading.mended_bytes import MendedBytes
from ..reading.recording import LEAST_INTERVAL_NS, MOST_INTERVAL_NS, MOST_RATIO
from ..reading.stored_attributes import StoredAttributes
from ..schema import DIGITAL, STATUSES
from .agreement import disagreements
from .chunk_check import listed

_MOST_VOLTS, _MOST_COUNTS, _MOST_LIVE_S = 1e6, 32768, 1e9
#: One wrong number is at odds with what each dataset says.
_MOST_DISAGREEMENTS = 3


def claim_errors(recording: Recording) -> list[str]:
    """What of it is impossible, or contradicts what the file holds; one sentence each."""
    errors = []
    for check in _checks(recording):
        try:
            check()
        except FileFormatError as error:
            errors.append(str(error))
    if recording.format == PICOSTREAM:
        return errors
    errors += _odd_choices(recording)
    if not errors:  # of impossible values nothing more is said
        errors += islice(disagreements(recording), _MOST_DISAGREEMENTS)
    if recording.finished:
        errors += [*_odd_totals(recording), *_damaged_rows(recording)]
    return [*errors, *_odd_times(recording)]


def foreign_errors(recording: Recording) -> list[str]:
    """What other programs cannot read of a file, if it is a finished one of ours."""
    if recording.planned is None or not recording.finished or recording.is_rewritten:
        return []
    try:
        with closing(Hdf5File(recording.path, MendedBytes(recording.planned.file))) as file:
            missing = cut_off(recording)
            if not missing:
                file.walk()
            return missing
    except FileFormatError:
        return ["Headers are damaged, so that other programs cannot read all of it."]


def cut_off(recording: Recording) -> list[str]:
    """Whether a finished file whose first bytes are right is shorter than it says."""
    missing = recording.missing_bytes
    return [f"The file is cut off: {missing} bytes at its end are missing."] if missing > 0 else []


def _checks(recording: Recording) -> Iterator[Callable[[], object]]:
    """Reads each value as what it must be."""
    root = recording.attributes
    yield partial(root.number, "sample_interval_ns", LEAST_INTERVAL_NS, MOST_INTERVAL_NS)
    yield partial(root.whole, "hardware_downsample_ratio", 1, MOST_RATIO, 1)
    yield from _of_an_input(root)
    if "max_adc" in root or recording.format != PICOSTREAM:
        yield partial(root.number, "max_adc", 1, _MOST_COUNTS)
    if recording.format == PICOSTREAM:
        return
    if recording.is_live_only:
        yield partial(root.number, LIVE_ONLY_S, 0, _MOST_LIVE_S)
    if CAPTURE_SAMPLES in root:
        yield partial(root.whole, CAPTURE_SAMPLES, 1, 2**31)
    yield partial(root.text, "reason")
    for name in ("metadata", "trigger", "simulation", KEEP):
        yield partial(root.json, name)
    for channel in recording.channels.values():
        if channel.attributes.get("kind") != DIGITAL:
            yield from _of_an_input(channel.attributes)
            if "unit" in channel.attributes:
                yield partial(
                    channel.attributes.number, "unit_per_volt", LEAST_PER_VOLT, MOST_PER_VOLT
                )


def _of_an_input(attributes: StoredAttributes) -> Iterator[Callable[[], object]]:
    yield partial(attributes.number, "voltage_range_v", 0, _MOST_VOLTS)
    yield partial(attributes.number, "analog_offset_v", -_MOST_VOLTS, _MOST_VOLTS, 0.0)


def _odd_choices(recording: Recording) -> Iterator[str]:
    for name, choices in (
        ("status", STATUSES),
        ("ended_by", ("", *ENDINGS)),
        ("resolution_bits", tuple(RESOLUTIONS)),
    ):
        value = recording.attributes.get(name)
        if value not in choices:
            yield f"The attribute {name} is impossible: {value!r}."


def _odd_totals(recording: Recording) -> Iterator[str]:
    """Whether all who say how much a finished file holds, and lost, agree."""
    assert recording.planned is not None
    published, total = recording.planned.published, recording.attributes.get("total_samples")
    held = published.synced_samples if published.repair_began else published.samples
    if total != held:
        yield f"The file claims {total} samples, but it holds {held}."
    lost, listed = recording.attributes.get("lost_samples"), recording.lost_samples
    if lost != listed + recording.missing_before:
        yield f"The file claims {lost} lost samples, but its gaps sum up to {listed}."
    if recording.first_sample and not recording.is_live_only:
        yield f"The file claims that its first {recording.first_sample} samples are gone."
    yield from _odd_captures(recording)


def _odd_captures(recording: Recording) -> Iterator[str]:
    """Whether captures are as long as a complete recording says."""
    if recording.status != "complete" or recording.runs is not None:
        return
    samples = recording.captures["samples"]
    wanted = recording.attributes.get(CAPTURE_SAMPLES)
    if samples.size and isinstance(wanted, int) and (samples < wanted).any():
        yield f"The file claims {wanted} samples in each capture, but some have fewer."


def _damaged_rows(recording: Recording) -> Iterator[str]:
    """Tables some of whose rows are not what was written; a copy has no such checksums."""
    if recording.is_rewritten:
        return
    assert recording.planned is not None
    damaged = [unit for unit in recording.planned.units() if not unit.is_intact]
    for table in dict.fromkeys(unit.table for unit in damaged):
        chunks = [unit.chunk for unit in damaged if unit.table == table]
        yield f"{table}: the checksum of its rows is wrong (chunks {listed(chunks)})."


def _odd_times(recording: Recording) -> Iterator[str]:
    """What is wrong with the times of start, trigger, gaps and events."""
    start = recording.attributes.get("start_time")
    try:
        datetime.fromisoformat(str(start))
    except ValueError:
        yield f"The attribute start_time is impossible: {start!r}."
    trigger = recording.attributes.get("trigger_sample", NO_TRIGGER)
    is_whole = recording.status == "complete" and recording.runs is None
    latest = recording.stored_samples if is_whole else math.inf
    if not isinstance(trigger, int) or not NO_TRIGGER <= trigger <= latest:
        yield f"The attribute trigger_sample is impossible: {trigger!r}."
    for kind, times_s in (
        ("a gap", recording.gaps["noticed_s"]),
        ("an event", recording.events["time_s"]),
    ):
        if not np.isfinite(times_s).all() or (times_s < 0).any():
            yield f"The time of {kind} is impossible."
    if (recording.events["sample_index"] < 0).any():
        yield "An event lies before the recording."
