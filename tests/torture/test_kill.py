"""``kill -9`` at any moment: every chunk that was acknowledged is there, for every program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  for what was compressed while it was recorded
import numpy as np
import pytest

from picostream_pymeasure.storage import repair, verify

from ..support.hdf5 import File
from .judge import Judge, newest_live_sample
from .plan import Plan
from .recorders import MODES, modes
from .server import Server, acknowledged, feeding

#: The smallest chunk; what came after the last whole one may be missing.
CHUNK = 4096

#: A recording lasts so long, so that it is met everywhere.
LASTS_S = 0.5


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with feeding() as server:
        yield server


def check_before_repair(path: Path, plan: Plan, certain: int) -> None:
    """Plain h5py opens it and reads what was acknowledged."""
    width = plan.settings.width
    if plan.settings.live_s is not None:
        with h5py.File(path) as file:
            assert file["adc_counts"][()].size == file["adc_counts"].size
        newest = newest_live_sample(File(path), plan)
        # when all came its index is emptied and made anew: for a moment little is seen
        assert newest >= certain or certain == plan.settings.samples // CHUNK * CHUNK
        return
    with h5py.File(path) as file:
        for name in plan.settings.names:
            found = file[f"channels/{name}/adc_counts"][()]
            assert len(found) >= certain * width
            wanted = plan.values(name, 0, len(found) // width)
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("mode", modes("channels and a port", "compressed", "live-only"))
@pytest.mark.parametrize("rounds", [4, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_at_any_moment(tmp_path: Path, server: Server, mode: str, rounds: int) -> None:
    settings = MODES[mode]
    plan = Plan(settings)
    settings = replace(settings, pause_s=LASTS_S / len(plan.stretches))
    rng = np.random.default_rng(rounds)
    for number in range(rounds):
        path = tmp_path / f"{number}.hdf5"
        said = server.kill_after(rng.uniform(0, 1.5 * LASTS_S), path, settings)
        certain = max(acknowledged(said), 0) // CHUNK * CHUNK
        if not path.exists():
            assert acknowledged(said) < 0, "it had said that it is open"
            continue
        check_before_repair(path, plan, certain)
        repair(path)
        report = verify(path)
        assert report.errors == []
        Judge(path, plan).judge(certain)
        path.unlink()
    assert list(tmp_path.iterdir()) == [], "something is left over"
