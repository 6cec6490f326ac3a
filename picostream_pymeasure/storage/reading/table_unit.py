"""The room of one segment for rows of tables: a head that says whose it is, then the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ..layout.plan import UNIT_BYTES, UNIT_CONTENT_BYTES, UNIT_HEAD_BYTES
from ..layout.records import TABLE_MAGIC, UNIT_DTYPE, read_record, sealed
from ..schema import TABLE_DTYPES, TABLES, rows_written


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
        found = read_record(unit[:UNIT_HEAD_BYTES], UNIT_DTYPE, TABLE_MAGIC)
        if found is None:
            return None
        _, number_of_table, chunk, rows, checksum, *_ = found[0].tolist()
        if not 0 <= number_of_table < len(TABLES) or not 0 <= chunk < 2**32:
            return None
        table = TABLES[number_of_table]
        used = rows * TABLE_DTYPES[table].itemsize
        if not 0 <= used <= UNIT_CONTENT_BYTES:
            return None
        kept = content[:used]
        return cls(number, table, chunk, kept, unit_checksum(kept, chunk) == checksum)

    @property
    def head(self) -> bytes:
        """The head that says what this holds."""
        head = np.zeros(1, UNIT_DTYPE)
        head["magic"], head["table"] = TABLE_MAGIC, TABLES.index(self.table)
        head["chunk"], head["rows"] = self.chunk, len(self.content) // self.row_bytes
        head["checksum"] = unit_checksum(self.content, self.chunk)
        return sealed(head)

    @property
    def stored(self) -> bytes:
        """All bytes of the unit as they lie in a file."""
        return (self.head + self.content).ljust(UNIT_BYTES, b"\0")

    @property
    def is_full(self) -> bool:
        """Whether it has no room for another row."""
        return len(self.content) + self.row_bytes > UNIT_CONTENT_BYTES

    @property
    def row_bytes(self) -> int:
        """Size of a row."""
        return TABLE_DTYPES[self.table].itemsize

    def until_empty(self) -> TableUnit:
        """Without the rows from the first on that has not come to the disk."""
        return replace(self, content=self.content[: rows_written(self.rows) * self.row_bytes])

    @property
    def rows(self) -> NDArray[Any]:
        """The rows in the fields of the table."""
        return np.frombuffer(self.content, TABLE_DTYPES[self.table])


def rows_in(table: str, units: Iterable[TableUnit]) -> NDArray[Any]:
    """All rows in units of a table."""
    return np.concatenate([np.empty(0, TABLE_DTYPES[table]), *(unit.rows for unit in units)])


def in_order(units: Iterable[TableUnit]) -> list[TableUnit]:
    """Units of one table up to the first that is missing or not full."""
    kept: list[TableUnit] = []
    for unit in units:
        if unit.chunk != len(kept) or not unit.content:
            break
        kept.append(unit)
        if not unit.is_full:
            break
    return kept


def unit_checksum(rows: bytes, chunk: int) -> int:
    """Checksum of a unit's content; behind its rows count zeros, whatever lies there."""
    return xxh3_64_intdigest(rows.ljust(UNIT_CONTENT_BYTES, b"\0"), chunk)
