"""Plain h5py in other processes opens a file that grows by 125 chunks a second: it never fails."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from .plan import LONGEST_STRETCH, Plan, Settings
from .recorders import ROOT, Recording, recording

COMMITS_PER_S = 125
CHUNK = 4096

#: The mean stretch is half the longest one.
PAUSE_S = LONGEST_STRETCH / 2 / CHUNK / COMMITS_PER_S

#: As fast as the stretches come: the file is as far ahead as that of any stream.
INTERVAL_NS = 1e9 * PAUSE_S / (LONGEST_STRETCH / 2)

MODES = {
    "plain": Settings(samples=10**9, is_known=False, wave="ramp", interval_ns=INTERVAL_NS),
    "compressed": Settings(
        samples=10**9, is_known=False, wave="ramp", interval_ns=INTERVAL_NS, compress=True
    ),
    "live-only": Settings(samples=10**9, is_known=False, wave="ramp", live_s=400.0),
}


#: The long form: 10 000 opens of each mode, in pieces that take minutes.
PIECES, OPENS = 4, 2500


def readers(
    path: Path, settings: Settings, opens: int, seeds: range
) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.growing_reader", path, settings.dumps(),
             str(opens // len(seeds)), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for seed in seeds
    ]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("opens", "seeds"),
    [
        (60, range(2)),
        *(
            pytest.param(OPENS, range(10 * piece, 10 * piece + 10), marks=pytest.mark.long)
            for piece in range(PIECES)
        ),
    ],
    ids=str,
)
@pytest.mark.timeout(3600)
def test_every_open_sees_whole_chunks_in_order(
    tmp_path: Path, mode: str, opens: int, seeds: range
) -> None:
    settings = replace(MODES[mode], pause_s=PAUSE_S)
    path = tmp_path / "a.hdf5"
    with recording(path, settings, at_once=True) as recorder:
        while recorder.acknowledged < CHUNK:
            assert recorder.read()
        started = readers(path, settings, opens, seeds)
        said = [_drained(reader, recorder) for reader in started]
    for lines in said:
        assert len(lines) == 1, lines[:5]
        assert "opens" in lines[0]


def _drained(reader: subprocess.Popen[str], recorder: Recording) -> list[str]:
    """What a reader said at its end, while the recording goes on and its answers are taken."""
    while reader.poll() is None:
        assert recorder.read(), "the recording ended"
    assert reader.stdout is not None
    with reader.stdout as pipe:
        lines = pipe.read().splitlines()
    assert reader.returncode == 0
    return lines


def test_the_plan_is_long_enough() -> None:
    assert Plan(replace(MODES["plain"], samples=10**6)).stretches
