"""Events of recordings: equal to a slow search from begin to end, in volts and seconds."""

from __future__ import annotations

import errno
import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.config import ChannelScale, EventRule
from picostream_pymeasure.errors import (
    ConfigurationError,
    DiskFullError,
    OutputExistsError,
    StorageError,
)
from picostream_pymeasure.reader import FoundEvents, event_finder
from tests.support.event_signals import each_an_event

INTERVAL_S, RANGE_V, OFFSET_V, MAX_ADC = 1e-6, 2.0, 0.25, 32767


def write(path: Path, counts: NDArray[np.int16]) -> Path:
    """A file as PicoStream writes it."""
    with h5py.File(path, "w") as file:
        file.create_dataset("adc_counts", data=counts, chunks=(min(1000, counts.size),))
        file.attrs["sample_interval_ns"] = INTERVAL_S * 1e9
        file.attrs["voltage_range_v"] = RANGE_V
        file.attrs["analog_offset_v"] = OFFSET_V
        file.attrs["max_adc"] = MAX_ADC
    return path


def volts(counts: Any) -> Any:
    return np.asarray(counts) * RANGE_V / MAX_ADC - OFFSET_V


def pulses(size: int, begins: list[int], width: int, depth: int) -> NDArray[np.int16]:
    counts = np.random.default_rng(3).normal(1000, 10, size).astype(np.int16)
    for begin in begins:
        counts[begin : begin + width] -= depth
    return counts


def test_each_sample_may_be_an_event(tmp_path: Path) -> None:
    counts = each_an_event(100_000)
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        found = reader.find_events("A:either:0.001sigma")
    assert found.start_sample.tolist() == list(range(100_000))
    assert (found.samples == 1).all()


def test_pulses_are_found_with_their_properties(tmp_path: Path) -> None:
    begins = [25_000, 40_000, 69_990, 70_300]
    counts = pulses(100_000, begins, 50, 500)
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        found = reader.find_events("A:falling:10sigma", min_width_s=20e-6)
    assert found.start_sample.tolist() == begins
    assert found.samples.tolist() == [50] * 4
    assert found.start_s == pytest.approx(np.array(begins) * INTERVAL_S)
    assert found.duration_s == pytest.approx([50e-6] * 4)
    assert found.baseline_v == pytest.approx([volts(1000)] * 4, abs=volts(1) - volts(0))
    assert found.sigma_v == pytest.approx([10 * RANGE_V / MAX_ADC] * 4, rel=0.05)
    depths = [counts[begin : begin + 50].min() - 1000 for begin in begins]
    assert found.amplitude_v == pytest.approx(np.array(depths) * RANGE_V / MAX_ADC, rel=0.01)
    assert found.area_vs == pytest.approx([-500 * RANGE_V / MAX_ADC * 50e-6] * 4, rel=0.02)
    assert found.between_s == pytest.approx(np.diff(begins) * INTERVAL_S)
    assert not found.is_cut.any()
    assert not found.at_gap.any()
    assert len(found.to_pandas()) == 4


def test_a_part_is_searched_as_in_the_whole(tmp_path: Path) -> None:
    counts = pulses(100_000, [20_000, 40_000, 60_000, 80_000], 50, 500)
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        whole = reader.find_events("A:10sigma")
        part = reader.find_events("A:10sigma", from_s=35e-3, to_s=70e-3)
        none = reader.find_events("A:10sigma", from_s=50e-3, to_s=50e-3)
        reader.use_units({"": ChannelScale(1000.0, "nA")})
        in_units = reader.find_events("A:falling:-205mV")
    assert part.start_sample.tolist() == [40_000, 60_000]
    assert part.sigma_v.tolist() == whole.sigma_v[1:3].tolist()
    assert len(none) == 0
    assert in_units.start_sample.tolist() == whole.start_sample.tolist(), "levels stay volts"
    assert len(whole) == 4


def test_hold_off_and_rate_pass_events_over(tmp_path: Path) -> None:
    counts = pulses(100_000, [20_000, 20_200, 30_000, 40_000], 50, 500)
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        held = reader.find_events("A:10sigma", hold_off_s=1e-3)
        few = reader.find_events(EventRule("A", threshold=10), max_rate_hz=2)
    assert (held.start_sample.tolist(), held.passed_over) == ([20_000, 30_000, 40_000], 1)
    assert (few.start_sample.tolist(), few.passed_over) == ([20_000, 20_200], 2)


@pytest.mark.parametrize(
    ("rule", "n_events"),
    [("A:rising:0.5V", 1), ("A:falling:-0.5V", 1), ("A:rising:3V", 0), ("A:either:100mV", 2)],
)
def test_levels_in_volts(tmp_path: Path, rule: str, n_events: int) -> None:
    counts = np.zeros(60_000, np.int16)
    counts[20_000:20_010], counts[30_000:30_010] = 20_000, -20_000
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        assert len(reader.find_events(rule)) == n_events


@pytest.mark.parametrize("rule", ["A:5sigma", "A:rising:1sigma"])
def test_a_dead_input_has_no_events(tmp_path: Path, rule: str) -> None:
    with PicoStreamReader(write(tmp_path / "data.hdf5", np.zeros(50_000, np.int16))) as reader:
        assert len(reader.find_events(rule)) == 0


def test_a_level_that_is_always_true_is_one_event_that_is_cut(tmp_path: Path) -> None:
    with PicoStreamReader(write(tmp_path / "data.hdf5", np.zeros(50_000, np.int16))) as reader:
        found = reader.find_events("A:rising:-1V", max_width_s=1e-3)
    assert found.start_sample.tolist() == [0]
    assert found.samples.tolist() == [1000]
    assert found.is_cut.all()


def test_a_baseline_that_has_moved_for_good_hides_nothing(tmp_path: Path) -> None:
    counts = pulses(200_000, [20_000, 80_000, 150_000], 50, 500)
    counts[40_000:] += 5000
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        found = reader.find_events("A:10sigma", max_width_s=20e-3)
    assert found.start_sample.tolist() == [20_000, 40_000, 80_000, 150_000]
    assert found.is_cut.tolist() == [False, True, False, False]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(size=st.integers(1, 3000), seed=st.integers(0, 99), window=st.integers(5, 300))
def test_blocks_leave_no_seam(
    size: int, seed: int, window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    counts = np.cumsum(rng.normal(0, 3, size)).astype(np.int16)
    for begin in rng.integers(0, size, rng.integers(0, 12)):
        counts[begin : begin + rng.integers(1, 700)] += np.int16(rng.integers(-300, 300))
    path = write(tmp_path / f"{size}-{seed}.hdf5", counts)
    rule = EventRule("A", threshold=3, baseline_s=window * INTERVAL_S)
    found = []
    for block in (2**22, 64):
        monkeypatch.setattr(event_finder, "_BLOCK_SAMPLES", block)
        with PicoStreamReader(path) as reader:
            found.append(reader.find_events(rule))
    path.unlink()
    for name in ("start_sample", "samples", "amplitude_v", "area_vs", "baseline_v", "is_cut"):
        assert (getattr(found[0], name) == getattr(found[1], name)).all()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A", EventRule("A")),
        ("a : Falling : 5 σ", EventRule("A", "falling", 5.0)),
        ("B:rising:20mV", EventRule("B", "rising", 0.02, in_sigma=False)),
        ("B:-1,5 V:rising", EventRule("B", "rising", -1.5, in_sigma=False)),
        ("C:6sigma", EventRule("C", threshold=6.0)),
    ],
)
def test_rules_as_people_type_them(text: str, rule: EventRule) -> None:
    from picostream_pymeasure.reader.event_text import parse_rule

    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("6sigma", EventRule("B", "falling", 6.0)),
        ("-20 mV", EventRule("B", "falling", -0.02, in_sigma=False)),
        ("A:6sigma", EventRule("A", "either", 6.0)),
    ],
)
def test_a_level_alone_belongs_to_the_rule_that_held_before(text: str, rule: EventRule) -> None:
    from picostream_pymeasure.reader.event_text import parse_rule

    assert parse_rule(text, like=EventRule("B", "falling")) == rule


@pytest.mark.parametrize(
    ("text", "details", "sentence"),
    [
        ("E:5sigma", {}, "channel A, B, C or D"),
        ("A:up:5sigma", {}, "no rule"),
        ("A:five sigma", {}, "number"),
        ("A:falling:5", {}, "5sigma.*5V"),
        ("A:falling:5bananas", {}, "'5bananas' is no level of events; write for example 5sigma"),
        ("A:-5sigma", {}, "more than 0 sigma"),
        ("A:1e99sigma", {}, "at most 1000000, not 1e\\+99"),
        ("A:1e3", {}, "write 1e3sigma"),
        ("A:1e99V", {}, "more than 0 V, up to 1000000 V"),
        ("A:rising:-1e99V", {}, "must be -1000000 V to 1000000 V"),
        ("A:rising:1V", {"hysteresis": 1e99}, "must be 0 V to 1000000 V"),
        ("A:", {}, "'' is no level of events"),
        ("A:either:-1V", {}, "a distance from the baseline, more than 0 V"),
        ("5sigma", {}, "not '5sigma'; write the rule as A:falling:5sigma"),
        ("", {}, "write the rule as A:falling:5sigma"),
        ("A", {"hysteresis": 5.0}, "less than the threshold"),
        ("A", {"baseline_s": 0.0}, "baseline of events must be more than 0 s"),
        ("A", {"hold_off_s": -1.0}, "hold-off of events must be 0 s to"),
        ("A", {"max_rate_hz": math.nan}, "1 a second or more"),
        ("A", {"min_width_s": 2.0}, "least width of an event .2 s. cannot be more"),
        ("A:5sigma", {"threshold": 6.0}, "'A:5sigma' says the threshold already"),
        ("A:rising", {"direction": "falling"}, "'A:rising' says the direction already"),
    ],
)
def test_impossible_rules_are_refused(text: str, details: dict[str, Any], sentence: str) -> None:
    from picostream_pymeasure.reader.event_text import parse_rule

    with pytest.raises(ConfigurationError, match=sentence):
        parse_rule(text, **details)


def test_a_rule_is_a_text_or_a_rule(tmp_path: Path) -> None:
    with (
        PicoStreamReader(write(tmp_path / "data.hdf5", pulses(1000, [], 1, 1))) as reader,
        pytest.raises(ConfigurationError, match="a text such as A:falling:5sigma, not 5"),
    ):
        reader.find_events(5)  # type: ignore[arg-type]


def test_a_part_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    with (
        PicoStreamReader(write(tmp_path / "data.hdf5", pulses(1000, [], 1, 1))) as reader,
        pytest.raises(ConfigurationError, match="The end, 1 s, lies before the begin, 2 s"),
    ):
        reader.find_events("A", from_s=2, to_s=1)


def test_progress_is_told_to_a_function(tmp_path: Path) -> None:
    with (
        PicoStreamReader(write(tmp_path / "data.hdf5", pulses(1000, [], 1, 1))) as reader,
        pytest.raises(ConfigurationError, match="progress must be a function, not 5"),
    ):
        reader.find_events("A", progress=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [None, "", 5, [], b"x"])
def test_a_table_has_the_name_of_a_file(tmp_path: Path, name: Any) -> None:
    with PicoStreamReader(write(tmp_path / "data.hdf5", pulses(1000, [], 1, 1))) as reader:
        found = reader.find_events("A")
    with pytest.raises(ConfigurationError, match=r"file (is named by|is empty)"):
        found.to_csv(name)
    with pytest.raises(ConfigurationError, match="force must be True or False"):
        found.to_csv(tmp_path / "a.csv", force=np.arange(3))
    assert [path.name for path in tmp_path.iterdir()] == ["data.hdf5"]


def test_a_table_appears_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = pulses(100_000, [25_000], 50, 500)
    with PicoStreamReader(write(tmp_path / "data.hdf5", counts)) as reader:
        found = reader.find_events("A:falling:10sigma", min_width_s=20e-6)
    table = tmp_path / "events.csv"
    found.to_csv(table)
    whole = table.read_text()
    assert whole.startswith("start_s,duration_s,")
    assert len(whole.splitlines()) == 2
    with pytest.raises(OutputExistsError):
        found.to_csv(table)
    with pytest.raises(StorageError, match="cannot be written"):
        found.to_csv(tmp_path / "missing" / "events.csv")

    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(FoundEvents, "to_pandas", full)
    with pytest.raises(DiskFullError):
        found.to_csv(tmp_path / "other.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.hdf5", "events.csv"]
