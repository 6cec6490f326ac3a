"""What is heard of the driver, and the text for a bug report."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from picostream_pymeasure import driver
from picostream_pymeasure.cli import log, output
from picostream_pymeasure.cli.log import _file_handler
from picostream_pymeasure.cli.system_report import _without_names, show_report
from picostream_pymeasure.errors import SdkNotFoundError, StorageError
from picostream_pymeasure.system import compiling
from tests.support.command_line import Cli

RECORD = ("--simulate", "-s", "1", "--samples", "1000", "-o", "data.hdf5")


def test_every_call_of_the_driver_is_told(cli: Cli) -> None:
    code, text = cli.run("-vv", *RECORD)
    assert code == 0
    for call in ("ps5000aOpenUnit(", "ps5000aSetChannel(1, 0, True", "ps5000aCloseUnit(1): OK"):
        assert call in text
    assert "ms" in text
    assert re.search(r"ps5000aGetStreamingLatestValues: [1-9]\d* so far, at last OK", text)


def test_memory_of_captures_is_told_together(cli: Cli) -> None:
    code, text = cli.run(
        "-vv", "capture", "--simulate", "-n", "20", "--samples", "9", "-o", "a.hdf5"
    )
    assert code == 0
    assert re.search(r"ps5000aSetDataBuffer\(1, 0, 9, 'segments 0 to 19'\): OK, [\d.]+ ms", text)


def test_by_default_only_warnings_are_told(cli: Cli) -> None:
    code, text = cli.run(*RECORD, scope="power_change_at=100")
    assert "ps5000aOpenUnit" not in text
    assert "Warning: The scope's power changed" in text
    assert code == 3


def test_that_it_compiles_is_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    log.hear(0, None)
    compiling.log.warning("%s ...", compiling.SENTENCE)
    assert capsys.readouterr().err == f"{compiling.SENTENCE} ...\n"


def test_the_log_has_all_of_it_and_is_appended_to(cli: Cli) -> None:
    path = cli.folder / "log.txt"
    path.write_text("before\n")
    code, text = cli.run("--log", "log.txt", *RECORD)
    assert code == 0
    assert "ps5000a" not in text
    lines = path.read_text().splitlines()
    assert lines[0] == "before"
    assert any("ps5000aRunStreaming(" in line and "DEBUG" in line for line in lines)
    assert any("--samples" in line for line in lines)


def test_the_log_keeps_the_traceback_of_a_bug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    # a folder of the name that a module of the command has
    monkeypatch.setenv("PYTHONPATH", str(cli.folder))
    (cli.folder / "sitecustomize.py").write_text(
        "from picostream_pymeasure.cli import inspect\n"
        "inspect.show_scopes = lambda *arguments: 1 / 0\n"
    )
    code, text = cli.run("--log", "log.txt", "info")
    assert code == 1
    assert "ZeroDivisionError" in text
    assert "Traceback" in (cli.folder / "log.txt").read_text()


@pytest.mark.parametrize(("name", "expected"), [("missing/log.txt", 1), (".", 2)])
def test_log_that_cannot_be_written_is_refused_as_any_file(
    cli: Cli, name: str, expected: int
) -> None:
    code, text = cli.run("--log", name, *RECORD)
    assert code == expected
    assert cli.run("--simulate", "-s", "1", "--samples", "9", "-o", name)[0] == expected
    assert cli.files == []
    assert text.startswith(("Error:", "Usage:"))


@pytest.mark.parametrize("name", ["data.hdf5", "new.H5", "recording"])
def test_a_log_is_never_written_into_a_recording(cli: Cli, name: str) -> None:
    assert cli.record("-s", "1", "--samples", "1000")[0] == 0
    (cli.folder / "recording").write_bytes((cli.folder / "data.hdf5").read_bytes())
    before = {path.name: path.read_bytes() for path in cli.folder.iterdir()}
    code, text = cli.run("--simulate", "-s", "1", "--samples", "9", "-o", "b.hdf5", "--log", name)
    assert code == 2
    assert f"A log is a text, and {name} is an HDF5 file, or named as one" in text
    assert {path.name: path.read_bytes() for path in cli.folder.iterdir()} == before


def test_a_log_where_nobody_may_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(output, "appended_file", refuse)
    with pytest.raises(StorageError, match=r"secret.log\.txt cannot be written"):
        _file_handler(Path("secret/log.txt"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no full disk")
def test_log_on_a_full_disk_is_nothing_to_the_recording_and_told(cli: Cli) -> None:
    code, text = cli.run("--log", "/dev/full", *RECORD)
    assert code == 0
    assert "Warning: The end of the log /dev/full is missing (No space left on device)." in text


def test_the_report_has_versions_and_no_folders(cli: Cli) -> None:
    code, text = cli.run("info", "--report")
    assert code == 0
    for what in ("Python:", "numba:", "HDF5:", "memory:", "## Library", "picostream-pymeasure:"):
        assert what in text
    assert str(cli.folder) not in text
    assert os.path.expanduser("~") not in text  # noqa: PTH111


def test_the_report_ends_where_there_is_no_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load_library(**_: object) -> None:
        raise SdkNotFoundError("There is no library.")

    monkeypatch.setattr(driver, "load_library", load_library)
    assert show_report(simulate=False) == 0
    assert capsys.readouterr().out.endswith("\n\n## Library\nThere is no library.\n")


@pytest.mark.parametrize(
    ("variant", "power"),
    [("5242D", "sufficient"), ("5444D", "mains")],  # of two channels drivers tell no more
)
def test_the_report_describes_scopes_and_calls(cli: Cli, variant: str, power: str) -> None:
    code, text = cli.run("info", "--report", "--simulate", scope=f"variant={variant}")
    assert code == 0
    assert f"variant: {variant}" in text
    assert f"power: {power}" in text
    assert "ps5000aGetUnitInfo: OK" in text


def test_the_report_follows_links_to_the_users_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, link = tmp_path / "disk" / "max", tmp_path / "home"
    real.mkdir(parents=True)
    link.symlink_to(real)
    monkeypatch.setenv("HOME", str(link))
    monkeypatch.setenv("USERPROFILE", str(link))
    assert _without_names(f"{link}/lib: not {real}/lib") == "~/lib: not ~/lib"
