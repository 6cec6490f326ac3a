"""What the reader makes of rows and settings, by tables and without a file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.reader.captures import RecordedCaptures
from picostream_pymeasure.reader.columns import DifferenceColumn
from picostream_pymeasure.reader.metadata import Metadata
from picostream_pymeasure.records import CAPTURE_DTYPE

INTERVAL_S = 1e-3
METADATA = Metadata(1e6, 1, 2.0, 32767, 0.5)


def captures(*rows: dict[str, Any], inputs: str = "B") -> RecordedCaptures:
    table = np.zeros(len(rows), CAPTURE_DTYPE)
    for row, values in zip(table, rows, strict=True):
        for name, value in values.items():
            row[name] = value
    source: Any = SimpleNamespace(
        captures=table,
        interval_s=INTERVAL_S,
        channels={name: SimpleNamespace(metadata=METADATA) for name in inputs},
        read_counts=lambda name, start, stop: np.arange(start, stop),
    )
    return RecordedCaptures(source)


def test_dead_times_count_from_the_end_of_each_capture() -> None:
    found = captures({"samples": 10}, {"samples": 30, "time_s": 0.1}, {"samples": 5, "time_s": 0.2})
    assert found.dead_times_s.tolist() == pytest.approx([0.1 - 0.01, 0.1 - 0.03])


def test_times_of_a_capture_count_from_the_crossing() -> None:
    row = {"first_sample": 100, "samples": 4, "trigger_sample": 102, "offset_s": 0.25e-3}
    assert captures(row)[0].times_s.tolist() == pytest.approx(
        [-2.25e-3, -1.25e-3, -0.25e-3, 0.75e-3]
    )


@pytest.mark.parametrize(
    ("bits", "clipped"), [(0b0001, ()), (0b0010, ("B",)), (0b1010, ("B", "D"))]
)
def test_bits_of_over_range_are_those_of_the_channels(bits: int, clipped: tuple[str, ...]) -> None:
    assert captures({"samples": 1, "over_range": bits}, inputs="BD")[0].over_range == clipped


def test_a_difference_is_told_as_finely_as_its_finer_part_and_is_as_large_as_both() -> None:
    fine, coarse = (
        SimpleNamespace(
            unit="mV",
            metadata=METADATA,
            name=name,
            title=f"{name}_mv",
            first=None,
            step=step,
            largest=largest,
        )
        for name, step, largest in (("A", 0.1, 100.0), ("B", 1.0, 1000.0))
    )
    for parts in ((fine, coarse), (coarse, fine)):
        column = DifferenceColumn(*parts)  # type: ignore[arg-type]
        assert (column.step, column.largest) == (0.1, 1100.0)


def test_a_scale_leaves_the_volts_at_the_input_what_they_are() -> None:
    scaled = METADATA.in_units(ChannelScale(0.2, "nA"))
    assert scaled.count_scale != METADATA.count_scale
    values = np.array([-32767, 0, 32767])
    np.testing.assert_allclose(scaled.input_scale.volts(values), METADATA.count_scale.volts(values))
