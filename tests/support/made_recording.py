"""Recordings that are made up, of one channel, and their proof."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from picostream_pymeasure.simulated import prove

GAP = np.dtype(
    [
        ("sample_index", "<i8"),
        ("earliest", "<i8"),
        ("latest", "<i8"),
        ("missing", "<i8"),
        ("estimated_missing", "<i8"),
        ("cause", "S32"),
    ]
)
STREAM = np.random.default_rng(1).integers(-32, 32, 2_000_000).astype(np.int16) * 256


def values(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
    return STREAM[first : first + count]


class Counts(np.ndarray):
    """Counts as a recording gives them."""

    def read(self, start: int, stop: int) -> np.ndarray:
        return np.asarray(self[start:stop])


class Recording(SimpleNamespace):
    """What the proof needs, of one channel."""

    values_per_sample = 1
    stored_interval_ns = 1000.0
    missing_before = 0
    captures = np.empty(0)
    runs = None

    @property
    def first_stream_sample(self) -> int:
        return int(self.attributes.whole("first_stream_sample", 0, 2**62))


def recording(
    pieces: list[tuple[int, int]],
    gaps: list[tuple[int, ...]],
    holes: Any = (),
    first: int = 0,
    **told: int,
) -> Recording:
    """From pieces (begin, end) of the stream, and rows (place, earliest, latest, missing).

    :param told: what else the scope tells, and the smallest loss that the clock would have shown.
    """
    visible = told.pop("smallest_visible_loss", 0)
    numbers = {"first_stream_sample": first, "smallest_visible_loss": visible}
    counts = np.concatenate([STREAM[begin:end] for begin, end in pieces])
    rows = [(*row, max(row[3], 0) or 500, b"driver overrun") for row in gaps]
    return Recording(
        attributes=SimpleNamespace(
            json=lambda _name: {"holes": list(holes), **told},
            whole=lambda name, _least, _most, _default=0: numbers[name],
        ),
        gaps=np.array(rows, GAP),
        channels={"A": SimpleNamespace(counts=counts.view(Counts))},
    )


def proof(made: Recording) -> Any:
    return prove(made, len(made.channels["A"].counts), values)
