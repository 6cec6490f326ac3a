"""New files that get their name when they are whole, as Windows names them too."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.system import new_file, patience


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system on which files have a name at once and are closed to be renamed."""
    monkeypatch.setattr(new_file, "_UNNAMED", 0)
    monkeypatch.setattr(patience, "_PAUSES_S", ())
    monkeypatch.setattr(new_file.sys, "platform", "win32")


def filled(path: Path) -> new_file.UnnamedFile:
    file = new_file.UnnamedFile(path)
    file.fill(b"abc", 3)
    return file


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("replace", [False, True])
def test_it_is_open_again_under_its_name(tmp_path: Path, replace: bool) -> None:
    file = filled(tmp_path / "a")
    file.give_name(replace=replace)
    assert os.read(file.descriptor, 9) == b"abc"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    os.close(file.descriptor)


@pytest.mark.usefixtures("windows")
def test_a_name_that_others_keep_open_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled(tmp_path / "a")

    def refuse(*_: Any) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(PermissionError):
            file.give_name(replace=False)
        file.discard()
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("windows")
def test_what_hinders_the_removal_does_not_hide_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled(tmp_path / "a")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        file.discard()


@pytest.mark.usefixtures("windows")
def test_a_closed_number_is_not_closed_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    file = filled(tmp_path / "a")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", _exists)
        with pytest.raises(FileExistsError):
            file.give_name(replace=False)
    others = os.open(tmp_path / "a", os.O_RDONLY)  # gets the number that became free
    file.discard()
    assert os.read(others, 9) == b"old"
    os.close(others)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def _exists(*_: Any) -> None:
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
