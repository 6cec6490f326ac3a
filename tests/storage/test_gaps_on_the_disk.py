"""A gap whose row a power cut took: what lies beyond the last sync is not kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.storage.reading.proven import proven_extent
from picostream_pymeasure.storage.reading.published import Published
from picostream_pymeasure.storage.schema import GAPS, TABLES, table_dtype

CERTAIN = 5000


@pytest.mark.parametrize("causes", [[], ["overrun"], ["overrun", ""]])
def test_a_gap_that_is_not_on_the_disk_leaves_what_is_certain(causes: list[str]) -> None:
    rows = np.zeros(len(causes), table_dtype(GAPS))
    rows["cause"] = causes
    planned: Any = SimpleNamespace(
        plan=SimpleNamespace(is_ring=False, chunk_samples=4096),
        sync=lambda: Published(samples=CERTAIN),
        tables=lambda state: {GAPS: rows},
    )
    state = Published(samples=9000, table_rows={**dict.fromkeys(TABLES, 0), GAPS: 2})
    assert proven_extent(planned, state) == (0, CERTAIN)
