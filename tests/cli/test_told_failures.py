"""What fails late or elsewhere is told by its own name, with what to do."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import driver, storage
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.writing.named_file import NamedFile
from tests.support.command_line import Command
from tests.support.patience import PATIENCE_S


def test_a_recording_that_could_not_be_closed(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = NamedFile.close

    def fail(file: NamedFile) -> None:
        close(file)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(NamedFile, "close", fail)
    code, text = command("--simulate", "-s", "1", "--samples", "1000", "-o", "a.hdf5")
    assert code == 1
    assert "Verified: yes" in text
    assert "a.hdf5 cannot be written: Input/output error." in text


def test_what_the_scope_makes_of_a_rate_is_told(command: Command) -> None:
    wanted = ("-s", "3", "--samples", "1000", "-h", "100", "--trigger", "A:0V")
    wanted = (*wanted, "--auto-trigger", "50")
    code, text = command("--simulate", *wanted, "-o", "a.hdf5")
    assert code == 0
    assert "The scope samples every 336 ns instead of the 333.333 ns asked for." in text
    assert "100 samples become one (average): 29.76 kS/s." in text
    assert "1000 samples take 33.6 ms." in text
    assert storage.describe_file("a.hdf5")["trigger"]["auto_trigger_s"] == 0.05


def test_a_file_that_was_read_and_cannot_be_closed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"read")
    raw = RawFile(tmp_path / "a")
    assert raw.read(0, 4) == b"read"
    os.close(raw.descriptor)
    raw.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "There was not enough memory"),
        (OSError(errno.EMFILE, "Too many open files"), "No more files can be opened"),
        (ImportError("libhdf5.so: no such file"), "Install picostream-pymeasure anew"),
        (KeyError("a"), "This is a fault of picostream"),
    ],
)
def test_whose_fault_it_is(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr(storage, "describe_file", fail)
    code, text = command("info", "a.hdf5")
    assert code == 1
    assert says in text


def test_what_fails_because_of_ctrl_c_is_no_fault(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(storage, "describe_file", fail)
    with pytest.raises(KeyboardInterrupt):  # as if nothing had failed
        command("info", "a.hdf5")


def test_where_no_scope_is_found_it_says_why_that_may_be(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    library: Any = object()
    monkeypatch.setattr(driver, "load_library", lambda simulated: library)
    monkeypatch.setattr(driver, "list_serials", lambda library: [])
    code, text = command("info")
    assert code == 0
    assert "No scope is connected and free. The PicoScope 5000E series has another" in text


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        (
            {"parameters": {"range_a": 2, "live": True}, "units": {"range_a": "V"}, "by": "me"},
            "metadata: by me, parameters range a 2 V, live yes",
        ),
        ({"parameters": {"range_a": 2}}, "metadata: parameters range a 2"),
        ({"parameters": 2, "units": []}, "metadata: parameters 2, units none"),
        (["a", 1], "metadata: a, 1"),
        (["a\nb", "\x1b[31m"], r"metadata: a\nb, \x1b[31m"),
    ],
)
def test_parameters_have_their_units(
    command: Command, monkeypatch: pytest.MonkeyPatch, metadata: Any, told: str
) -> None:
    monkeypatch.setattr(storage, "describe_file", lambda path: {"damage": [], "metadata": metadata})
    assert command("info", "a.hdf5") == (0, f"damage: none {told}")


@pytest.mark.parametrize(("estimate", "words"), [(4, "4"), (-1, "not known")])  # after a crash
def test_a_gap_is_told_in_words(
    command: Command, monkeypatch: pytest.MonkeyPatch, estimate: int, words: str
) -> None:
    gap = {"sample_index": 5, "missing": -1, "estimated_missing": estimate, "noticed_s": 0.25}
    monkeypatch.setattr(storage, "describe_file", lambda path: {"damage": [], "gaps": [gap]})
    told = f"sample index 5, missing not known, estimated missing {words}, noticed 250 ms"
    assert command("info", "a.hdf5") == (0, f"damage: none gaps: {told}")


@pytest.mark.parametrize(("gaps", "lines"), [(100, 100), (101, 101), (100_000, 101)])
def test_a_long_table_is_cut_for_people_alone(
    command: Command, monkeypatch: pytest.MonkeyPatch, gaps: int, lines: int
) -> None:
    rows = [{"sample_index": number} for number in range(gaps)]
    monkeypatch.setattr(storage, "describe_file", lambda path: {"damage": [], "gaps": rows})
    text = command("info", "a.hdf5")[1]
    assert text.count("sample index") + text.count(f"… and {gaps - 100} more") == lines
    assert json.loads(command("info", "a.hdf5", "--json")[1])["gaps"] == rows


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
def test_where_hardly_a_file_can_be_opened_it_says_so(tmp_path: Path) -> None:
    arguments = ["-m", "picostream_pymeasure", "--simulate", "--duration", "0.1", "-o", "a.hdf5"]
    limited = 'ulimit -n 5; exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", limited, "sh", sys.executable, *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: No more files can be opened;")
    assert not list(tmp_path.iterdir())
