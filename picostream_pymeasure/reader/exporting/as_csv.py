"""Comma-separated text: ``time_s,A_mv,PORT0,…`` and one row of numbers a sample."""

from __future__ import annotations

import math
from typing import BinaryIO

import numpy as np

from ..columns import ChannelColumn, Column
from ..table import Table
from .plan import ExportPlan


class CsvWriter:
    """Writes numbers with the decimals that matter.

    Times resolve a thousandth of the interval between rows, voltages a thousandth of a count.
    """

    def __init__(self, file: BinaryIO, plan: ExportPlan) -> None:
        self._file = file
        self._row = row_format(plan)
        file.write(f"{','.join(plan.columns)}\n".encode())

    def write(self, table: Table) -> None:
        """Append rows."""
        columns = np.column_stack([table.times_s, *table.values.values()])
        text = self._row * len(columns) % tuple(columns.ravel().tolist())
        self._file.write(text.encode())

    def close(self) -> None:
        """Nothing more is needed."""


def row_format(plan: ExportPlan) -> str:
    """A row for the ``%`` operator."""
    columns = plan.table.by_name.values()
    decimals = [_decimals(plan.row_interval_s), *(_value_decimals(plan, c) for c in columns)]
    return ",".join(f"%.{places}f" for places in decimals) + "\n"


def estimate_bytes(plan: ExportPlan) -> int:
    """Size of the file if all rows were as long as the longest."""
    lowest = [-column.largest for column in plan.table.by_name.values()]
    return plan.rows * len(row_format(plan) % (plan.end_s, *lowest))


def _value_decimals(plan: ExportPlan, column: Column) -> int:
    is_mean = plan.mode == "mean" and plan.factor > 1
    is_digital = isinstance(column, ChannelColumn) and column.metadata.is_digital
    return 0 if is_digital and not is_mean else _decimals(column.step)


def _decimals(step: float) -> int:
    return max(0, 3 - math.floor(math.log10(step)))
