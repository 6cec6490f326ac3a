"""Where HDF5's own records lie in a recording."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from tests.support.storage_stream import recording

PAGE_BYTES = 4096


@pytest.mark.parametrize("compression", ["none", "bitshuffle-lz4"])
def test_no_header_of_a_dataset_can_be_torn_by_a_kill(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "ABCD", compression) as stream:
        for _ in range(5):
            stream.write()
    torn = []

    def look(name: str, member: h5py.HLObject) -> None:
        about = h5py.h5o.get_info(member.id)
        first, last = about.addr, about.addr + about.hdr.space.total - 1
        if isinstance(member, h5py.Dataset) and first // PAGE_BYTES != last // PAGE_BYTES:
            torn.append(name)

    with h5py.File(path) as file:
        file.visititems(look)
        assert "channels/D/overview/4096" in file
    assert torn == []
