"""Files that keep only events: the same events as a search of all, at the same times."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure import PicoStreamReader, repair, verify
from picostream_pymeasure.config import CountScale, EventRule, KeepConfig
from picostream_pymeasure.errors import ConfigurationError, StorageError
from picostream_pymeasure.reader import found_events
from picostream_pymeasure.records import CAUSE_BYTES, Block, Gap, Health, Outcome
from picostream_pymeasure.storage import Recorder, describe_file, open_recording
from picostream_pymeasure.storage.schema import CAPTURES, STATUSES, TABLES, counts_path
from picostream_pymeasure.storage.writing.context import FULL_DISK
from tests.support.kept_memory import RATE_HZ, FedStream, describe

RULE = EventRule("B", "falling", 6, min_width_s=2 / RATE_HZ, baseline_s=0.05, max_width_s=0.2)
KEEP = KeepConfig(RULE, 20 / RATE_HZ, 30 / RATE_HZ)

#: Where each pulse begins; the last two overlap with what is kept around them.
PULSES = (1700, 4000, 12_345, 20_000, 20_040)
GAP_AT, GAP_MISSING = 12_350, 700
SIZE = 30_000


def stream_values() -> NDArray[np.int16]:
    rng = np.random.default_rng(5)
    drift = 300 * np.sin(np.arange(SIZE) / 4000)
    rows = np.stack([rng.normal(0, 5, SIZE), drift + rng.normal(500, 12, SIZE)])
    for begin in PULSES:
        rows[1, begin : begin + 15] -= 400
    return rows.astype(np.int16)


def kept_file(path: Path, rows: NDArray[Any], dtype: str = "<i2", keep: KeepConfig = KEEP) -> Path:
    stream = FedStream(describe(keep, "AB", dtype), Recorder(path))
    cause = np.zeros(CAUSE_BYTES, np.uint8)
    cause[:9] = list(b"pool full")
    stream.feed(rows[:, :GAP_AT], [100, 1701, 4001, 9999])
    stream.gap(0, GAP_AT, GAP_MISSING, cause)
    stream.feed(rows[:, GAP_AT:], [5001])
    stream.end()
    return path


def whole_file(path: Path, rows: NDArray[Any], dtype: str = "<i2") -> Path:
    recorder = Recorder(path)
    recorder.open(describe(KEEP, "AB", dtype))
    recorder.write(Block(rows, 0, rows.shape[1]))
    recorder.add_gap(Gap(0, GAP_AT, GAP_AT, GAP_AT, GAP_MISSING, GAP_MISSING, "pool full", 1.5))
    health = Health(received=rows.shape[1], stored=rows.shape[1])
    recorder.close(Outcome("stopped", "Stopped on request.", health))
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("kept")
    rows = stream_values()
    return {
        "kept": kept_file(folder / "kept.hdf5", rows),
        "whole": whole_file(folder / "whole.hdf5", rows),
    }


def test_the_events_are_those_of_a_search_of_all(files: dict[str, Path]) -> None:
    with PicoStreamReader(files["whole"]) as whole, PicoStreamReader(files["kept"]) as kept:
        found, stored = whole.find_events(RULE), kept.captures.events
    assert found.start_sample.tolist() == list(PULSES)
    for name in found_events.COLUMNS:
        assert getattr(stored, name).tolist() == getattr(found, name).tolist(), name
    assert found.at_gap.tolist() == [False, False, True, False, False]
    assert stored.rule == RULE


def test_samples_have_the_values_and_times_of_the_stream(files: dict[str, Path]) -> None:
    rows = stream_values()
    with PicoStreamReader(files["whole"]) as whole, PicoStreamReader(files["kept"]) as kept:
        assert kept.num_samples == 3 * 65 + (65 + 40)
        table, all_times = kept.to_pandas(), whole.to_pandas().index
        captures = list(kept.captures)
        stream = kept.captures.rows["stream_sample"]
        counts = kept.read_counts(0, kept.num_samples, "B")
    wanted = np.zeros(SIZE, bool)
    for begin in PULSES:
        wanted[begin - 20 : begin + 45] = True
    assert counts.tolist() == rows[1, wanted].tolist()
    assert table.index.tolist() == all_times[wanted].tolist()
    assert stream.tolist() == [begin - 20 for begin in PULSES]
    assert [len(capture.times_s) for capture in captures] == [65] * 5
    assert [round(capture.trigger_time_s * RATE_HZ) for capture in captures] == [
        begin + GAP_MISSING * (begin > GAP_AT) for begin in PULSES
    ]
    assert captures[4].times_s[20] == pytest.approx(0)


def test_the_file_is_right_and_told_as_what_it_is(files: dict[str, Path]) -> None:
    report = verify(files["kept"])
    assert not report.errors
    assert (report.gaps, report.lost_samples) == (1, GAP_MISSING)
    with h5py.File(files["kept"]) as file:
        totals = file["stream/totals"][0]
        bins = file["stream/B"][: totals["n_bins"]]
    rows = stream_values()
    assert totals.tolist()[:4] == (SIZE, 5, 5, 0)
    size = totals["samples_per_bin"]
    parts = [rows[1, at : at + size] for at in range(0, SIZE, size)]
    assert bins.tolist() == [[part.min(), part.max()] for part in parts]


def test_of_a_file_without_its_samples_it_is_told_which_are_missing(
    files: dict[str, Path], tmp_path: Path
) -> None:
    with open_recording(files["kept"]) as recording:
        assert recording.planned is not None
        plan = recording.planned.plan
    path = tmp_path / "cut.hdf5"
    samples_at = plan.chunk_position(plan.datasets[counts_path("A")], 0)
    path.write_bytes(files["kept"].read_bytes()[:samples_at])
    report = verify(path)
    assert report.exit_code == 1
    told = [error for error in report.errors if error.startswith("Channel")]
    assert told == [f"Channel {name}: 1 chunk missing: 0." for name in "AB"]


def test_the_picture_shows_all_of_the_stream(files: dict[str, Path]) -> None:
    with PicoStreamReader(files["whole"]) as whole, PicoStreamReader(files["kept"]) as kept:
        assert (kept.begin_s, kept.end_s) == (whole.begin_s, whole.end_s)
        columns = [reader.window(0, whole.end_s, 50, "B") for reader in (whole, kept)]
    exact, drawn = columns
    assert (np.isnan(drawn[:, 0]) <= np.isnan(exact[:, 0])).all()
    both = ~np.isnan(exact[:, 0])
    assert (drawn[both, 1] <= exact[both, 1] + 1e-9).mean() > 0.8
    assert np.nanmin(drawn[:, 1]) == pytest.approx(np.nanmin(exact[:, 1]))


@pytest.mark.parametrize(("dtype", "highest"), [("<i2", 32752), ("i1", 127)])
def test_events_that_were_clipped_are_told(tmp_path: Path, dtype: str, highest: int) -> None:
    rows = np.random.default_rng(2).integers(-3, 4, (2, 20_000)).astype(dtype)
    for begin, value in ((5000, -highest), (7000, highest - 1), (9000, highest)):
        rows[1, begin : begin + 20] = value
    rows[0, 7005] = highest
    keep = KeepConfig(EventRule("B", baseline_s=0.05), 20 / RATE_HZ, 30 / RATE_HZ)
    paths = kept_file(tmp_path / "kept.hdf5", rows, dtype, keep), tmp_path / "whole.hdf5"
    whole_file(paths[1], rows, dtype)
    with PicoStreamReader(paths[0]) as kept, PicoStreamReader(paths[1]) as whole:
        assert [capture.over_range for capture in kept.captures] == [("B",), ("A",), ("B",)]
        for events in (kept.captures.events, whole.find_events(keep.rule)):
            assert events.is_clipped.tolist() == [True, False, True]


def test_a_clipped_baseline_is_told() -> None:
    scale, baseline_v = CountScale(2.0, 0.5, 32767), np.array([1.0, 32752 / 32767 * 2 - 0.5])
    assert found_events.is_clipped(scale, 32752, baseline_v, np.array([-0.5, -0.5])).tolist() == [
        False,
        True,
    ]


def test_a_search_of_kept_events_is_refused(files: dict[str, Path]) -> None:
    with PicoStreamReader(files["kept"]) as reader, pytest.raises(ConfigurationError):
        reader.find_events(RULE)


def test_bytes_are_kept_too(tmp_path: Path) -> None:
    rows = np.random.default_rng(2).integers(-3, 4, (2, 20_000)).astype(np.int8)
    rows[1, 7000:7020] = -100
    path = kept_file(tmp_path / "bytes.hdf5", rows, "i1")
    assert not verify(path).errors
    with PicoStreamReader(path, "B") as reader:
        assert reader.captures.events.start_sample.tolist() == [7000]
        assert reader.read_counts(0, 100).tolist() == rows[1, 6980:7050].tolist()


@pytest.mark.parametrize(("level", "events"), [("always", 1), ("never", 0)])
def test_levels_that_are_always_or_never_true(level: str, events: int, tmp_path: Path) -> None:
    rule = EventRule(
        "B", "rising", -5.0 if level == "always" else 5.0, in_sigma=False, max_width_s=0.1
    )
    path = kept_file(tmp_path / "level.hdf5", stream_values(), keep=KeepConfig(rule, 0.01, 0.02))
    assert not verify(path).errors
    with PicoStreamReader(path) as reader:
        assert reader.num_samples == events * round((0.1 + 0.02) * RATE_HZ)
        assert len(reader.captures) == events
        assert reader.window(0, 3, 10).shape == (10, 4)
    assert describe_file(path)["kept_events"]["cut"] == events


def test_a_file_left_by_a_crash_is_repaired(tmp_path: Path) -> None:
    path = tmp_path / "crash.hdf5"
    stream = FedStream(describe(KEEP, "AB"), Recorder(path))
    stream.feed(stream_values())
    copy = tmp_path / "copy.hdf5"
    copy.write_bytes(path.read_bytes())
    stream.end()
    assert repair(copy).repaired
    assert not verify(copy).errors
    with PicoStreamReader(copy) as reader, PicoStreamReader(path) as whole:
        n_events = len(reader.captures)
        assert n_events >= 4
        kept, all_of = reader.captures.events, whole.captures.events
        assert kept.start_sample.tolist() == all_of.start_sample.tolist()[:n_events]


def test_a_crash_after_the_last_totals_and_before_the_end_is_repaired_as_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "crash.hdf5"
    stream = FedStream(describe(KEEP, "AB"), Recorder(path))
    stream.feed(stream_values())
    content = bytearray(path.read_bytes())
    stream.end()
    with h5py.File(path) as file:
        places = [file[name].id for name in ("health", "stream/totals")]
        spans = [(one.get_offset(), one.get_storage_size()) for one in places]
    for begin, size in spans:  # the recorder's end had come so far
        content[begin : begin + size] = path.read_bytes()[begin : begin + size]
    copy = tmp_path / "copy.hdf5"
    copy.write_bytes(content)
    assert repair(copy).repaired
    assert verify(copy).errors == []
    with open_recording(copy) as recording, h5py.File(copy) as file:
        assert recording.repaired
        assert file["health"]["total_samples"][0] == recording.stored_samples
        assert file["health"]["status"][0] == STATUSES.index("incomplete")


@pytest.mark.parametrize("left_out", [1, 29])
def test_the_last_event_of_a_crash_has_the_samples_that_there_are(
    left_out: int, tmp_path: Path
) -> None:
    path = tmp_path / "crash.hdf5"
    stream = FedStream(describe(KEEP, "AB"), Recorder(path))
    stop = PULSES[2] + 15 + 30 - left_out  # within what is kept around the event
    stream.feed(stream_values()[:, :stop], [stop - 1])
    copy = tmp_path / "copy.hdf5"
    copy.write_bytes(path.read_bytes())
    stream.end()
    assert repair(copy).repaired
    assert verify(copy).errors == []
    for each in (path, copy):
        with PicoStreamReader(each) as reader:
            rows = reader.captures.rows
            assert rows["samples"].tolist() == [65, 65, 65 - left_out]
            assert rows["first_sample"][-1] + rows["samples"][-1] == reader.num_samples


def test_a_trigger_lies_in_the_stream_whatever_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "triggered.hdf5"
    stream = FedStream(describe(KEEP, "AB"), Recorder(path))
    stream.feed(stream_values())
    health = Health(received=SIZE, stored=SIZE)
    stream.sink.close(Outcome("target", "", health, trigger_sample=SIZE - 1))
    assert verify(path).errors == []


def change_totals(file: h5py.File, **changes: int) -> None:
    row = file["stream/totals"][0]
    for name, change in changes.items():
        row[name] += change
    file["stream/totals"][0] = row


def change_bin(file: h5py.File) -> None:
    file["stream/B"][PULSES[1] // 256] = [0, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (partial(change_totals, kept=1, found=1), "claims 6 events, but it holds 5"),
        (partial(change_totals, passed_over=1), "are not those kept and those passed over"),
        (partial(change_totals, samples=PULSES[-1] - SIZE), "behind the end of the stream"),
        (change_bin, "Channel B: the overview of the stream is not that of the samples"),
    ],
)
def test_totals_that_contradict_the_events_are_found(
    files: dict[str, Path], tmp_path: Path, change: Callable[[h5py.File], None], said: str
) -> None:
    path = tmp_path / "changed.hdf5"
    path.write_bytes(files["kept"].read_bytes())
    with h5py.File(path, "r+") as file:
        change(file)
    assert said in " ".join(verify(path).errors)


@pytest.mark.parametrize("failure", [FULL_DISK, -errno.EIO])
def test_what_was_kept_before_a_disk_failed_is_told_with_its_stream(
    tmp_path: Path, failure: int
) -> None:
    path, rows = tmp_path / "a.hdf5", stream_values()
    stream = FedStream(describe(KEEP, "AB"), recorder := Recorder(path))
    stream.feed(rows[:, :5000])
    told, stream.told = stream.told, ()  # events come, and nobody is told of them yet
    stream.feed(rows[:, 5000:13_000])
    writer = recorder._open_writer
    assert writer.memory.tables["rows"][TABLES.index(CAPTURES)] == 3
    writer.memory["failure"] = failure
    stream.told = told
    with pytest.raises(AssertionError):
        stream.feed(rows[:, 13_000:])
    with pytest.raises(StorageError):
        stream.end()
    assert verify(path).errors == []
    found = describe_file(path)
    kept = found["kept_events"]
    assert kept["found"] == kept["kept"] == found["captures"]["count"] >= 2
    assert 13_000 < kept["stream_samples"] <= SIZE
