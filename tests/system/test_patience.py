"""Files that another program has open for a moment; Windows' errors are made here."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.storage import write_error
from picostream_pymeasure.system import patience
from picostream_pymeasure.system.patience import (
    is_write_refused,
    may_pass,
    patiently,
    reason,
)

DENIED, SHARED, LOCKED, MAPPED, NAME_TAKEN, NOT_FOUND = 5, 32, 33, 1224, 183, 2


def windows_error(code: int) -> OSError:
    """An error as Windows' Python raises it."""
    number = errno.ENOENT if code == NOT_FOUND else errno.EACCES
    error = OSError(number, "Permission denied")
    error.winerror = code  # type: ignore[attr-defined]
    return error


class Call:
    """Fails so often, and then gives 7."""

    def __init__(self, *errors: OSError) -> None:
        self.errors = list(errors)
        self.pauses: list[float] = []

    def __call__(self) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return 7


@pytest.mark.parametrize("code", [DENIED, SHARED, LOCKED, MAPPED])
@pytest.mark.parametrize("times", [0, 1, 7])
def test_what_passes_is_waited_for(code: int, times: int) -> None:
    call = Call(*[windows_error(code)] * times)
    assert patiently(call, sleep=call.pauses.append) == 7
    assert len(call.pauses) == times
    assert sum(call.pauses) <= 1


def test_what_does_not_pass_is_told_after_a_second() -> None:
    call = Call(*[windows_error(SHARED)] * 100)
    with pytest.raises(OSError, match="Permission denied"):
        patiently(call, sleep=call.pauses.append)
    assert 0.5 <= sum(call.pauses) <= 1


@pytest.mark.parametrize(
    "error", [windows_error(NAME_TAKEN), windows_error(NOT_FOUND), OSError(errno.EACCES, "no")]
)
def test_other_errors_are_told_at_once(error: OSError) -> None:
    call = Call(error)
    with pytest.raises(type(error), match=str(error.strerror)):
        patiently(call, sleep=call.pauses.append)
    assert call.pauses == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EAGAIN])
def test_a_refused_write_is_waited_for_everywhere(code: int) -> None:
    call = Call(OSError(code, "no"))
    assert patiently(call, is_write_refused, sleep=call.pauses.append) == 7
    assert len(call.pauses) == 1


def test_the_sentence_says_that_another_program_has_the_file() -> None:
    shared = windows_error(SHARED)
    assert may_pass(shared)
    assert reason(shared) == "Permission denied; another program may have the file open"
    told = str(write_error(Path("a.hdf5"), shared))
    assert told == f"a.hdf5 cannot be written: {reason(shared)}."
    assert reason(OSError(errno.ENOENT, "raw text")) == "No such file or directory"


@pytest.mark.parametrize(
    ("platform", "number", "is_said"),
    [("win32", errno.EACCES, True), ("win32", errno.ENOENT, False), ("linux", errno.EACCES, False)],
)
def test_only_windows_refuses_what_another_program_has_open(
    platform: str, number: int, is_said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience.sys, "platform", platform)
    assert ("another program" in reason(OSError(number, "raw text"))) == is_said


def test_an_error_without_a_number_of_errno_is_told_in_the_words_of_windows() -> None:
    error = OSError(errno.EINVAL, "The specified network name is no longer available. ")
    error.winerror = 64  # type: ignore[attr-defined]
    assert reason(error) == "The specified network name is no longer available"


@pytest.mark.parametrize(("length", "is_said"), [(200, False), (300, True)])
def test_a_path_that_is_too_long_for_windows_is_said_to_be(
    length: int, is_said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience.sys, "platform", "win32")
    error = FileNotFoundError(errno.ENOENT, "raw text", "/" + length * "x")
    assert ("the path has more than the 259 characters" in reason(error)) == is_said


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from picostream_pymeasure.storage.bytes.raw_file import RawFile

    def refuse(*_: object, **__: object) -> None:
        raise windows_error(SHARED)

    monkeypatch.setattr(io, "FileIO", refuse)
    monkeypatch.setattr(patience, "_PAUSES_S", (0.0,))
    with pytest.raises(StorageError, match="cannot be read: Permission denied; another program"):
        RawFile(tmp_path / "a.hdf5")
