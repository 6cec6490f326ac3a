"""Any program that reads HDF5 gets every sample right: while it grows, finished, and killed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ..support.hdf5 import File
from .foreign import READERS, h5diff, h5ls, h5stat, require, require_tool
from .judge import Judge, newest_live_sample
from .plan import LONGEST_STRETCH, Plan, Settings
from .recorders import MODES, modes, recording

#: A stream that goes on for minutes, with some hundred stretches a second, and tells its rate.
GROWING = {"samples": 60_000_000, "is_known": False, "pause_s": 0.005, "interval_ns": 1700.0}


def compare(found: np.ndarray, plan: Plan, name: str, at_least: int, first: int = 0) -> None:
    """Hold values from the first sample on against the plan; behind them nothing may stand."""
    width = plan.settings.width
    samples, rest = divmod(found.size, width)
    assert rest == 0
    assert samples >= at_least
    np.testing.assert_array_equal(found.reshape(-1), plan.values(name, first, samples))


@pytest.fixture(scope="module", params=modes("channels and a port"))
def settings(request: pytest.FixtureRequest) -> Settings:
    if MODES[request.param].live_s is not None:
        pytest.skip("what a live-only file shows while it is recorded is another test's")
    return MODES[request.param]


@pytest.fixture(scope="module", params=["growing", "finished", "killed"])
def state(
    request: pytest.FixtureRequest, settings: Settings, tmp_path_factory: pytest.TempPathFactory
):
    """A file in this state, and how many of its samples are certain."""
    path = tmp_path_factory.mktemp("state") / "a.hdf5"
    with recording(path, settings) as recorder:
        recorder.until(settings.samples // 2)
        if request.param == "finished":
            recorder.finish()
        elif request.param == "killed":
            recorder.kill()
        yield path, recorder.acknowledged


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_without_options(state, settings: Settings, reader: str, tmp_path: Path) -> None:
    path, acknowledged = state
    read = require(reader)
    for name in settings.names:
        found = read(path, f"/channels/{name}/adc_counts", tmp_path)
        compare(found, Plan(settings), name, acknowledged // 4096 * 4096)


# h5repack ends with a signal where it takes longer than the seconds that the file is ahead
@pytest.mark.long
@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "h5repack"])
def test_a_reader_while_it_is_written(tmp_path: Path, reader: str) -> None:
    read = require(reader)
    path, settings = tmp_path / "a.hdf5", replace(MODES["channels and a port"], **GROWING)
    with recording(path, settings, at_once=True) as recorder:
        for _ in range(4):
            recorder.until(recorder.acknowledged + 10 * LONGEST_STRETCH)
            certain = recorder.acknowledged // 4096 * 4096
            for name in settings.names:
                found = read(path, f"/channels/{name}/adc_counts", tmp_path)
                compare(found, Plan(settings), name, certain)


def test_the_tools_of_hdf5(state, settings: Settings, tmp_path: Path) -> None:
    path, _ = state
    for tool in ("h5ls", "h5stat", "h5diff"):
        require_tool(tool)
    listed = h5ls(path)
    assert all(f"/channels/{name}/adc_counts" in listed for name in settings.names)
    h5stat(path)
    copy = tmp_path / "copy.hdf5"
    copy.write_bytes(path.read_bytes())
    h5diff(copy, path)


def test_by_the_specification(state, settings: Settings) -> None:
    path, acknowledged = state
    file = File(path)
    assert file.consistency_flags == 0
    for name in settings.names:
        counts = file.dataset(f"/channels/{name}/adc_counts")
        compare(counts.rows(), Plan(settings), name, acknowledged // 4096 * 4096)


@pytest.mark.parametrize("mode", modes("with gaps", "8 bit", "live-only"))
def test_a_finished_file_is_right_in_everything(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, MODES[mode]) as recorder:
        recorder.finish()
    kept = Judge(path, Plan(MODES[mode])).judge(MODES[mode].samples)
    assert kept.stop == MODES[mode].samples


def test_a_live_only_file_never_shows_an_older_turn(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    settings = MODES["live-only"]
    with recording(path, settings) as recorder:
        recorder.step()
        while recorder.acknowledged < settings.samples:
            newest = newest_live_sample(File(path), Plan(settings))
            assert newest >= recorder.acknowledged // 4096 * 4096
            wanted = recorder.acknowledged + 10 * settings.longest // 2
            recorder.until(min(wanted, settings.samples))
