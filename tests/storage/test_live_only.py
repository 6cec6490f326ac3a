"""Live-only files: always the newest seconds, in order, whole, and no larger than that."""

from __future__ import annotations

import signal
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError, DiskFullError, FileFormatError
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import LiveRecorder, Recording, open_recording
from picostream_pymeasure.storage.live_layout import MOST_ROWS
from picostream_pymeasure.storage.live_plan import LivePlan
from tests.support import live_stream
from tests.support.live_stream import GAP, INTERVAL_NS, LiveStream, describe_live, expected
from tests.support.programs import ask, program, tell
from tests.support.storage_stream import BLOCK_SAMPLES, finish, stream_values

SECONDS = 0.2
WANTED_SAMPLES = round(SECONDS * 1e9 / INTERVAL_NS)

#: With plain h5py, in another process, as any viewer does it.
PLAIN_READER = """
import sys, h5py
with h5py.File(sys.argv[1], swmr=True, rdcc_nbytes=0) as file:
    datasets = [file["adc_counts"], file["channels/B/adc_counts"]]
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "refresh":
            for dataset in datasets:
                dataset.refresh()
        print(*(dataset[()].tobytes().hex() for dataset in datasets), flush=True)
"""


def plan(channels: str = "A", *, aggregate: bool = False) -> LivePlan:
    return LivePlan.for_stream(describe_live(channels, aggregate=aggregate), SECONDS)


def record(path: Path, blocks: int, last: int = 0, channels: str = "A", **options: bool) -> None:
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live(channels, **options))
    stream.write_blocks(blocks)
    if last:
        stream.write(last)
    finish(stream.recorder)


def overview(counts: np.ndarray, factor: int, width: int) -> np.ndarray:
    bins = [
        counts[start : start + factor * width] for start in range(0, len(counts), factor * width)
    ]
    return np.array([[part[0], part.min(), part.max(), part[-1]] for part in bins])


WRAPS = 300
SLOTS = plan().slots
KEPT = plan().kept


@pytest.mark.parametrize("last", [0, 1, 1000])
@pytest.mark.parametrize(
    "blocks", [0, 1, KEPT - 1, KEPT, KEPT + 1, SLOTS - 1, SLOTS, SLOTS + 1, 3 * SLOTS + 2]
)
def test_a_finished_file_is_in_order_for_plain_h5py(tmp_path: Path, blocks: int, last: int) -> None:
    path = tmp_path / "a.hdf5"
    record(path, blocks, last)
    with h5py.File(path) as file:
        total, first = int(file.attrs["total_samples"]), int(file.attrs["first_sample"])
        counts = file["adc_counts"][()]
        bins = file["channels/A/overview/256"][()]
        spare = file["channels/A/spare/adc_counts"]
        positions = {
            part.id.get_chunk_info(index).byte_offset
            for part in (file["adc_counts"], spare)
            for index in range(part.id.get_num_chunks())
        }
    n_chunks = blocks + bool(last)
    assert total == blocks * BLOCK_SAMPLES + last
    assert total - first == len(counts)
    assert len(counts) >= min(total, WANTED_SAMPLES)
    assert len(counts) <= KEPT * BLOCK_SAMPLES
    np.testing.assert_array_equal(
        counts, stream_values({"values_per_sample": 1}, "A", first, len(counts))
    )
    np.testing.assert_array_equal(bins, overview(counts, 256, 1).reshape(-1, 4))
    assert len(positions) == min(n_chunks, SLOTS), "every chunk belongs to one dataset"


@pytest.mark.parametrize("aggregate", [False, True])
def test_our_reading_of_a_finished_file(tmp_path: Path, aggregate: bool) -> None:
    path = tmp_path / "a.hdf5"
    record(path, 100, 1000, "AB", aggregate=aggregate)
    with open_recording(path) as recording:
        assert recording.live is None
        assert recording.is_live_only
        assert recording.first_sample + recording.stored_samples == 100 * BLOCK_SAMPLES + 1000
        for name, pair in recording.channels.items():
            wanted = expected(recording, name, recording.first_sample, recording.stored_samples)
            np.testing.assert_array_equal(pair.counts[()], wanted)


def check_window(recording: Recording, rng: np.random.Generator) -> int:
    """Read at a random place of the newest window; how many samples could be compared."""
    window = recording.live
    window.refresh()
    name = str(rng.choice(list(recording.channels)))
    start = int(rng.integers(window.row.begin, window.stop + 1))
    first, counts = window.read_counts(name, start, window.stop)
    n_samples = len(counts) // recording.values_per_sample
    assert first + n_samples == window.stop or not n_samples
    np.testing.assert_array_equal(counts, expected(recording, name, first, n_samples))
    return n_samples


@pytest.mark.parametrize(
    ("channels", "mode"), [("A", "none"), ("AB", "aggregate"), ("ABCD", "none")]
)
def test_a_reader_goes_through_hundreds_of_wraps(tmp_path: Path, channels: str, mode: str) -> None:
    path = tmp_path / "a.hdf5"
    rng = np.random.default_rng(1)
    slots = plan(channels, aggregate=mode == "aggregate").slots
    with program("-m", live_stream.__name__, path, SECONDS, channels, mode) as writer:
        ask(writer, slots)
        full_bytes = path.stat().st_size
        with open_recording(path) as recording:
            tell(writer, WRAPS * slots)
            begin = recording.live.stop
            compared = 0
            while recording.live.stop - begin < WRAPS * slots * BLOCK_SAMPLES:
                compared += check_window(recording, rng)
        assert path.stat().st_size <= full_bytes + 65536
        writer.stdin.close()
        assert writer.wait() == 0
    assert compared > 10 * KEPT * BLOCK_SAMPLES
    with h5py.File(path) as file:
        assert file.attrs["total_samples"] == (WRAPS + 1) * slots * BLOCK_SAMPLES
    assert path.stat().st_size <= full_bytes + 131_072  # the envelope for viewers came to it


def test_no_step_of_the_writer_lets_torn_data_through(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live("AB"))
    stream.write_blocks(2 * SLOTS)
    raw = stream.recorder._file._raw
    write, steps = raw.write, []

    def look_between(position: int, content: object) -> None:
        write(position, content)
        steps.append(position)
        check_all(recording)

    with open_recording(path) as recording:
        raw.write = look_between
        stream.write_blocks(SLOTS + 1)
        raw.write = write
    assert len(steps) > 4 * SLOTS
    finish(stream.recorder)


def check_all(recording: Recording) -> None:
    """Read all that is there, also what has left the window."""
    window = recording.live
    window.refresh()
    for name in recording.channels:
        first, counts = window.read_counts(name, 0, window.stop)
        assert first == window.row.begin
        np.testing.assert_array_equal(counts, expected(recording, name, first, len(counts)))


def test_what_is_overwritten_while_it_is_copied_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live())
    stream.write_blocks(2 * SLOTS)
    with open_recording(path) as recording:
        window = recording.live
        read_into, begin = window._raw.read_into, window.row.begin

        def overtake(position: int, buffer: memoryview) -> None:
            if len(buffer) == BLOCK_SAMPLES:
                window._raw.read_into = read_into
                stream.write_blocks(3)
            read_into(position, buffer)

        window.read_counts("A", begin, begin + 1)  # finds its slots
        window._raw.read_into = overtake
        first, counts = window.read_counts("A", begin, window.stop)
        assert first == begin + 3 * BLOCK_SAMPLES
        np.testing.assert_array_equal(counts, expected(recording, "A", first, len(counts)))
    finish(stream.recorder)


def test_a_reader_that_sleeps_gets_what_is_left_and_never_torn_data(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live())
    stream.write_blocks(2 * SLOTS)
    with open_recording(path) as recording:
        first, stop = recording.live.first, recording.live.stop
        stream.write_blocks(plan().spare)
        assert recording.live.read_counts("A", first, stop)[0] == first
        stream.write_blocks(2)
        start, counts = recording.live.read_counts("A", first, stop)
        assert start == first + 2 * BLOCK_SAMPLES
        np.testing.assert_array_equal(counts, expected(recording, "A", start, stop - start))
        stream.write_blocks(SLOTS)
        assert len(recording.live.read_counts("A", first, stop)[1]) == 0
    finish(stream.recorder)


def test_the_overview_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live("AB", aggregate=True))
    with open_recording(path) as recording:
        window = recording.live
        for blocks in (1, 5, 200):
            stream.write_blocks(blocks)
            window.refresh()
            for factor in (256, 4096):
                first, bins = window.read_bins(
                    "B", factor, window.first // factor, window.stop // factor
                )
                samples = len(bins) * factor
                counts = expected(recording, "B", first * factor, samples)
                assert first * factor + samples == window.stop
                np.testing.assert_array_equal(bins, overview(counts, factor, 2))
    finish(stream.recorder)


def test_plain_h5py_sees_the_order_of_time_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    rotate_every = plan("AB").rotate_every
    with program("-m", live_stream.__name__, path, SECONDS, "AB") as writer:
        ask(writer, 1)
        with program("-c", PLAIN_READER, path) as reader:
            assert reader.stdout.readline().strip() == "ready"
            for blocks in [1, 2, 3, *[rotate_every - 1, 1, 2] * 30]:
                stop = int(ask(writer, blocks))
                texts = ask(reader, "refresh").split()
                for name, text in zip("AB", texts, strict=True):
                    counts = np.frombuffer(bytes.fromhex(text), np.int16)
                    late = self_evident_delay(counts, name, stop)
                    assert late < rotate_every * BLOCK_SAMPLES
                    assert len(counts) >= min(stop, WANTED_SAMPLES)


def test_a_plain_reader_has_time_to_read_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    rotate_every = plan("AB").rotate_every
    with program("-m", live_stream.__name__, path, SECONDS, "AB") as writer:
        ask(writer, 20 * rotate_every)
        with program("-c", PLAIN_READER, path) as reader:
            assert reader.stdout.readline().strip() == "ready"
            content = ask(reader, "refresh")
            ask(writer, 2 * rotate_every)
            assert ask(reader, "do not refresh") == content
            ask(writer, plan("AB").slots)
            assert ask(reader, "do not refresh") != content


def self_evident_delay(counts: np.ndarray, channel: str, stop: int) -> int:
    """Samples since the last one in a window, whose values must be those of one stretch."""
    for last in range(stop, -1, -BLOCK_SAMPLES):
        first = last - len(counts)
        if first >= 0 and np.array_equal(
            counts, stream_values({"values_per_sample": 1}, channel, first, len(counts))
        ):
            return stop - last
    raise AssertionError("the window is no stretch of the stream")


def test_gaps_and_marks_stay_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live(), gap_every=4)
    for blocks in (3, 1, KEPT, 2 * SLOTS, 1, 2):
        stream.write_blocks(blocks)
        at = stream.recorder.stored_samples - 10
        stream.recorder.add_event(Event(at, 0.0, "mark", at))
        with open_recording(path) as recording:
            check_window(recording, np.random.default_rng(2))
            check_tables(recording)
    finish(stream.recorder)
    with open_recording(path) as recording:
        check_tables(recording)
        wanted = expected(recording, "A", recording.first_sample, recording.stored_samples)
        np.testing.assert_array_equal(recording.first[()], wanted)
        assert (
            recording.attributes["lost_samples"]
            == GAP * (stream.position - recording.attributes["total_samples"]) / GAP
        )


def check_tables(recording: Recording) -> None:
    assert (
        recording.events["sample_index"] + recording.first_sample == recording.events["value"]
    ).all()
    assert len(recording.gaps) <= KEPT // 4 + 1
    assert ((recording.gaps["sample_index"] + recording.first_sample) % BLOCK_SAMPLES == 0).all()


def test_tables_are_bounded_and_times_stay_right(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live(), gap_every=1)
    stream.write_blocks(MOST_ROWS + 700)
    with open_recording(path) as recording:
        assert recording.missing_before + GAP * len(recording.gaps) == GAP * (MOST_ROWS + 700)
        check_window(recording, np.random.default_rng(3))
    finish(stream.recorder)
    with h5py.File(path) as file:
        assert file["gaps"].shape == (MOST_ROWS,)
        assert (np.diff(file["gaps"]["sample_index"]) > 0).all()
        assert file.attrs["lost_samples"] == GAP * (MOST_ROWS + 700)
    with open_recording(path) as recording:
        assert recording.missing_before + GAP * len(recording.gaps) == GAP * (MOST_ROWS + 700)


@pytest.mark.parametrize("blocks", [KEPT // 2, KEPT + 1, SLOTS + 1, 5 * SLOTS])
def test_after_a_crash_the_whole_window_is_there(tmp_path: Path, blocks: int) -> None:
    path = tmp_path / "a.hdf5"
    with program("-m", live_stream.__name__, path, SECONDS, "AB", "none", 5) as writer:
        stop = int(ask(writer, blocks))
        tell(writer, 100_000)
        with open_recording(path) as recording:
            while recording.live.stop < stop + 10 * BLOCK_SAMPLES:
                recording.live.refresh()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    with open_recording(path) as recording:
        window = recording.live
        assert recording.status == "recording"
        assert window.stop - window.first >= min(window.stop, WANTED_SAMPLES)
        for name in "AB":
            first, counts = window.read_counts(name, window.first, window.stop)
            assert first == window.first
            np.testing.assert_array_equal(
                counts, expected(recording, name, first, window.stop - first)
            )


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 1e9])
def test_impossible_times_are_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="more than 0 s"):
        LiveRecorder(tmp_path / "a.hdf5", seconds)


def test_a_window_larger_than_the_disk_is_refused_at_once(tmp_path: Path) -> None:
    recorder = LiveRecorder(tmp_path / "a.hdf5", 3e7)
    with pytest.raises(DiskFullError, match="must stay free"):
        recorder.open(describe_live())
    assert not recorder.path.exists()


@pytest.mark.parametrize(
    ("dataset", "value"),
    [("live", (-1, 0, 0)), ("live", (5, 4, 0)), ("live", (0, 1 << 60, 0)), ("slots", 1 << 62)],
)
def test_a_damaged_file_is_refused(tmp_path: Path, dataset: str, value: object) -> None:
    path = tmp_path / "a.hdf5"
    record(path, SLOTS)
    with h5py.File(path, "r+") as file:
        file.attrs["status"] = "recording"
        name = "channels/A/slots/adc_counts" if dataset == "slots" else dataset
        file[name][...] = np.full(file[name].shape, np.array(value, file[name].dtype))
    with pytest.raises(FileFormatError), open_recording(path) as recording:
        recording.live.read_counts("A", recording.live.first, recording.live.stop)
