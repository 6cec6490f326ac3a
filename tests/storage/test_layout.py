"""Where HDF5's own records lie in a recording."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from tests.support.storage_stream import recording

SECTOR_BYTES = 512


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_no_header_of_a_dataset_that_grows_can_be_torn(tmp_path: Path, channels: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels) as stream:
        stream.write()
    torn = []

    def look(name: str, member: h5py.HLObject) -> None:
        about = h5py.h5o.get_info(member.id)
        first, last = about.addr, about.addr + about.hdr.space.total - 1
        in_one = first // SECTOR_BYTES == last // SECTOR_BYTES
        if isinstance(member, h5py.Dataset) and member.chunks and not in_one:
            torn.append(name)

    with h5py.File(path) as file:
        file.visititems(look)
        assert f"channels/{channels[-1]}/overview/b4096" in file
    assert torn == []
