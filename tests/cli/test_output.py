"""No output can end, delay or falsify what the command line does."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import pytest

from picostream_pymeasure.cli import output
from tests.support import prepared_program
from tests.support.command_line import COMMAND, Cli
from tests.support.patience import PATIENCE_S
from tests.support.reader_files import noise, write_recording

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses descriptors of POSIX")

RECORD = ("--simulate", "-s", "1", "-o", "data.hdf5")

ENCODINGS = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "iso-8859-1", "PYTHONUNBUFFERED": "1"},
    {"PYTHONIOENCODING": "cp932"},
    {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]


def start(cli: Cli, *arguments: str | bytes, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start it with variables that count when Python starts."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cli.folder,
        env={**cli.environment("variant=5444D"), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def wait_until_it_records(cli: Cli, process: Any) -> None:
    path = cli.folder / "data.hdf5"
    while not path.exists() or path.stat().st_size < 1_000_000:
        assert process.poll() is None
        time.sleep(0.01)


def full_pipe() -> tuple[int, int]:
    """A pipe that takes nothing more."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    for size in (1 << 16, 1):
        while True:
            try:
                os.write(write, b"x" * size)
            except BlockingIOError:
                break
    os.set_blocking(write, True)
    return read, write


def german(folder: Path) -> dict[str, str]:
    """A locale as older systems have it, made for the test."""
    if shutil.which("localedef") is None:
        pytest.skip("has no localedef")
    name = "de_DE.ISO-8859-1"
    made = ["localedef", "-c", "-f", "ISO-8859-1", "-i", "de_DE", folder / name]
    if subprocess.run(made, capture_output=True, check=False).returncode:
        pytest.skip("has no sources of locales")
    return {"LOCPATH": str(folder), "LC_ALL": name}


def test_a_german_locale(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> None:
    locale = german(tmp_path_factory.mktemp("locales"))
    name = "Größe µ.hdf5".encode("latin-1")
    process = start(
        cli,
        *("--simulate", "-s", "1", "--samples", "10000", "-o", name),
        env=locale,
    )
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, text
    assert b"-> " + name in text  # the arrow is no sign of the encoding, µ is
    assert b"Verified:   yes" in text
    assert cli.files == [os.fsdecode(name)]


@pytest.mark.parametrize("environment", ENCODINGS)
def test_signs_that_an_encoding_lacks_become_others(cli: Cli, environment: dict[str, str]) -> None:
    process = start(cli, *RECORD, "--samples", "10000", env=environment)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, text
    assert b"data.hdf5" in text
    assert b"Verified:   yes" in text


def test_the_end_waits_no_longer_where_more_than_one_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = [0.0]

    def drain(timeout_s: float) -> None:
        now_s[0] += max(timeout_s, 0)

    unread = SimpleNamespace(may_forget=True, drain=drain)
    monkeypatch.setattr(output, "_outputs", lambda: [unread, unread])
    monkeypatch.setattr(output, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    output.finish()
    assert now_s == [output._PATIENCE_S]


class Device(io.RawIOBase):
    """Keeps what it is given until it is gone, once it has a reader."""

    def __init__(self) -> None:
        self.data, self.is_gone = b"", False
        self.has_reader = threading.Event()
        self.has_reader.set()

    def write(self, data: Any) -> int:
        self.has_reader.wait()
        if self.is_gone:
            raise OSError
        self.data += data
        return len(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso2022_jp", "cp1252"])
def test_lines_are_one_text_in_any_encoding(encoding: str) -> None:
    device = Device()
    out = output.Output(io.TextIOWrapper(io.BytesIO(), encoding=encoding), device)
    for line in ("a\n", "b → c\n"):
        out.write(line)
    out.drain(PATIENCE_S)
    assert device.data.decode(encoding).replace("→", "->").split() == ["a", "b", "->", "c"]
    device.is_gone = True
    out.write("ends its thread")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_units_and_signs_can_be_read_where_the_encoding_lacks_them(encoding: str) -> None:
    device = Device()
    out = output.Output(io.TextIOWrapper(io.BytesIO(), encoding=encoding), device)
    out.write("5 µA ± 2 kΩ – 3σ ≈ 1 nV/√Hz ≥ 2 → −1 × 3…\n")
    out.drain(PATIENCE_S)
    text = device.data.decode(encoding)
    device.is_gone = True
    out.write("ends its thread")
    assert "?" not in text
    for part in (" kOhm ", " 3sigma ~ 1 nV/sqrtHz >= 2 -> -1 "):
        assert part in text


def test_of_what_nobody_reads_the_newest_is_kept() -> None:
    device = Device()
    device.has_reader.clear()
    out = output.Output(io.TextIOWrapper(io.BytesIO(), encoding="ascii"), device)
    out.may_forget = True
    for number in range(1000):
        out.write(f"{number:0999}\n")
    device.has_reader.set()
    out.drain(PATIENCE_S)
    lines = device.data.split()
    device.is_gone = True
    out.write("ends its thread")
    assert 100 < len(lines) < 300
    assert int(lines[-1]) == 999


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.long),
        pytest.param(signal.SIGHUP, marks=pytest.mark.long),
    ],
)
def test_parent_that_does_not_read_delays_nothing(cli: Cli, number: signal.Signals) -> None:
    read, write = full_pipe()
    process = cli.start(*RECORD, streams=(write, write))
    wait_until_it_records(cli, process)
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 0
    os.close(read)
    os.close(write)
    assert cli.verify()["exit_code"] == 0


def test_parent_that_does_not_read_holds_no_captures(cli: Cli) -> None:
    read, write = full_pipe()
    options = ("-n", "5", "--samples", "100", "-o", "data.hdf5")
    process = cli.start("capture", "--simulate", *options, streams=(write, write))
    assert process.wait(PATIENCE_S) == 0
    os.close(read)
    os.close(write)
    assert cli.verify()["exit_code"] == 0


@pytest.mark.parametrize(
    "command", [("export", "data.hdf5", "out.csv"), ("events", "data.hdf5", "-o", "out.csv")]
)
def test_who_waits_for_a_reader_can_be_ended(cli: Cli, command: tuple[str, ...]) -> None:
    write_recording(cli.folder / "data.hdf5", noise(1000))
    read, write = full_pipe()
    process = cli.start(*command, streams=(write, write))
    while not (cli.folder / "out.csv").exists():
        assert process.poll() is None
        time.sleep(0.01)
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        process.send_signal(
            signal.SIGTERM
        )  # the first one may come while the file is still being written
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGTERM
    os.close(read)
    os.close(write)


def test_disk_full_under_the_output_is_nothing_to_the_recording(cli: Cli) -> None:
    with Path("/dev/full").open("wb") as full:
        descriptor = full.fileno()
        process = cli.start(*RECORD, "--samples", "10000", streams=(descriptor, descriptor))
        assert process.wait(PATIENCE_S) == 0
    assert cli.verify()["exit_code"] == 0


def test_result_that_does_not_fit_the_disk_is_told(cli: Cli) -> None:
    cli.record("-s", "1", "--samples", "1000")
    with Path("/dev/full").open("wb") as full:
        process = cli.start("info", "data.hdf5", streams=(full.fileno(), None))
        text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert text.strip() == ("Error: The output cannot be written (No space left on device).")


def test_reader_that_leaves_is_nothing_to_the_recording(cli: Cli) -> None:
    read, write = os.pipe()
    os.close(read)
    process = cli.start(*RECORD, "--samples", "10000", streams=(write, None))
    os.close(write)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, text
    assert cli.verify()["exit_code"] == 0


CLOSED = " ".join(["exec", sys.executable, "-c", '"$0"', '"$@"', ">&-", "2>&-", "<&-"])


def test_no_file_gets_a_descriptor_that_libraries_print_to() -> None:
    code = (
        "import os\n"
        "from picostream_pymeasure.cli import output\n"
        "output.install()\n"
        "os._exit(os.open(os.devnull, os.O_RDONLY))"
    )
    assert subprocess.run(["sh", "-c", CLOSED, code], check=False).returncode > 2


def test_closed_descriptors_do_not_become_the_recording(cli: Cli) -> None:
    code = "from picostream_pymeasure.cli import main; main()"
    done = subprocess.run(
        ["sh", "-c", CLOSED, code, *RECORD, "--samples", "10000"],
        cwd=cli.folder,
        env=cli.environment("variant=5444D"),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0
    assert cli.verify()["exit_code"] == 0


@pytest.mark.parametrize("name", ["a[red]b.hdf5", "[bold].hdf5", "x:smile:.hdf5"])
def test_file_name_is_printed_as_it_is(cli: Cli, name: str) -> None:
    code, text = cli.run("--simulate", "-s", "1", "--samples", "1000", "-o", name)
    assert code == 0
    assert f"→ {name}" in text
    assert f"File: {name}" in text


def test_file_name_of_no_encoding_is_recorded_to(cli: Cli) -> None:
    name = os.fsdecode(b"\xff.hdf5")
    code, text = cli.run("--simulate", "-s", "1", "--samples", "1000", "-o", name)
    assert code == 0
    assert "?.hdf5" in text


@pytest.mark.parametrize("columns", ["0", "1", "wide"])
def test_terminal_of_any_width(cli: Cli, columns: str) -> None:
    terminal = {"COLUMNS": columns, "FORCE_COLOR": "1", "TERM": "xterm"}
    environment = {**cli.environment("variant=5444D"), **terminal}
    process = prepared_program.start(*RECORD, "--samples", "10000", cwd=cli.folder, env=environment)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, text
    assert "Verified:" in text


def test_hang_up_that_the_parent_ignores_is_ignored(cli: Cli) -> None:
    command = f'trap \'\' HUP; exec {sys.executable} -c "$0" "$@"'
    code = "from picostream_pymeasure.cli import main; main()"
    with subprocess.Popen(
        ["sh", "-c", command, code, *RECORD, "--samples", "2000000"],
        cwd=cli.folder,
        env=cli.environment("variant=5444D"),
        stdout=subprocess.DEVNULL,
    ) as process:
        wait_until_it_records(cli, process)
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE_S) == 0
    with h5py.File(cli.folder / "data.hdf5") as file:
        assert file.attrs["total_samples"] == 2_000_000


@pytest.mark.parametrize("command", [RECORD, ("info", "--report", "--simulate")])
def test_folder_that_is_gone_is_no_bug(cli: Cli, command: tuple[str, ...]) -> None:
    gone = cli.folder / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir ../gone; exec "$0" "$@"', *COMMAND, *command],
        cwd=gone,
        env=cli.environment("variant=5444D"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The folder in which it was started is gone; go to another one.\n"
    )


def test_bug_is_told_as_such_in_a_sentence(cli: Cli) -> None:
    broken = (
        "from picostream_pymeasure.cli import group, main\n"
        "group.picostream.commands['info'].callback = lambda **options: 1 / 0\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "info"], capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "a fault of picostream" in done.stderr
    assert "Traceback" not in done.stderr
