"""A copy that broke off anywhere: what is there is read, the rest is named, and nothing made up.

The long form breaks each way to record off near the borders of all that lies in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import describe_file, repair, verify

from ..support.hdf5 import Dataset, File
from .plan import CAPTURES, EVENTS, Plan, Settings
from .recorders import MODES, modes, recording

NAME = "a.hdf5"
PIECE = 4096

#: So near to a border.
STEPS = (-512, -8, -1, 0, 1, 7, 100, 511)


def shorter(settings: Settings) -> Settings:
    """Few stretches, and a file that a look at takes little time."""
    samples = settings.samples if settings.live_s else 100_000
    longest = settings.longest if settings.kind in (CAPTURES, EVENTS) else 20_000
    return replace(settings, samples=samples, longest=longest)


def borders(path: Path) -> list[int]:
    """Where structures and chunks begin and end."""
    file = File(path)
    found = {0, 512}
    for _, member in file.walk():
        if isinstance(member, Dataset) and member.chunks is not None:
            present = member.chunks.present
            begins = member.chunks.positions[present]
            found |= {*begins.tolist(), *(begins + member.chunks.sizes[present]).tolist()}
    found |= {place for part in file.structures for place in (part.start, part.stop)}
    return sorted(found)


def lengths(path: Path, count: int) -> list[int]:
    """Half of them near borders, half anywhere."""
    rng, size = np.random.default_rng(count), path.stat().st_size
    near = [place + step for place in borders(path) for step in STEPS if 0 < place + step < size]
    chosen = rng.choice(near, count // 2)
    return [*chosen.tolist(), *rng.integers(0, size, count - count // 2).tolist()]


def attempt(action: Callable[[], Any]) -> Any:
    """What it gives, None for one clear sentence."""
    try:
        return action()
    except PicoStreamError as error:
        said = str(error)
    assert said.strip()
    assert "\n" not in said
    return None


def read(path: Path, plan: Plan) -> tuple[int, int]:
    """How many samples are read as they came, and how many are refused."""
    right, refused = 0, 0
    for name in plan.settings.names:
        with PicoStreamReader(path, name) as reader:
            for start in range(0, reader.num_samples, PIECE):
                count = min(PIECE, reader.num_samples - start)
                found = attempt(lambda: reader.read_counts(start, count))  # noqa: B023
                if found is None:
                    refused += count
                    continue
                wanted = plan.values(name, reader.first_sample + start, count)
                np.testing.assert_array_equal(found.reshape(-1), wanted)
                right += count
            attempt(lambda: reader.window(0, reader.duration_s, 50))
    return right, refused


def look(path: Path, plan: Plan, is_finished: bool) -> None:
    content = path.read_bytes()
    attempt(lambda: describe_file(path))
    report = attempt(lambda: verify(path))
    if report is not None and not report.errors:
        told = sum(place < report.samples for place, _ in plan.gaps)
        assert plan.settings.live_s or report.gaps >= told, "gaps that nothing tells of"
    right, refused = attempt(lambda: read(path, plan)) or (0, -1)
    if report is not None and (not report.exit_code or (is_finished and report.exit_code == 3)):
        assert refused == 0, "verified, but it cannot be read"
    if attempt(lambda: repair(path)) is None:
        assert path.read_bytes() == content
        return
    assert verify(path).exit_code in (0, 3)
    kept, refused = read(path, plan)
    assert refused == 0
    if is_finished or not plan.gaps:  # samples behind a gap that nobody can tell of are left out
        # of a chunk that broke off nothing is proven
        assert kept >= right - 2 * PIECE * len(plan.settings.names)


@pytest.mark.parametrize("mode", modes("with gaps"))
@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("count", [6, pytest.param(200, marks=pytest.mark.long)])
@pytest.mark.timeout(3600)
def test_a_sentence_or_the_truth(tmp_path: Path, mode: str, is_finished: bool, count: int) -> None:
    settings = shorter(MODES[mode])
    path, copy = tmp_path / NAME, tmp_path / "copy.hdf5"
    with recording(path, settings) as recorder:
        if is_finished:
            recorder.finish()
        else:
            recorder.until(2 * settings.samples // 3)
            recorder.kill()
    content = path.read_bytes()
    for length in lengths(path, count):
        copy.write_bytes(content[:length])
        try:
            look(copy, Plan(settings), is_finished)
        except Exception as error:
            raise AssertionError(f"cut off at {length} of {len(content)}: {error}") from error
