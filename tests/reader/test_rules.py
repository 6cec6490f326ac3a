"""What the reader makes of rows and settings, by tables and without a file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.reader.captures import RecordedCaptures
from picostream_pymeasure.reader.columns import DifferenceColumn
from picostream_pymeasure.reader.metadata import Metadata
from picostream_pymeasure.reader.source import Source
from picostream_pymeasure.reader.table import TableReader
from picostream_pymeasure.records import CAPTURE_DTYPE
from tests.support.reader_files import (
    MAX_ADC,
    noise,
    sample_times_s,
    to_mv,
    write_picostream,
    write_recording,
)

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


def test_a_table_begins_where_it_is_asked_to(tmp_path: Path) -> None:
    counts = noise(100)
    with PicoStreamReader(write_recording(tmp_path / "a.hdf5", counts)) as reader:
        table = reader.to_pandas(start=40, size=20)
    assert table["A_mv"].tolist() == pytest.approx(to_mv(counts[40:60]).tolist())
    assert table.index.tolist() == pytest.approx(sample_times_s(100)[40:60].tolist())


def test_a_gap_is_timed_at_its_begin(tmp_path: Path) -> None:
    gaps = [(50, 7), (80, 3)]
    with PicoStreamReader(write_recording(tmp_path / "a.hdf5", noise(100), gaps=gaps)) as reader:
        ends_s = sample_times_s(100, gaps)[[49, 79]] + reader.sample_interval_ns * 1e-9
        assert reader.gaps["time_s"].tolist() == pytest.approx(ends_s.tolist())


def test_a_value_of_a_pair_stands_for_half_a_sample(tmp_path: Path) -> None:
    path = write_recording(
        tmp_path / "a.hdf5", noise(200), downsample_mode="aggregate", hardware_downsample_ratio=4
    )
    source = Source(path)
    try:
        table = TableReader(source, None)
        assert [table.row_samples(n, "min_max") for n in (1, 10)] == [0.5, 5]
        assert [table.row_samples(n, "mean") for n in (1, 10)] == [0.5, 10]
    finally:
        source.close()
    with PicoStreamReader(path) as reader:
        assert reader.hardware_downsample_ratio == reader.settings().hardware_downsample_ratio == 4


@pytest.mark.parametrize(("bits", "max_adc"), [(8, MAX_ADC), (12, 32767)])
def test_counts_at_full_scale_that_picostream_left_out(
    tmp_path: Path, bits: int, max_adc: int
) -> None:
    path = tmp_path / "a.hdf5"
    write_picostream(path, noise(10), resolution=f"PS5000A_DR_{bits}BIT")
    with h5py.File(path, "r+") as file:
        del file.attrs["max_adc"]
    with PicoStreamReader(path) as reader:
        assert reader.max_adc_val == max_adc


def test_a_closed_reader_has_no_threads(tmp_path: Path) -> None:
    source = Source(write_recording(tmp_path / "a.hdf5", noise(10)))
    workers = source.workers
    source.in_units().close()
    with pytest.raises(RuntimeError, match="shutdown"):
        workers.submit(print)
