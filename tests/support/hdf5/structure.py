"""Stretches of a file that carry a checksum in their last four bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .lookup3 import lookup3_rows


@dataclass(frozen=True)
class Structure:
    """One of them.

    :param kind: its signature, ``"superblock"``, or ``"page"`` of a fixed array.
    :param length: with the checksum.
    """

    kind: str
    start: int
    length: int

    @property
    def stop(self) -> int:
        return self.start + self.length


def torn(data: memoryview, structures: Iterable[Structure]) -> list[Structure]:
    """Those whose checksum is wrong, or that are not there whole."""
    by_length: dict[int, list[Structure]] = {}
    bad = []
    for structure in structures:
        if structure.stop > len(data):
            bad.append(structure)
        else:
            by_length.setdefault(structure.length, []).append(structure)
    for length, group in by_length.items():
        rows = np.stack([np.frombuffer(data[s.start : s.stop], np.uint8) for s in group])
        stored = rows[:, -4:].copy().view("<u4")[:, 0]
        right = lookup3_rows(rows[:, : length - 4]) == stored
        bad += [structure for structure, good in zip(group, right, strict=True) if not good]
    return bad
