"""Copies that another program has made of a recording, compressed or not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import describe_file, repair, verify
from tests.support.storage_stream import gap_at, prove_stream, recording

pytestmark = pytest.mark.skipif(not shutil.which("h5repack"), reason="h5repack is not installed")

FORMS = {
    "as it is": [],
    "compressed": ["-f", "SHUF", "-f", "GZIP=1"],
    "in one piece": ["-l", "CONTI"],
}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "data.hdf5"
    with recording(path, "AB", aggregate=True, samples=200_000) as stream:
        for number in range(40):
            stream.write()
            stream.recorder.add_event(Event(stream.position, 0.001 * number, f"mark {number}", 1.5))
        stream.recorder.add_gap(gap_at(stream.position, 5, 5, "pool full", 0.5))
        stream.skip(5)
        stream.write(100)
    return path


def rewritten(path: Path, copy: Path, form: str) -> Path:
    subprocess.run(["h5repack", *FORMS[form], path, copy], check=True)
    return copy


@pytest.fixture(params=FORMS)
def copy(request: pytest.FixtureRequest, original: Path, tmp_path: Path) -> Path:
    return rewritten(original, tmp_path / "copy.hdf5", request.param)


def test_copy_is_verified_by_its_checksums(original: Path, copy: Path) -> None:
    reports = [verify(path, prove=prove_stream) for path in (original, copy)]
    assert reports[1].errors == []
    assert reports[1].verified_chunks == reports[0].verified_chunks > 0
    assert reports[1].proven_samples == reports[0].proven_samples == reports[0].samples
    assert "anew" in reports[1].notes[0]


def test_copy_reads_as_the_original(original: Path, copy: Path) -> None:
    with PicoStreamReader(original, "B") as first, PicoStreamReader(copy, "B") as second:
        assert second.num_samples == first.num_samples
        for name in ("gaps", "events"):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        start, size = 65_000, 70_000
        np.testing.assert_array_equal(
            first.read_counts(start, size), second.read_counts(start, size)
        )
        pictures = [reader.window(0, reader.duration_s, 100) for reader in (first, second)]
        np.testing.assert_array_equal(*pictures)


def test_wrong_sample_in_a_copy_is_found(copy: Path) -> None:
    with h5py.File(copy, "r+") as file:
        file["channels/B/adc_counts"][70_000] ^= 1
    report = verify(copy)
    assert report.verified_chunks == report.chunks - 1
    assert report.exit_code == 1


@pytest.mark.parametrize("name", ["A_min", "A_max", "time"])
def test_wrong_picture_in_a_copy_is_found(copy: Path, name: str) -> None:
    with h5py.File(copy, "r+") as file:
        file[f"entry/envelope/{name}"][100] += 0.5
    assert [error.split(":")[0] for error in verify(copy).errors] == [f"entry/envelope/{name}"]


@pytest.mark.parametrize("name", ["events", "gaps", "clock", "health", "recovery/state"])
def test_absurd_length_in_a_copy_is_told(copy: Path, name: str) -> None:
    with h5py.File(copy, "r+") as file:
        dtype, attributes = file[name].dtype, dict(file[name].attrs)
        del file[name]
        file.create_dataset(name, (2**40,), dtype, chunks=(1024,)).attrs.update(attributes)
    for look in (verify, describe_file) if name != "health" else (describe_file,):
        with pytest.raises(FileFormatError, match=f"{name} has another form"):
            look(copy)


def test_repair_leaves_a_copy_alone(copy: Path) -> None:
    before = copy.read_bytes()
    assert not repair(copy).repaired
    assert copy.read_bytes() == before


def test_copy_of_what_was_not_finished_is_refused(tmp_path: Path) -> None:
    with recording(tmp_path / "data.hdf5") as stream:
        stream.write()
        copy = rewritten(tmp_path / "data.hdf5", tmp_path / "copy.hdf5", "as it is")
    before = copy.read_bytes()
    for look in (verify, repair):
        with pytest.raises(FileFormatError, match="use the original"):
            look(copy)
    assert copy.read_bytes() == before
