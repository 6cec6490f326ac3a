"""Apache Parquet: columns ``time_s``, ``A_mv`` …, all float64 (optional; extra ``analysis``)."""

from __future__ import annotations

import json
from typing import BinaryIO

from ..datasets import import_optional
from ..table import Table
from .plan import ExportPlan


class ParquetWriter:
    """Writes one row group a block; the schema's metadata say where the numbers come from."""

    def __init__(self, file: BinaryIO, plan: ExportPlan) -> None:
        self._arrow = import_optional("pyarrow")
        parquet = import_optional("pyarrow.parquet")
        self._schema = self._arrow.schema(
            [(name, self._arrow.float64()) for name in plan.columns],
            metadata={"picostream": json.dumps(plan.attributes())},
        )
        self._writer = parquet.ParquetWriter(file, self._schema)

    def write(self, table: Table) -> None:
        """Append rows."""
        columns = [table.times_s, *table.values.values()]
        arrays = [self._arrow.array(values) for values in columns]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the footer."""
        try:
            self._writer.close()
        finally:
            # after a failure it would try again when it is deleted
            self._writer.is_open = False
