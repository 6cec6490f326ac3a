"""Headers that other programs read: verified too, and repaired where that is possible."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.storage import describe_file, open_recording, repair, verify
from tests.support.crashed_files import is_damaged
from tests.support.storage_stream import recording

_SECTOR = 512


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, int]:
    """A finished file, and where its samples begin."""
    path = tmp_path_factory.mktemp("headers") / "a.hdf5"
    with recording(path, "AB") as stream:
        stream.write()
    with open_recording(path) as found:
        assert found.planned is not None
        return path.read_bytes(), found.planned.plan.data_offset


def is_read_by_others(path: Path) -> bool:
    try:
        with h5py.File(path) as file:
            file.visititems(lambda name, member: dict(member.attrs) and None)
            return bool(dict(file.attrs))
    except (OSError, KeyError, RuntimeError):
        return False


@pytest.mark.parametrize("damage", ["zeros", "bit"])
def test_what_other_programs_cannot_read_is_not_verified(
    tmp_path: Path, whole: tuple[bytes, int], damage: str, pytestconfig: pytest.Config
) -> None:
    path = tmp_path / "a.hdf5"
    content, n_bytes = whole
    mended = 0
    every = 1 if pytestconfig.getoption("--long") else 5
    wanted = [at for at in range(0, n_bytes, _SECTOR) if any(content[at : at + _SECTOR])][::every]
    assert len(wanted) > 10
    for at in wanted:
        changed = bytearray(content)
        if damage == "zeros":
            changed[at : at + _SECTOR] = bytes(_SECTOR)
        else:
            changed[at + 100] ^= 1
        path.write_bytes(changed)
        before = not is_damaged(path)
        assert not before or is_read_by_others(path), at
        try:
            repair(path)
        except StorageError:
            continue
        assert is_damaged(path) or is_read_by_others(path), at
        mended += not (before or is_damaged(path))
    assert mended


def test_a_header_with_another_attribute_is_not_made_right(
    tmp_path: Path, whole: tuple[bytes, int]
) -> None:
    """Its checksum is all that tells of it; its rows alone can be computed."""
    path, content = tmp_path / "a.hdf5", bytearray(whole[0])
    path.write_bytes(content)
    with open_recording(path) as found:
        assert found.planned is not None
        header = found.planned.plan.datasets["channels/A/adc_counts"]
    units = content.index(b"count", header.header, header.header + header.header_bytes)
    for at, is_mended in ((header.rows_at, True), (units, False)):
        changed = bytearray(content)
        changed[header.header + at if is_mended else at] ^= 1
        path.write_bytes(changed)
        assert is_damaged(path)
        notes = repair(path).notes
        assert is_damaged(path) is not is_mended
        assert any("cannot be repaired" in note for note in notes) is not is_mended


def test_damaged_first_bytes_are_not_a_file_that_is_cut_off(
    tmp_path: Path, whole: tuple[bytes, int]
) -> None:
    path, content = tmp_path / "a.hdf5", bytearray(whole[0])
    content[30] ^= 0x55  # where the file says how long it is
    path.write_bytes(content)
    for told in (describe_file(path)["damage"], verify(path).errors):
        assert told
        assert not any("cut off" in each for each in told)
    repair(path)
    assert not is_damaged(path)
