"""A slow disk, or one that stands still: all is kept, or exactly the samples that found no room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  for what was compressed while it was recorded
import numpy as np
import pytest

from ..support.disk import Preload
from .command import Picostream
from .counting import CODES, counter

NAME = "data.hdf5"
DURATION_S = 4
RECORD = ("--simulate", "-s", "20", "--duration", f"{DURATION_S}", "-o", NAME)
WAYS = {"plain": (), "compressed": ("--compress",), "of two channels": ("-c", "A", "-c", "B")}

#: The calls that take long, and whether all finds room: the pool holds the whole stream, or the
#: 100 MiB that it always has, here 1.3 to 2.6 s.
DISKS = {
    "slow writes": ("write:2000", True),
    "slow syncs": ("sync:700000", True),
    "a write stands still, and the pool bridges it": ("write:700000:60:1", True),
    "a write stands still for too long": ("write:3500000:60:1", False),
    "two writes stand still for too long": ("write:1800000:60:2", False),
    "many writes are too slow": ("write:60000:60:100", False),
}


def of_disk(*short: str) -> list[object]:
    """All disks, in all ways; those that are not named, and other ways, in the long form."""
    return [
        pytest.param(
            disk,
            way,
            id=f"{disk}-{way}",
            marks=() if disk in short and way == "plain" else pytest.mark.long,
        )
        for disk in DISKS
        for way in WAYS
    ]


@pytest.fixture(scope="module")
def preload(tmp_path_factory: pytest.TempPathFactory) -> Preload:
    return Preload.build(tmp_path_factory.mktemp("preload"))


@pytest.mark.parametrize(
    ("disk", "way"), of_disk("slow writes", "slow syncs", "a write stands still for too long")
)
def test_what_finds_no_room_is_told_exactly(
    tmp_path: Path, preload: Preload, tell: Callable[..., None], disk: str, way: str
) -> None:
    delay, has_room = DISKS[disk]
    env = preload.environment(tmp_path, delay=delay)
    pool = ("--buffer-sec", f"{DURATION_S if has_room else 1}")
    ended = Picostream(tmp_path).run(*RECORD, *WAYS[way], *pool, env=env)
    lost = judge(tmp_path / NAME)
    (tmp_path / NAME).unlink()  # 160 MB and more
    tell(f"{disk} ({way})", f"{lost} lost", 0)
    assert ended.code == (0 if lost == 0 else 3), ended
    assert (lost == 0) == has_room, ended


def judge(path: Path) -> int:
    """All samples are where they were, or stand in a gap of exact place and length; how many."""
    with h5py.File(path) as file:
        counts, gaps = file["adc_counts"][()], np.sort(file["gaps"][()], order="sample_index")
        assert file.attrs["lost_samples"] == gaps["missing"].sum()
        assert file.attrs["total_samples"] == len(counts)
        wanted = round(DURATION_S * 1e9 / file.attrs["sample_interval_ns"])
        assert file.attrs["status"] == (b"incomplete" if len(gaps) else b"complete")
    assert set(gaps["cause"].tolist()) <= {b"pool full"}
    edges = [0, *gaps["sample_index"].tolist(), len(counts)]
    missing = [0, *np.cumsum(gaps["missing"]).tolist()]
    assert len(counts) + missing[-1] == wanted
    true = np.resize(counter(CODES).astype(np.int16), wanted)
    for begin, stop, before in zip(edges, edges[1:], missing, strict=False):
        np.testing.assert_array_equal(counts[begin:stop], true[begin + before : stop + before])
    return int(missing[-1])
