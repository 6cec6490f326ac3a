"""What the driver of ``random_driver.c`` wrote down: the truth of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Line:
    """What happened at a moment; what its two numbers are, the driver's source says."""

    what: str
    at_ns: int
    first: int
    count: int


class DriverLog:
    """The log of one scope, from its opening on."""

    def __init__(self, path: Path) -> None:
        self.habits: dict[str, float] = {}
        self.lines: list[Line] = []
        for words in map(str.split, path.read_text().splitlines()):
            if words[0] == "habit":
                self.habits[words[1]] = float(words[2])
            else:
                self.lines.append(Line(words[0], *map(int, words[1:])))

    def __str__(self) -> str:
        habits = " ".join(f"{name}={value:g}" for name, value in self.habits.items())
        rare = [line for line in self.lines if line.what not in ("portion", "loss")]
        begin_ns = self.lines[0].at_ns
        moments = [
            f"  {(line.at_ns - begin_ns) / 1e9:.3f} s {line.what} {line.first} {line.count}"
            for line in rare
        ]
        return "\n".join((habits, *moments))

    def of(self, *what: str) -> list[Line]:
        """All lines of some kinds."""
        return [line for line in self.lines if line.what in what]

    @property
    def told_interval_ns(self) -> float:
        """Between two samples that are handed over, as the driver says."""
        return self.of("asked")[0].count / 1e3

    @property
    def interval_ns(self) -> float:
        """The same, as it is."""
        return self.told_interval_ns * (1 + self.habits["slower_ppm"] * 1e-6)

    def handed_over(self) -> NDArray[np.int64]:
        """The true index of each sample that was handed over."""
        portions = self.of("portion")
        parts = [np.arange(one.first, one.first + one.count) for one in portions]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def is_told(self, first: int, behind: int, last: int) -> bool:
        """Whether the driver told of a whole hole, or was started anew in it.

        :param first: its first sample.
        :param behind: the first sample behind it.
        :param last: the last sample that counts; what is told behind it is not heard.
        """
        end_ns = max((one.at_ns for one in self.of("portion") if one.first <= last), default=0)
        starts = [line.first for line in self.of("run")[1:]]
        told = [line.count for line in self.of("told") if line.at_ns <= end_ns]
        return any(first <= start <= behind for start in starts) or max(told, default=0) >= behind
