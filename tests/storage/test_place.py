"""What is no name of a file is refused in a sentence, whatever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from picostream_pymeasure.errors import ConfigurationError, StorageError
from picostream_pymeasure.storage import file_name, size_of_file
from picostream_pymeasure.storage.reading import opening


@pytest.mark.parametrize("value", [None, 3, 10**5000, [], object(), 1.5], ids=type)
def test_what_is_no_name(value: object) -> None:
    with pytest.raises(ConfigurationError, match="A file is named by a text or a Path, not by "):
        file_name(value)  # type: ignore[arg-type]


def test_a_file_that_is_taken_away_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "damaged.hdf5"
    path.write_bytes(b"no recording")
    monkeypatch.setattr(opening.time, "sleep", lambda _: path.unlink())
    with pytest.raises(StorageError, match="No such file"), opening.open_recording(path):
        pass
    with pytest.raises(StorageError, match="is not there any more: No such file"):
        size_of_file(path)
