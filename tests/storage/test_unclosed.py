"""What a broken copy left out is named, and what is there can be read."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import open_recording, repair, verify
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.bytes.superblock import (
    SUPERBLOCK_BYTES,
    is_marked_open,
    stated_end,
    with_end,
)
from picostream_pymeasure.storage.reading import Recording
from picostream_pymeasure.storage.reading.mended_bytes import MendedBytes
from picostream_pymeasure.storage.schema import counts_path
from tests.support.reader_files import noise, write_picostream, write_recording

SAMPLES, CHUNK = 250_000, 4096
COUNTS = noise(SAMPLES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "a.hdf5"
    return write_recording(path, {"A": COUNTS, "B": COUNTS}, chunk=CHUNK)


@pytest.fixture
def cut(whole: Path, tmp_path: Path) -> Path:
    """In the middle of chunk 40."""
    path = tmp_path / "cut.hdf5"
    path.write_bytes(whole.read_bytes()[: position_of(whole, 40) + 100])
    return path


def position_of(path: Path, chunk: int) -> int:
    """Where a chunk of A begins."""
    with open_recording(path) as recording:
        assert recording.planned is not None
        plan = recording.planned.plan
        return plan.chunk_position(plan.datasets[counts_path("A")], chunk)


def test_what_is_there_can_be_read(cut: Path) -> None:
    with PicoStreamReader(cut) as reader:
        assert reader.num_samples == SAMPLES
        np.testing.assert_array_equal(reader.read_counts(0, 40 * CHUNK), COUNTS[: 40 * CHUNK])
        with pytest.raises(FileFormatError, match="cut off"):
            reader.read_counts(39 * CHUNK, 2 * CHUNK)
        picture = reader.window(0, reader.duration_s, SAMPLES // CHUNK)
    filled = np.isfinite(picture).all(axis=1)
    assert filled[:39].all()
    assert not filled[41:].any()


def test_it_is_warned_of_once(
    cut: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window opens what it shows again and again."""
    monkeypatch.setattr(Recording, "lacks", ("Rows are missing.",))
    for _ in range(3):
        with PicoStreamReader(cut):
            pass
    assert len(caplog.messages) == 1, caplog.messages


def test_what_is_not_is_named_chunk_by_chunk(cut: Path) -> None:
    report = verify(cut)
    assert report.exit_code == 1
    n_chunks = -(-SAMPLES // CHUNK)
    assert f"Channel A: {n_chunks - 40} chunks missing: 40–{n_chunks - 1}." in report.errors
    assert any("cut off" in error for error in report.errors)
    assert report.verified_chunks == 80


def test_a_copy_of_the_begin_alone(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    path = tmp_path / "cut.hdf5"
    for size in range(0, len(content) // 4, 9001):
        path.write_bytes(content[:size])
        with contextlib.suppress(FileFormatError):
            assert verify(path).errors


def test_picostreams_files_are_read_as_far_as_they_are_there(tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "a.hdf5", COUNTS)
    with h5py.File(path) as file:
        last = file["adc_counts"].id.get_chunk_info(SAMPLES // 500 - 1).byte_offset
    content = path.read_bytes()
    path.write_bytes(content[: last + 100])
    with PicoStreamReader(path) as reader:
        np.testing.assert_array_equal(reader.read_counts(0, 10_000), COUNTS[:10_000])
        for size in (1, 450, 10_000):  # rows of the last chunk
            with pytest.raises(FileFormatError, match="missing"):
                reader.read_counts(SAMPLES - size, size)
    assert "1 chunk missing" in " ".join(verify(path).errors)


def test_guesses_beyond_the_end_give_zeros_and_nothing_else_does(whole: Path) -> None:
    content = whole.read_bytes()
    with contextlib.closing(RawFile(whole)) as raw:
        mended = MendedBytes(raw)
        assert mended.read(len(content) - 100, 4096) == content[-100:] + bytes(3996)
        for position, size in ((-100, 4097), (0, 1), (4096, 10)):
            with pytest.raises(FileFormatError):
                mended.read(len(content) + position, size)
        assert mended.size() == len(content) < mended.end


@pytest.mark.parametrize("libver", ["earliest", "v110", "latest"])
def test_a_superblock_says_where_its_file_ends(tmp_path: Path, libver: str) -> None:
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w", libver=(libver, "latest")) as file:
        file["data"] = range(10)
    content = path.read_bytes()
    assert stated_end(content[:SUPERBLOCK_BYTES]) == len(content)
    assert not is_marked_open(content[:SUPERBLOCK_BYTES])
    if libver != "earliest":
        marked = content[:11] + b"\5" + content[12:SUPERBLOCK_BYTES]
        assert is_marked_open(marked)
        assert with_end(marked, len(content)) == content[:SUPERBLOCK_BYTES]


def test_a_superblock_of_version_1_says_it_four_bytes_later(tmp_path: Path) -> None:
    """As of files with nodes of another size: that size comes before the addresses."""
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w", libver=("earliest", "latest")) as file:
        file["data"] = range(10)
    content = path.read_bytes()
    assert content[8] == 0
    of_version_1 = content[:8] + b"\1" + content[9:24] + b"\x20\0\0\0" + content[24:]
    assert stated_end(of_version_1[:SUPERBLOCK_BYTES]) == len(content)


@pytest.mark.parametrize("start", [b"", b"\x89HDF", bytes(SUPERBLOCK_BYTES)])
def test_other_files_say_nothing(start: bytes) -> None:
    assert not is_marked_open(start)
    assert stated_end(start) == 0


@pytest.mark.parametrize("chunk", [1, 40, SAMPLES // CHUNK])
def test_repair_leaves_a_finished_file_alone_whose_samples_are_gone(
    whole: Path, tmp_path: Path, chunk: int
) -> None:
    path = tmp_path / "cut.hdf5"
    path.write_bytes(content := whole.read_bytes()[: position_of(whole, chunk) + 100])
    with pytest.raises(FileFormatError, match="another copy"):
        repair(path)
    assert path.read_bytes() == content


def test_repair_does_not_prove_a_damaged_last_chunk(whole: Path, tmp_path: Path) -> None:
    content = bytearray(whole.read_bytes())
    path = tmp_path / "damaged.hdf5"
    content[position_of(whole, SAMPLES // CHUNK)] ^= 1
    content[content.index(b"FAHD") + 5] ^= 1  # what repair is to mend
    path.write_bytes(content)
    assert repair(path).repaired
    wrong = f"Channel A: The checksum differs in 1 chunk: {SAMPLES // CHUNK}."
    assert verify(path).errors == [wrong]


def test_a_damaged_begin_does_not_end_the_program(whole: Path, tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "a.hdf5", COUNTS)
    content = path.read_bytes()
    paths = [str(tmp_path / f"{size}.hdf5") for size in (100, 500, 600, 900, 1500, 5000)]
    for name in paths:
        Path(name).write_bytes(content[: int(Path(name).stem)])
    for name, at, damage in [("zeros", 0, bytes(4096)), ("position", 22, b"\xfe")]:
        changed = bytearray(whole.read_bytes())
        changed[at : at + len(damage)] = damage
        paths.append(str(tmp_path / f"{name}.hdf5"))
        Path(paths[-1]).write_bytes(changed)
    program = """
import sys
from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.storage import describe_file
for path in sys.argv[1:]:
    try:
        describe_file(path)
    except FileFormatError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(paths) - 1  # what stands at byte 22 is known
