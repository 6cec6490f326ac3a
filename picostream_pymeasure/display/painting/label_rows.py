"""Places for labels so that none lies over another."""

from __future__ import annotations

from collections.abc import Sequence

#: Between two labels in a row.
_GAP_PX = 4.0


def rows_of_labels(
    lefts_px: Sequence[float], widths_px: Sequence[float], n_rows: int
) -> list[int | None]:
    """The row of each label, the first with room; None for one that has no place.

    :param lefts_px: where each begins.
    :param widths_px: how wide each is.
    """
    ends_px = [float("-inf")] * n_rows
    rows: list[int | None] = [None] * len(lefts_px)
    for index in sorted(range(len(lefts_px)), key=lambda each: lefts_px[each]):
        free = (row for row in range(n_rows) if ends_px[row] <= lefts_px[index])
        row = next(free, None)
        rows[index] = row
        if row is not None:
            ends_px[row] = lefts_px[index] + widths_px[index] + _GAP_PX
    return rows
