"""Whether what a file states at several places, for several kinds of readers, is the same."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ...config import DownsampleMode
from ...errors import FileFormatError
from ...records import FINISHED, STOPPED, TARGET
from ..reading import Recording
from ..reading.recording import StoredChannel
from ..schema import DIGITAL, counts_path, level_path

_COMPLETE_ENDS = ("", TARGET, STOPPED, FINISHED)


def disagreements(recording: Recording) -> Iterator[str]:
    """What a recording of ours states in two ways, one sentence each.

    :raises FileFormatError: a value is none.
    """
    root = recording.attributes
    analogue = [one for one in recording.channels.values() if not _is_port(one)]
    if analogue:
        for name in ("voltage_range_v", "analog_offset_v"):
            yield from _differing(name, root.get(name), analogue[0].attributes.get(name))
    bits = root.get("resolution_bits")
    yield from _differing("resolution", root.get("resolution"), f"PS5000A_DR_{bits}BIT")
    is_pair = recording.downsample_mode is DownsampleMode.AGGREGATE
    form = "interleaved_min_max" if is_pair else "none"
    yield from _differing("aggregate_format", root.get("aggregate_format"), form)
    if root.get("status") == "complete" and root.get("ended_by") not in _COMPLETE_ENDS:
        yield f"The file is called complete, and was ended by {root.get('ended_by')!r}."
    for channel in recording.channels.values():
        for path, stated in _of_datasets(recording, channel):
            try:
                found = recording.file.attributes(path)
            except FileFormatError:  # what other programs cannot read is told by itself
                continue
            for name, value in stated.items():
                yield from _differing(f"{path}@{name}", found.get(name), value)


def _of_datasets(
    recording: Recording, channel: StoredChannel
) -> Iterator[tuple[str, dict[str, float]]]:
    """Paths of a channel's datasets, and what their attributes must be."""
    interval_s = recording.stored_interval_ns * 1e-9
    scale = {"value_per_count": 1.0}
    offset = {"offset_v": 0.0}
    if not _is_port(channel):
        own, max_adc = channel.attributes, recording.attributes.number("max_adc", 1, math.inf)
        scale = {"volts_per_count": own.number("voltage_range_v", 0, math.inf) / max_adc}
        offset = {"offset_v": own.number("analog_offset_v", -math.inf, math.inf, 0.0)}
    counts = {"interval_s": interval_s / recording.values_per_sample, **scale, **offset}
    yield counts_path(channel.name), counts
    for factor in channel.levels:
        bins = {"samples_per_bin": factor, "interval_s": interval_s * factor, **scale}
        yield level_path(channel.name, factor), bins


def _differing(name: str, found: Any, expected: Any) -> Iterator[str]:
    is_number = isinstance(found, (int, float)) and isinstance(expected, (int, float))
    is_same = math.isclose(found, expected, rel_tol=1e-9) if is_number else found == expected
    if not is_same:
        yield f"The file states {name} as {found!r}, and as {expected!r} elsewhere."


def _is_port(channel: StoredChannel) -> bool:
    return bool(channel.attributes.get("kind") == DIGITAL)
