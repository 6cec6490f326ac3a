"""The room of one segment for rows of tables: a head that says whose it is, then the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ..layout.plan import UNIT_BYTES, UNIT_CONTENT_BYTES, UNIT_HEAD_BYTES
from ..layout.records import (
    TABLE_MAGIC,
    UNIT_CHECKSUM,
    UNIT_CHUNK,
    UNIT_ROWS,
    UNIT_TABLE,
    read_record,
    sealed,
)
from ..schema import TABLE_DTYPES, TABLES

_WORD = 2**64


@dataclass(frozen=True)
class TableUnit:
    """One chunk of a table.

    :param number: see :attr:`.Plan.unit_positions`.
    :param chunk: of the table.
    :param content: the rows, as many bytes as they have.
    :param is_intact: whether their checksum is right; no single row is torn even if it is not.
    """

    number: int
    table: str
    chunk: int
    content: bytes
    is_intact: bool

    @classmethod
    def parse(cls, number: int, unit: bytes) -> TableUnit | None:
        """Read a unit; None if it is not in use, or its head is damaged."""
        content = unit[UNIT_HEAD_BYTES:UNIT_BYTES]
        head = read_record(unit[:UNIT_HEAD_BYTES], TABLE_MAGIC)
        if head is None or not 0 <= head[UNIT_TABLE] < len(TABLES):
            return None
        table, chunk = TABLES[int(head[UNIT_TABLE])], int(head[UNIT_CHUNK])
        used = int(head[UNIT_ROWS]) * TABLE_DTYPES[table].itemsize
        if not 0 <= used <= UNIT_CONTENT_BYTES or not 0 <= chunk < 2**32:
            return None
        kept = content[:used]
        is_intact = unit_checksum(kept, chunk) == int(head[UNIT_CHECKSUM]) % _WORD
        return cls(number, table, chunk, kept, is_intact)

    @property
    def head(self) -> bytes:
        """The head that says what this holds."""
        words = np.zeros(UNIT_HEAD_BYTES // 8, np.int64)
        words[0], words[UNIT_TABLE], words[UNIT_CHUNK] = (
            TABLE_MAGIC,
            TABLES.index(self.table),
            self.chunk,
        )
        words[UNIT_ROWS] = len(self.content) // TABLE_DTYPES[self.table].itemsize
        words[UNIT_CHECKSUM] = np.array(unit_checksum(self.content, self.chunk), np.uint64).view(
            np.int64
        )
        return sealed(words)

    def until_empty(self) -> TableUnit:
        """Without the rows from the first on that has not come to the disk.

        That one is all zeros: each is as it was before a write, or after it.
        """
        row_bytes = TABLE_DTYPES[self.table].itemsize
        content = np.frombuffer(self.content, np.uint8).reshape(-1, row_bytes)
        is_written = np.asarray(content.any(axis=1))
        rows = len(is_written) if is_written.all() else int(is_written.argmin())
        return replace(self, content=self.content[: rows * row_bytes])

    def rows(self, dtype: np.dtype[Any]) -> NDArray[Any]:
        """The rows in the fields of the table."""
        return np.frombuffer(self.content, dtype)


def chunk_rows(table: str) -> int:
    """Rows that a unit of a table has room for."""
    return UNIT_CONTENT_BYTES // TABLE_DTYPES[table].itemsize


def in_order(units: Iterable[TableUnit]) -> list[TableUnit]:
    """Units of one table up to the first that is missing or not full."""
    kept: list[TableUnit] = []
    for unit in units:
        if unit.chunk != len(kept) or not unit.content:
            break
        kept.append(unit)
        if len(unit.content) // TABLE_DTYPES[unit.table].itemsize < chunk_rows(unit.table):
            break
    return kept


def unit_checksum(rows: bytes, chunk: int) -> int:
    """Checksum of a unit's content; behind its rows count zeros, whatever lies there."""
    return xxh3_64_intdigest(rows.ljust(UNIT_CONTENT_BYTES, b"\0"), chunk)
