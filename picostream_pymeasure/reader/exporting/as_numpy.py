"""NumPy's ``.npy``: one record a row, float64 fields ``time_s``, ``A_mv``, ``PORT0`` …"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from ..table import Table
from .plan import ExportPlan


class NumpyWriter:
    """Writes records that ``numpy.load(path, mmap_mode="r")`` can map."""

    def __init__(self, file: BinaryIO, plan: ExportPlan) -> None:
        self._file = file
        self._dtype = np.dtype([(column, "<f8") for column in plan.columns])
        np.lib.format.write_array_header_1_0(
            file, {"descr": self._dtype.descr, "fortran_order": False, "shape": (plan.rows,)}
        )

    def write(self, table: Table) -> None:
        """Append rows."""
        records = np.empty(table.times_s.size, self._dtype)
        columns = [table.times_s, *table.values.values()]
        for name, values in zip(self._dtype.names or (), columns, strict=True):
            records[name] = values
        self._file.write(records.data)

    def close(self) -> None:
        """Nothing more is needed."""


def estimate_bytes(plan: ExportPlan) -> int:
    """Size of the file."""
    return plan.rows * 8 * (1 + len(plan.names))
