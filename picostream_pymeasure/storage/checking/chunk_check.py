"""Which chunks of a channel are right, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import counted

_LISTED = 5


@dataclass
class ChunkCheck:
    """What was found out about the chunks of a channel.

    :param needed: chunks that the samples fill.
    :param missing: those that the file does not hold.
    :param damaged: those whose values do not match their checksum, or cannot be read.
    :param wrong_bins: of the overview, by samples a bin: how many do not summarise their samples,
        and the first of them.
    """

    needed: int
    missing: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    wrong_bins: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def verified(self) -> int:
        """How many are there and right."""
        return self.needed - len(self.missing) - len(self.damaged)

    def problems(self) -> list[str]:
        """One sentence for each kind of damage."""
        found = []
        if self.missing:
            found.append(f"{counted(len(self.missing), 'chunk')} missing: {listed(self.missing)}.")
        if self.damaged:
            damaged = counted(len(self.damaged), "chunk")
            found.append(f"The checksum differs in {damaged}: {listed(self.damaged)}.")
        found += [
            f"Overview level {factor} differs from the samples in {counted(count, 'bin')}, the "
            f"first is {first}."
            for factor, (count, first) in sorted(self.wrong_bins.items())
        ]
        return found


def listed(numbers: Iterable[int]) -> str:
    """The first few numbers, runs of them as ``3–17``."""
    ordered = np.array(sorted(numbers))
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)[: _LISTED + 1]
    return listed_runs([(run[0], run[-1]) for run in runs])


def listed_runs(runs: Sequence[tuple[int, int]]) -> str:
    """The first few runs of numbers, each with its first and last one."""
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:_LISTED]]
    return ", ".join(shown) + (" …" if len(runs) > _LISTED else "")
