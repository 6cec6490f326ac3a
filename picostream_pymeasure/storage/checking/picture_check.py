"""Whether what viewers draw of a finished recording is the picture of its overview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from ...config import CountScale
from ...errors import FileFormatError
from ..layout.extent import Extent
from ..reading import Recording
from ..schema import DIGITAL, GAPS
from ..writing.envelope import Drawn, envelope_datasets

#: More than a century of the fastest rate.
_MOST_MISSING = 2.0**62


def picture_errors(recording: Recording) -> list[str]:
    """Datasets of the picture that show something else, one sentence each."""
    assert recording.planned is not None
    raw, fixed = recording.planned.raw, recording.planned.plan.fixed
    wrong = "it is not the picture of the samples at the rate and ranges that the file states."
    try:
        return [
            f"{path}: {wrong}"
            for path, content in picture(recording)
            if raw.read(fixed[path][0], len(content)) != content
        ]
    except FileFormatError as error:
        return [str(error)]


def picture(recording: Recording) -> Iterator[tuple[str, bytes]]:
    """What the datasets of the picture must hold, by their paths.

    :raises FileFormatError: its gaps or its settings are impossible.
    """
    planned = recording.planned
    assert planned is not None
    first, gaps = recording.first_sample, planned.tables()[GAPS]
    if gaps["estimated_missing"].clip(0).sum(dtype=float) > _MOST_MISSING:
        raise FileFormatError(f"{recording.path} is damaged: its gaps are impossible.")
    extent = Extent(
        samples=first + recording.stored_samples,
        first_segment=first // planned.plan.segment_samples,
    )
    return envelope_datasets(planned.raw, planned.plan, extent, drawn_of(recording, gaps))


def drawn_of(recording: Recording, gaps: NDArray[Any]) -> Drawn:
    """What turns the counts of a recording into its picture.

    :param gaps: rows of ``/gaps``, indices counted since the start.
    """
    assert recording.planned is not None
    return Drawn(
        gaps,
        _scales(recording),
        recording.stored_interval_ns * 1e-9,
        recording.planned.published.missing_overwritten,
    )


def _scales(recording: Recording) -> dict[str, CountScale]:
    max_adc = int(recording.attributes.number("max_adc", 1, 32768))
    found = {}
    for name, channel in recording.channels.items():
        if channel.attributes.get("kind") != DIGITAL:
            range_v = channel.attributes.number("voltage_range_v", 0, 1e6)
            offset_v = channel.attributes.number("analog_offset_v", -1e6, 1e6, 0.0)
            found[name] = CountScale(range_v, offset_v, max_adc)
    return found
