"""What is written can be read, by h5py alone and by the package."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import xxhash

from picostream_pymeasure.config import ChannelConfig, StreamConfig, TriggerConfig
from picostream_pymeasure.records import ClockPair, Event, Health, StreamDescription
from picostream_pymeasure.storage import Recorder, describe_file, verify
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    CHUNK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    prove_stream,
    recording,
    stream_values,
)


def expected(channel: str, samples: int, width: int = 1) -> np.ndarray:
    return stream_values({"values_per_sample": width}, channel, 0, samples)


@pytest.mark.parametrize("channels", ["A", "C", "ABCD", "BA"])
@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("last", [BLOCK_SAMPLES, 1, 1000])
def test_all_channels_are_stored_value_by_value(
    tmp_path: Path, channels: str, aggregate: bool, last: int
) -> None:
    path = tmp_path / "a.hdf5"
    samples, width = 2 * BLOCK_SAMPLES + last, 2 if aggregate else 1
    with recording(path, channels, aggregate=aggregate) as stream:
        for count in (BLOCK_SAMPLES, BLOCK_SAMPLES, last):
            stream.write(count)
        with h5py.File(path) as growing:
            assert growing["adc_counts"].shape == (samples * width,)
    with h5py.File(path) as file:
        for name in channels:
            counts = file[f"channels/{name}/adc_counts"]
            assert counts.dtype == np.int16
            np.testing.assert_array_equal(counts[()], expected(name, samples, width))
        assert file["adc_counts"] == file[f"channels/{channels[0]}/adc_counts"]
        assert file.attrs["total_samples"] == samples
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors, report.notes) == (0, [], [])
    assert report.proven_samples == report.samples == samples
    assert report.chunks == report.verified_chunks == len(channels)


def test_checksums_can_be_recomputed_from_the_dataset(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        for _ in range(2 * CHUNK_SAMPLES // BLOCK_SAMPLES):
            stream.write()
        stream.write(77)
    with h5py.File(path) as file:
        counts, checksums = file["adc_counts"][()], file["channels/A/checksums"][()]
        chunk, fill = file["adc_counts"].chunks[0], file["adc_counts"].fillvalue
    assert len(counts) == 2 * chunk + 77
    filled = np.append(counts, np.full(chunk - 77, fill, np.int16)).reshape(-1, chunk)
    assert list(checksums) == [
        xxhash.xxh3_64_intdigest(part.tobytes(), seed=number) for number, part in enumerate(filled)
    ]


def test_clock_pairs_are_kept_ever_further_apart(tmp_path: Path) -> None:
    """Of the first seconds ten a second, after hours one in so many seconds."""
    path, hours_ns = tmp_path / "a.hdf5", 36_000_000_000_000
    first = range(0, 1_000_000_000, 50_000_000)
    late = range(hours_ns, hours_ns + 10_000_000_000, 1_000_000_000)
    with recording(path) as stream:
        stream.write()
        for host_ns in (*first, *late):
            stream.recorder.add_clock(ClockPair(0, host_ns, 0))
    with h5py.File(path) as file:
        kept_s = file["clock"]["host_s"]
    np.testing.assert_allclose(kept_s, [*np.arange(10) / 10, 36_000, 36_005])


def test_an_empty_recording_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB"):
        pass
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.samples, report.chunks) == (0, 0, 0)
    assert describe_file(path)["duration_s"] == 0


def test_root_attributes_are_what_readers_of_picostream_expect(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    config = StreamConfig(channels=(ChannelConfig("B", range_v=2.0, offset_v=0.5),))
    description = StreamDescription(
        config, 16.0, 32767, BLOCK_SAMPLES, "2024-05-06T07:08:09+00:00", {"serial": "AB1/2"}
    )
    recorder = Recorder(path)
    recorder.open(description)
    finish(recorder)
    with h5py.File(path) as file:
        attributes = dict(file.attrs)
        channel = dict(file["channels/B"].attrs)
    assert attributes["sample_interval_ns"] == 16.0
    assert attributes["voltage_range_v"] == 2.0
    assert attributes["max_adc"] == 32767
    assert attributes["analog_offset_v"] == 0.5
    assert attributes["downsample_mode"] == "none"
    assert attributes["hardware_downsample_ratio"] == 1
    assert attributes["resolution"] == "PS5000A_DR_12BIT"
    assert attributes["channel_a_coupling"] == "PS5000A_DC"
    assert attributes["channel_a_range"] == "PS5000A_2V"
    assert attributes["data_format_version"] == "1.0"
    assert attributes["aggregate_format"] == "none"
    assert attributes["format"] == "picostream-pymeasure"
    assert attributes["format_version"] == 2
    assert attributes["status"] == b"complete"
    assert attributes["unit_serial"] == "AB1/2"
    assert not attributes["simulated"]
    assert channel == {
        "kind": "analogue",
        "voltage_range_v": 2.0,
        "coupling": "DC",
        "analog_offset_v": 0.5,
        "bandwidth": "FULL",
    }


def test_what_the_end_settles_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe(metadata={"Gain": 3, "file": Path("x")}))
    finish(
        stream.recorder,
        ended_by="failed",
        reason="The scope was unplugged.",
        trigger_sample=17,
        first_stream_sample=99,
        simulation={"values_per_sample": 1, "long": "x" * 5000},
    )
    with h5py.File(path) as file:
        assert file.attrs["status"] == b"incomplete"
        assert file.attrs["reason"] == b"The scope was unplugged."
        assert file.attrs["trigger_sample"] == 17
        assert file.attrs["first_stream_sample"] == 99
        assert file.attrs["smallest_visible_loss"] == -1  # there was no time to see any
        assert json.loads(file.attrs["simulation"])["long"] == "x" * 5000
        assert json.loads(file.attrs["metadata"]) == {"Gain": 3, "file": "x"}
        assert file["health"]["status"][0] == 2
    assert verify(path, prove=prove_stream).exit_code == 3


def test_gaps_and_events_are_listed_and_gaps_make_it_incomplete(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
        for number in range(50):
            stream.recorder.add_gap(gap_at(BLOCK_SAMPLES, 2, 2, "pool full", 0.5 + number))
        stream.skip(100)
        stream.write()
        stream.recorder.add_event(Event(5, 0.25, "lämp on" + "é" * 100, 1.5))
    summary = describe_file(path)
    assert (summary["status"], summary["lost_samples"]) == ("incomplete", 100)
    assert summary["gaps"][0] == {
        "sample_index": BLOCK_SAMPLES,
        "earliest": BLOCK_SAMPLES,
        "latest": BLOCK_SAMPLES,
        "missing": 2,
        "estimated_missing": 2,
        "cause": "pool full",
        "noticed_s": 0.5,
    }
    assert len(summary["gaps"]) == 50
    assert summary["duration_s"] == pytest.approx((2 * BLOCK_SAMPLES + 100) * 1e-6)
    assert summary["events"][0]["label"].startswith("lämp oné")
    assert summary["events"][0]["value"] == 1.5
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.proven_samples == 2 * BLOCK_SAMPLES


def test_a_mark_that_is_cut_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
        stream.recorder.add_event(Event(5, 0.25, "ok", 1.5))
        assert caplog.messages == []
        stream.recorder.add_event(Event(6, 0.25, "é" * 5000, 1.5))
    assert describe_file(path)["events"][1]["label"] == "é" * 116
    assert caplog.messages == [f"Of a mark the first 232 bytes are kept: {'é' * 116}…"]


def test_health_holds_the_totals_while_it_is_recorded_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB"))
    stream.write()
    stream.recorder.update(Health(elapsed_s=0.1))
    totals = {"received": 5000, "lost": 7, "gaps": 2, "pool_fill": 0.25, "elapsed_s": 0.5}
    stream.recorder.update(Health(**totals, over_range={"B": 3}))
    with h5py.File(path) as growing:
        health = growing["health"][0]
    assert (health["received_samples"], health["lost_samples"], health["gaps"]) == (5000, 7, 2)
    assert (health["pool_fill"], health["actual_rate_hz"]) == (0.25, 10_000)
    assert (health["total_samples"], health["over_range_B"]) == (BLOCK_SAMPLES, 3)
    finish(
        stream.recorder,
        health=Health(elapsed_s=3.5, received=5000, over_range={"B": 4}, actual_rate_hz=1e6),
    )
    with h5py.File(path) as file:
        health = file["health"][0]
    assert (health["elapsed_s"], health["received_samples"]) == (3.5, 5000)
    assert (health["over_range_A"], health["over_range_B"]) == (0, 4)
    assert health["total_samples"] == BLOCK_SAMPLES
    assert health["actual_rate_hz"] == 1e6
    assert describe_file(path)["over_range"] == {"A": 0, "B": 4}


def test_the_summary_is_json_and_knows_the_trigger(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    config = StreamConfig(trigger=TriggerConfig("A", 0.5))
    recorder = Recorder(path)
    recorder.open(StreamDescription(config, 16.0, 32767, BLOCK_SAMPLES, "2024-05-06"))
    recorder.add_event(Event(0, 0.0, "no value"))
    finish(recorder, trigger_sample=3)
    summary = json.loads(json.dumps(describe_file(path), allow_nan=False))
    assert summary["trigger"]["direction"] == "RISING"
    assert summary["trigger_sample"] == 3
    assert summary["sample_rate_hz"] == pytest.approx(62.5e6)
    assert summary["channels"][0]["name"] == "A"
    assert summary["closed_properly"]
