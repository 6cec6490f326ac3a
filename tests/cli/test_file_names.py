"""Names on the command line that name no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import compress, describe_file, file_name, repair, verify
from tests.support.command_line import Command


@pytest.mark.parametrize("name", ["", "  "])
@pytest.mark.parametrize(
    "arguments",
    [
        ("--simulate", "-o"),
        ("capture", "--simulate", "--samples", "9", "-o"),
        ("selftest", "--simulate", "--report"),
        ("export", "a.hdf5"),
        ("events", "a.hdf5", "-o"),
        ("compress", "a.hdf5", "-o"),
        *((command,) for command in ("info", "verify", "repair", "compress", "view", "events")),
    ],
)
def test_an_empty_name_is_wrong_usage(
    command: Command, arguments: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    code, text = command(*arguments, name)
    assert (code, "The name of the file is empty." in text) == (2, True), text
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_name_of_a_recording(command: Command, tmp_path: Path) -> None:
    code, text = command("--simulate", "-o", "runs/")
    assert (code, "runs/ names a folder; add the name of a file." in text) == (2, True), text
    assert not list(tmp_path.iterdir())


def test_no_file_has_a_name_with_zero_bytes() -> None:
    for action in (verify, repair, describe_file, compress, lambda name: PicoStreamReader(name)):
        with pytest.raises(ConfigurationError, match="zero bytes"):
            action("a\0b")


def test_no_file_has_a_name_that_the_system_cannot_write() -> None:
    for action in (verify, repair, describe_file, compress, lambda name: PicoStreamReader(name)):
        with pytest.raises(ConfigurationError, match="can have the name"):
            action("a\ud800b")


@pytest.mark.parametrize("name", ["", " "])
def test_a_script_hears_of_an_empty_name(name: str) -> None:
    with pytest.raises(ConfigurationError, match="name of the file is empty"):
        file_name(name)
