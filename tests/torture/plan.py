"""What the torture's streams consist of; nothing of the program is used here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .truth import values, words

LONGEST_STRETCH = 6000
STREAM, CAPTURES, EVENTS = "stream", "captures", "events"


@dataclass(frozen=True)
class Settings:
    """A stream and how it is recorded.

    :param inputs: letters of channels, and ports by their names, separated by commas.
    :param samples: that are recorded in all.
    :param is_known: whether the recorder is told so beforehand.
    :param live_s: keep only the newest so many seconds.
    :param compress: while it is recorded.
    :param gap_every: samples are missing before every so many stretches.
    :param kind: :data:`STREAM`; or each stretch is one of :data:`CAPTURES`, or of :data:`EVENTS`
        that are kept of a stream: what lies between is not missing then.
    :param longest: samples of a stretch at most.
    :param wave: of :mod:`.truth`.
    :param pause_s: between two stretches.
    :param held_s: how long the memory of the stream lasts, and with it the patience.
    """

    inputs: str = "A"
    samples: int = 300_000
    is_known: bool = True
    width: int = 1
    dtype: str = "i2"
    interval_ns: float = 1e6
    live_s: float | None = None
    compress: bool = False
    gap_every: int = 0
    kind: str = STREAM
    longest: int = LONGEST_STRETCH
    wave: str = "noise"
    pause_s: float = 0.0
    held_s: float = 0.3
    seed: int = 1

    @property
    def names(self) -> list[str]:
        return self.inputs.split(",")

    def values(self, name: str, first: int, count: int) -> NDArray[np.generic]:
        """Samples of an input by their index in the stream."""
        return values(name, first, count, self.dtype, self.width, self.wave)

    def dumps(self) -> str:
        return json.dumps(dataclasses.asdict(self))


@dataclass(frozen=True)
class Stretch:
    """Samples handed over at once; ``missing`` ones lie before it, in the file they do not."""

    first_sample: int
    count: int
    missing: int


def stretches(settings: Settings) -> Iterator[Stretch]:
    """The plan of a stream: always the same for the same settings."""
    first, number = 0, 0
    while first < settings.samples:
        number += 1
        word = int(words("plan", settings.seed * 1_000_000 + number, 1)[0])
        # of captures each has as many as were asked for
        count = settings.longest if settings.kind == CAPTURES else 1 + word % settings.longest
        count = min(count, settings.samples - first)
        has_gap = settings.gap_every and number % settings.gap_every == 0
        yield Stretch(first, count, 1 + (word >> 20) % 500 if has_gap else 0)
        first += count


class Plan:
    """Which sample of the stream each sample of the file is."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stretches = list(stretches(settings))
        self._firsts = np.array([stretch.first_sample for stretch in self.stretches])
        self._missing = np.cumsum([stretch.missing for stretch in self.stretches])

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Place in the file and length of each."""
        found = self.stretches if self.settings.kind == STREAM else []
        return [(stretch.first_sample, stretch.missing) for stretch in found if stretch.missing]

    @property
    def captures(self) -> list[tuple[int, int, int]]:
        """Of each: place in the file, samples, and place in the stream."""
        found = [] if self.settings.kind == STREAM else self.stretches
        return [
            (stretch.first_sample, stretch.count, stretch.first_sample + int(missing))
            for stretch, missing in zip(found, self._missing, strict=False)
        ]

    def values(self, name: str, first: int, count: int) -> NDArray[np.generic]:
        """What an input's samples ``first`` … of the file must be."""
        edges = [first, *self._firsts[(self._firsts > first) & (self._firsts < first + count)]]
        parts = [np.zeros(0, self.settings.values("A", 0, 0).dtype)]
        for begin, stop in zip(edges, [*edges[1:], first + count], strict=True):
            missing = self._missing[np.searchsorted(self._firsts, begin, side="right") - 1]
            index = int(begin) + int(missing)
            parts.append(self.settings.values(name, index, int(stop - begin)))
        return np.concatenate(parts[1:] if count else parts)
