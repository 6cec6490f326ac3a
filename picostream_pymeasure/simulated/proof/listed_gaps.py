"""The gaps that a recording lists, as the proof needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class ListedGap:
    """Rows of ``/gaps`` whose places cannot be told apart.

    :param place: the likeliest, first stored sample behind it.
    :param earliest, latest: between which the true places lie.
    :param estimate: samples that are missing, exactly or not.
    :param is_exact: whether all of that is known exactly.
    :param rows: how many.
    :param found: samples that the proof has found missing there, less those that come again.
    :param is_sure: whether the samples fit with no other number.
    """

    place: int
    earliest: int
    latest: int
    estimate: int
    is_exact: bool
    rows: int = 1
    found: int = 0
    is_sure: bool = True

    @property
    def problem(self) -> str:
        """What the file says wrongly of it, or ``""``."""
        if not self.is_exact or max(0, self.found) == self.estimate:
            return ""
        return (
            f"Before sample {self.place} {self.found} samples are missing, "
            f"but the file says {self.estimate}."
        )

    @property
    def is_told(self) -> bool:
        """Whether the proof has something to add to what the file says."""
        return not self.is_exact or self.found < 0

    @property
    def text(self) -> str:
        """What the proof adds to what the file says."""
        what = "are missing" if self.found >= 0 else "come again"
        what = f"{abs(self.found)} samples {what}"
        if not self.is_sure:
            what = "the samples do not show how many are missing: they fit at several places"
        where = f"Before sample {self.place}"
        if self.rows > 1:
            where = f"In {self.rows} gaps, the first before sample {self.place},"
        return f"{where} {what} (estimate {self.estimate})."


def list_gaps(rows: NDArray[Any]) -> list[ListedGap]:
    """Gaps in their order; those whose intervals touch are one.

    After a restart the stream goes on at an index only the host's clock can estimate, whatever the
    row claims.

    :param rows: structured, with ``sample_index``, ``earliest``, ``latest``, ``missing``,
        ``estimated_missing`` and ``cause``.
    """
    gaps: list[ListedGap] = []
    for gap in _gaps(rows):
        if gaps and gap.earliest <= gaps[-1].latest:
            last = gaps[-1]
            last.latest = max(last.latest, gap.latest)
            last.estimate += gap.estimate
            last.rows += 1
            last.is_exact = last.is_exact and gap.is_exact
        else:
            gaps.append(gap)
    return gaps


def _gaps(rows: NDArray[Any]) -> Iterator[ListedGap]:
    for row in rows[np.argsort(rows["earliest"], kind="stable")]:
        restarted = bytes(row["cause"]).startswith(b"restart")
        is_exact = bool(row["missing"] >= 0) and not restarted
        estimate = row["missing"] if is_exact else max(0, row["estimated_missing"])
        place, earliest, latest = (
            int(row[name]) for name in ("sample_index", "earliest", "latest")
        )
        yield ListedGap(place, earliest, latest, int(estimate), is_exact)
