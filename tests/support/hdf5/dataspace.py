"""Dataspace messages."""

from __future__ import annotations

from .cursor import UNDEFINED, Cursor, UnsupportedError

Shape = tuple[int, ...]


def read_dataspace(cursor: Cursor) -> tuple[Shape | None, Shape | None]:
    """Shape and greatest shape (-1 for unlimited); None for a dataspace that holds nothing."""
    version, rank, flags = cursor.u8(), cursor.u8(), cursor.u8()
    if version not in (1, 2):
        raise UnsupportedError(f"version {version} of a dataspace")
    kind = cursor.u8() if version == 2 else int(rank > 0)
    cursor.take(4 if version == 1 else 0)
    if kind == 2:
        return None, None
    shape = tuple(cursor.u64() for _ in range(rank))
    if not flags & 1:
        return shape, shape
    greatest = [cursor.u64() for _ in range(rank)]
    return shape, tuple(-1 if length == UNDEFINED else length for length in greatest)
