"""The proof of recordings that keep only events, which are made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.support.made_recording import Recording, proof, recording


def test_kept_stretches_behind_what_the_scope_has_no_room_to_tell_are_no_damage() -> None:
    made = recording([(0, 300), (700, 1000)], [], holes_until=200)
    first, stream = np.array([0, 300]), np.array([0, 500])
    made.runs = SimpleNamespace(first_samples=first, stream_samples=stream, stop=600)
    found = proof(made)
    assert (found.holds, found.proven_samples) == (True, 300)
    assert "The others could not be compared" in found.text


def test_kept_stretches_are_found_behind_losses_that_the_scope_cannot_say() -> None:
    """After a crash, or with more losses than fit, the file has rows of gaps and no holes."""
    pieces = [(1000, 1300), (4496, 4800), (9000, 9100), (9596, 9700)]
    made = recording(pieces, [(704, 0, 807, -1)])
    made.gaps["estimated_missing"] = 1500
    first = np.array([0, 300, 604])  # the third stretch has a loss inside
    stream = np.array([1000, 4000, 8000])
    made.runs = SimpleNamespace(first_samples=first, stream_samples=stream, stop=808)
    found = proof(made)
    assert (found.holds, found.proven_samples) == (True, 808)
    assert "Before sample 704 1496 samples are missing (estimate 1500)." in found.text

    made.channels["A"].counts[500] += 256
    found = proof(made)
    assert (found.holds, found.proven_samples) == (False, 500)
    made.channels["A"].counts[500] -= 256
    made.gaps = made.gaps[:0]  # samples that nobody lost are where they claim to be
    assert (proof(made).holds, proof(made).proven_samples) == (False, 300)


def kept(
    stretches: list[tuple[int, ...]], gaps: list[tuple[int, ...]], holes: Any = (), **told: int
) -> Recording:
    """From stretches (received, begin in the stream, samples); gaps by what was received."""
    pieces = [(begin, begin + count) for _, begin, count in stretches]
    sizes = np.array([count for *_, count in stretches])
    firsts, received = np.cumsum(sizes) - sizes, np.array([first for first, *_ in stretches])
    is_begin = np.append(True, np.diff(received - firsts) != 0)
    runs = SimpleNamespace(
        first_samples=firsts[is_begin], stream_samples=received[is_begin], stop=int(sizes.sum())
    )

    def place_of(index: int) -> int:
        behind = np.flatnonzero(received + sizes > index)
        if not behind.size:
            return runs.stop
        return int(firsts[behind[0]] + max(0, index - received[behind[0]]))

    rows = [(*map(place_of, row[:3]), row[3]) for row in gaps]
    made = recording(pieces, rows, holes, holes_until=2_000_000, **told)
    made.runs = runs
    return made


EACH = "that were kept are what the simulated scope delivered, each at its place in the stream."
#: The scope says that the loss lies at 1000; in the file it shows at 1500.
LATE = [(900, 900, 300), (1400, 1400, 100), (1500, 1800, 100), (3000, 3300, 100), (4000, 4300, 9)]
#: One sample of each: the place, the loss, and where the scope says it lies.
SHIFTED = [(900, 900, 300), (1400, 1404, 200), (3000, 3004, 100)]
#: Two losses in what was not kept, and one that looks like a part of them.
BETWEEN = [(0, 0, 500), (2000, 2900, 100), (2300, 3200, 50)]


@pytest.mark.parametrize(
    ("stretches", "gaps", "holes", "says"),
    [
        (LATE, [(1500, 1500, 1900, -1)], [[1000, 300]], "sample 400 300 samples are missing (est"),
        (SHIFTED, [(1300, 1300, 1500, -1)], [], "sample 300 4 samples are missing (estimate 500)"),
        (
            BETWEEN,
            [(600, 550, 650, -1), (1200, 1100, 1300, -1)],
            [[600, 400], [1600, 500]],
            "In 2 gaps, the first before sample 500, 900 samples are missing (estimate 1000)",
        ),
        (BETWEEN, [(700, 700, 700, 900)], [], "In 1 gap 900 samples are missing (the file says"),
        (
            [(0, 0, 500), (9000, 9060, 100)],
            [(700, 700, 800, -1)],
            [[at, 5] for at in range(700, 1300, 50)],
            "Before sample 500 60 samples are missing (estimate 500).",
        ),
        (
            [(900, 1400, 100)],
            [(100, 90, 110, -1)],
            [[100, 500]],
            "sample 0 500 samples are missing",
        ),
        ([(0, 0, 90)], [(100, 100, 110, -1)], [[100, 500]], "1 gap lies too near the end"),
    ],
    ids=["late", "shifted", "between", "pool full", "twelve", "before all", "behind all"],
)
def test_a_loss_lies_where_the_file_lists_it(
    stretches: list[tuple[int, ...]], gaps: list[tuple[int, ...]], holes: Any, says: str
) -> None:
    """What the scope was told wrongly to deliver shows elsewhere than the scope lost it."""
    found = proof(kept(stretches, gaps, holes))
    assert found.holds, found
    assert EACH in found.text
    assert says in found.text


def test_small_losses_that_nobody_could_see_are_told_and_greater_ones_are_damage() -> None:
    stretches = [(0, 0, 500), (2000, 2020, 100)]
    made = kept(stretches, [], [[600, 20]], smallest_visible_loss=20)
    assert "Missing are 20 samples in 1 place that nobody reported" in proof(made).text
    made = kept(stretches, [], [[600, 20]], smallest_visible_loss=10)
    assert (proof(made).holds, proof(made).proven_samples) == (False, 500)


@pytest.mark.parametrize("case", ["sample", "first", "event", "event behind", "dropped", "twice"])
@pytest.mark.parametrize("is_known", [True, False], ids=["scope tells", "scope is silent"])
def test_what_is_wrong_is_found_beside_a_loss(case: str, is_known: bool) -> None:
    made = kept(LATE, [(1500, 1500, 1900, -1)], [[1000, 300]] if is_known else [])
    counts, stream = made.channels["A"].counts, made.runs.stream_samples
    if case == "sample":
        counts[399] += 256
    elif case == "first":
        counts[0] += 256
    elif case == "event":
        stream[1] += 1
    elif case == "event behind":
        stream[2] += 1
    elif case == "dropped":
        counts[350:-1] = counts[351:].copy()
    else:
        counts[351:] = counts[350:-1].copy()
    assert not proof(made).holds
