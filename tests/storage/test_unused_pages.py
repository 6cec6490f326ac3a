"""Pages of an index that no chunk needs: damaged ones are told of, and mended."""

from __future__ import annotations

from pathlib import Path

from picostream_pymeasure.storage import repair, verify
from tests.support.crashed_files import plan_of
from tests.support.storage_stream import recording


def test_a_damaged_page_of_an_index_that_no_chunk_needs(tmp_path: Path) -> None:
    """Who reads samples never looks at it; who goes through all of the index does."""
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
    index = plan_of(path).datasets["captures"].index
    content = bytearray(path.read_bytes())
    content[index.page(index.n_pages - 1).begin + 5] ^= 0x55
    path.write_bytes(content)
    assert any("captures: its index is damaged" in error for error in verify(path).errors)
    assert repair(path).repaired
    assert verify(path).errors == []
