"""Rows of tables that belong to the samples of a file, and are not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from ..layout.plan import RING_UNITS
from ..schema import CAPTURES, CLOCK, EVENTS, GAPS
from .planned_file import PlannedFile

#: What nobody can tell without the rows of a table.
_NOT_TOLD = {
    GAPS: "samples may be missing that nothing tells of, and what lies behind be given too early",
    CLOCK: "the host's time of some samples is not known",
    EVENTS: "marks are missing",
    CAPTURES: "samples of captures cannot be told apart",
}


def tell_missing(
    planned: PlannedFile, tables: Mapping[str, NDArray[Any]], *, has_all_samples: bool
) -> tuple[str, ...]:
    """A sentence for each table that lacks rows; none of a recorder's file.

    A copy that broke off lacks them, or one that was made while the file grew.

    :param tables: the rows that are in the file.
    :param has_all_samples: whether it holds all that was published.
    """
    wanted = _wanted(planned, has_all_samples)
    return tuple(
        f"{wanted[name] - len(rows)} of {wanted[name]} rows of /{name} are not in the file: "
        f"{_NOT_TOLD[name]}."
        for name, rows in tables.items()
        if len(rows) < wanted[name]
    )


def _wanted(planned: PlannedFile, has_all: bool) -> Mapping[str, int]:
    """How many rows of each table belong to the samples."""
    published = planned.published.table_rows
    wanted = dict(published)
    # a repair has said how many it keeps
    if not planned.published.is_finished and not planned.published.repair_began:
        # a power cut may take those since the last sync, of gaps with the samples behind them
        certain = planned.sync().table_rows
        wanted = {name: min(rows, certain[name]) for name, rows in wanted.items()}
        if has_all:  # one that was told since may lie behind all samples
            moments = planned.published.moments[:2]
            told = min(each.gaps for each in moments if each.samples == moments[0].samples)
            wanted[GAPS] = max(wanted[GAPS], told)
    if planned.plan.is_ring:
        room = {name: RING_UNITS * planned.plan.datasets[name].chunk_rows for name in wanted}
        wanted = {name: min(rows, room[name]) for name, rows in wanted.items()}
    return wanted
