"""Length and holes of files on Windows: what is asked of a system that notes it."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.system import files, windows_files
from picostream_pymeasure.system.native_files import native_folder, statistics_function

HANDLE = 2**33 + 4


class System:
    """``kernel32`` that notes calls on a file."""

    def __init__(self, answer: int = 1) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def DeviceIoControl(  # noqa: N802 - Windows' name
        self, handle: ctypes.c_void_p, code: int, *rest: Any
    ) -> int:
        source, source_bytes, target, target_bytes, returned, overlapped = rest
        assert not any((source, target, overlapped, source_bytes, target_bytes))
        assert isinstance(returned._obj, ctypes.c_uint32)  # without it Windows ends the program
        self.calls.append(("control", handle.value, code))
        return self.answer

    def SetFileInformationByHandle(  # noqa: N802 - Windows' name
        self, handle: ctypes.c_void_p, kind: int, information: Any, size: int
    ) -> int:
        self.calls.append(("information", handle.value, kind, information._obj.value, size))
        return self.answer


@pytest.mark.parametrize("answer", [0, 1])  # FAT and some servers have no holes
def test_a_new_file_is_sparse_where_it_can_be(answer: int) -> None:
    system = System(answer)
    windows_files.allow_holes(system, HANDLE)
    assert system.calls == [("control", HANDLE, 0x900C4)]


@pytest.mark.parametrize("answer", [0, 1])
def test_the_length_is_one_call_and_no_zeros(answer: int) -> None:
    system = System(answer)
    assert windows_files.set_length(system, HANDLE, 2**40) == bool(answer)
    assert system.calls == [("information", HANDLE, 6, 2**40, 8)]


def test_a_file_that_another_program_maps_stays_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = OSError(errno.EACCES, "it has a user-mapped section open")
    error.winerror = 1224  # type: ignore[attr-defined]
    _refuse_lengths(monkeypatch, error)
    with (tmp_path / "a").open("wb") as file, caplog.at_level(logging.WARNING):
        files.cut_off(file.fileno(), 0)
    assert "longer than it needs to be" in caplog.text


def test_other_errors_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse_lengths(monkeypatch, OSError(errno.EIO, os.strerror(errno.EIO)))
    with (tmp_path / "a").open("wb") as file, pytest.raises(OSError, match="Input/output"):
        files.cut_off(file.fileno(), 0)


def _refuse_lengths(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def refuse(descriptor: int, n_bytes: int) -> None:
        raise error

    monkeypatch.setattr(files, "_set_length", refuse)
    monkeypatch.setattr("picostream_pymeasure.system.patience._PAUSES_S", (0.0,))


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        ("C:\\data", "C:\\data\\\0"),
        ("C:\\", "C:\\\0"),
        ("\\\\server\\share\\", "\\\\server\\share\\\0"),
        ("\\\\server\\share\\runs", "\\\\server\\share\\runs\\\0"),
        ("\udcff", "\udcff\\\0"),
    ],
)
def test_a_folder_of_a_server_ends_with_a_backslash(folder: str, text: str) -> None:
    assert native_folder(folder).decode("utf-16-le", "surrogatepass") == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("system", "processor", "name"),
    [
        ("linux", "x86_64", "fstatvfs"),
        ("darwin", "arm64", "fstatfs"),
        ("darwin", "x86_64", "fstatfs$INODE64"),
    ],
)
def test_room_on_the_disk_is_asked_for_by_the_name_of_this_layout(
    system: str, processor: str, name: str
) -> None:
    assert statistics_function(system, processor) == name


def test_a_folder_that_takes_files_but_cannot_be_read_is_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)
    files.sync_folder(tmp_path)
