"""The command line as its users run it: as a process."""

from __future__ import annotations

import json
import signal
import time

import h5py
import pytest

from tests.support.command_line import Cli
from tests.support.patience import PATIENCE_S


def test_records_verifies_and_says_so(cli: Cli) -> None:
    code, text = cli.record("-s", "5", "--duration", "1.5", "-c", "A:2V", "-c", "B:5V:AC")
    assert code == 0
    assert "Lost: no loss seen (would have shown above" in text
    assert "samples per channel are what the simulated scope delivered" in text
    report = cli.verify()
    assert report["exit_code"] == 0
    assert report["proven_samples"] == report["samples"] > 0
    # 30 ms, or two deliveries, and a call; the interval is 208 ns
    assert 30e6 / 208 <= report["smallest_visible_loss"] < 2.5e6
    assert report["rate_accuracy_ppm"] > 0
    assert "driver does not report is seen from" in text.split("Verified")[1]
    told = json.loads(cli.run("info", "data.hdf5", "--json")[1])
    assert told["smallest_visible_loss"] == report["smallest_visible_loss"]
    assert told["rate_deviation_ppm"] == report["rate_deviation_ppm"]
    accuracy = cli.run("info", "data.hdf5")[1].split("rate accuracy:")[1].split()[0]
    assert len(accuracy.replace(".", "").strip("0")) <= 3, "no more digits than it is known to"
    with h5py.File(cli.folder / "data.hdf5") as file:
        assert file["channels/B"].attrs["coupling"] == "AC"
        assert file["channels/A"].attrs["voltage_range_v"] == 2.0
        assert file.attrs["status"] == b"complete"
        assert "picostream" in json.loads(file.attrs["metadata"])["command"]


def test_output_is_named_after_the_time_when_none_is_given(cli: Cli) -> None:
    code, text = cli.run("--simulate", "-s", "1", "--samples", "1000")
    assert code == 0
    (name,) = cli.files
    assert name.startswith("picostream_20")
    assert name in text


def test_existing_output_is_kept_unless_forced(cli: Cli) -> None:
    cli.folder.joinpath("data.hdf5").write_text("precious")
    code, text = cli.record("-s", "1", "--samples", "1000")
    assert code == 2
    assert "exists" in text
    assert cli.folder.joinpath("data.hdf5").read_text() == "precious"
    code, _ = cli.record("-s", "1", "--samples", "1000", "--force")
    assert code == 0
    assert cli.verify()["samples"] == 1000


def test_force_replaces_nothing_by_nothing(cli: Cli) -> None:
    cli.folder.joinpath("data.hdf5").write_text("precious")
    code, text = cli.record("-s", "1", "--samples", "1000", "--force", scope="unplug_at=0")
    assert (code, "Nothing was recorded" in text) == (1, True), text
    assert cli.files == ["data.hdf5"]
    assert cli.folder.joinpath("data.hdf5").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--keep", "A:rising", "--keep", "A:falling"], 2, "--keep is given more than once"),
        (["-s", "63"], 2, "up to 62.5 MS/s per channel"),
        (["-s", "fast"], 2, "is not a rate; write for example"),
        (["-r", "3"], 2, "0.01, 0.02"),
        (["-c", "A:2V:offset=3V"], 2, "-2.5 V to 2.5 V"),
        (["-b", "16", "-c", "A", "-c", "B"], 2, "at most 1 channel"),
        (["-b", "11"], 2, "8, 12, 14, 15 or 16"),
        (["--hardware-downsample", "0"], 2, "1 to 2147483647"),
        (["--trigger", "A:9V", "-r", "2"], 2, "-2 V to 2 V"),
        (["--trigger", "", "--samples", "10"], 2, "'' is not a trigger"),
        (["--duration", "1", "--samples", "5"], 2, "not both"),
        (["--pre-trigger", "1ms", "--samples", "10"], 2, "need --trigger"),
        (["--serial", "NOPE"], 1, "connected: SIM44/0001"),
        (["-s", "1", "--duration", "1e7"], 1, "must stay free"),
        (["-s", "62.5", "--duration", "1000h", "--compress"], 1, "must stay free"),
        (["--frobnicate"], 2, "No such option"),
    ],
)
def test_mistake_gets_one_sentence_and_leaves_nothing(
    cli: Cli, arguments: list[str], code: int, says: str
) -> None:
    found, text = cli.record(*arguments)
    assert found == code
    assert says in text
    assert cli.files == []


def test_a_folder_that_is_not_there_is_not_made(cli: Cli) -> None:
    code, text = cli.run("--simulate", "-o", "missing/data.hdf5")
    assert (code, "does not exist" in text, cli.files) == (1, True, []), text


def test_missing_sdk_says_what_to_install(cli: Cli) -> None:
    code, text = cli.run("-s", "1", "--samples", "10")
    assert code == 1
    assert "libps5000a" in text
    assert "--simulate" in text
    assert cli.files == []


@pytest.mark.parametrize(
    ("scope", "arguments", "code", "says"),
    [
        ("unplug_at=2e6", [], 1, "check its USB cable"),
        ("overrun_at=2e6:5000", [], 3, "samples are missing"),
        ("overrun_at=2e6:5000", [], 3, "too slow; a lower rate (-s) helps. Over-range"),
        ("overrun_at=2e6:5000", ["--on-overrun", "stop"], 3, "the recording stops then"),
        ("overrun_at=2e6:5000,overrun_signal=stall", [], 3, "samples are missing"),
        ("streaming_failed_at=2e6", [], 3, "samples are missing"),
        ("power_change_at=2e6", [], 3, "samples are missing"),
        ("power=usb", ["-c", "A", "-c", "B"], 0, "Only A, B can be used because of USB power"),
        ("unplug_at=0", [], 1, "Nothing was recorded. The scope does not answer"),
        ("power=usb", ["-c", "A", "-c", "B"], 0, ": channels A, B, 12 bit, "),
        ("power=usb", ["-c", "B"], 0, ": channel B, 12 bit, "),
        ("variant=5444D", ["-v"], 0, " block: "),
        ("variant=5444D", ["-v"], 0, " variant: 5444D"),
        ("power=usb", ["-c", "C"], 2, "USB power"),
        ("variant=5242D", ["-c", "D"], 2, "its model"),
        ("refuse_open_at=0", [], 1, "does not answer"),
        ("over_range_at=2e6:100000", [], 0, "Over-range: A"),
    ],
)
def test_each_fault_has_its_outcome(
    cli: Cli, scope: str, arguments: list[str], code: int, says: str
) -> None:
    found, text = cli.record("-s", "5", "--samples", "5000000", *arguments, scope=scope)
    assert found == code, text
    assert says in text
    if cli.files:
        report = cli.verify()
        assert report["errors"] == []
        assert report["proven_samples"] == report["samples"] >= 2_000_000
    else:
        assert "Error:" in text


def test_interrupt_at_any_moment_of_the_start(cli: Cli) -> None:
    for delay_s in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
        process = cli.start("--simulate", "-s", "5", "-o", "data.hdf5", "--force")
        time.sleep(delay_s)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=PATIENCE_S)
        # before the program itself begins Python tells of Ctrl+C in its own way
        assert "Traceback" not in text or "_run_and_exit" not in text, text
        if "data.hdf5" in cli.files:
            assert process.returncode == 0, text
            assert cli.verify()["errors"] == []
            (cli.folder / "data.hdf5").unlink()
        else:
            assert process.returncode != 0


def test_info_lists_the_simulated_scopes(cli: Cli) -> None:
    code, text = cli.run("info", "--simulate", "--json", scope="power=usb; variant=5242D")
    assert code == 0
    scopes = json.loads(text)
    assert [scope["variant"] for scope in scopes] == ["5444D", "5242D"]
    assert scopes[0]["usable_channels"] == ["A", "B"]


def test_info_describes_a_recording(cli: Cli) -> None:
    cli.record("-s", "5", "--samples", "50000")
    code, text = cli.run("info", "data.hdf5", "--json")
    assert code == 0
    described = json.loads(text)
    assert described["samples"] == 50_000
    assert list(described)[:4] == ["path", "file_bytes", "damage", "lacks"], "before what it doubts"
    code, text = cli.run("info", "data.hdf5")
    assert code == 0
    for told in (
        "samples: 50000",
        f"duration: {described['duration_s'] * 1e3:g} ms",
        f"sample interval: {described['sample_interval_ns']:g} ns",
        "voltage range 20 V, coupling DC",
    ):
        assert told in text


@pytest.mark.parametrize("command", ["info", "verify"])
def test_file_that_is_no_recording(cli: Cli, command: str) -> None:
    cli.folder.joinpath("notes.txt").write_text("notes")
    for name in ("notes.txt", "missing.hdf5"):
        code, text = cli.run(command, name)
        assert code == 1
        assert text.startswith("Error:") or "Error:" in text


def test_help_names_every_command(cli: Cli) -> None:
    code, text = cli.run("--help")
    assert code == 0
    assert "verify" in text
    assert "info" in text


def test_options_of_picostream_mean_what_they_meant(cli: Cli) -> None:
    code, text = cli.record(
        *("-s", "10", "-b", "12", "-r", "5", "-h", "16", "-m", "aggregate"),
        *("--no-plot", "-w", "0.2", "-n", "400", "--samples", "1000"),
    )
    assert code == 0, text
    with h5py.File(cli.folder / "data.hdf5") as file:
        assert file.attrs["hardware_downsample_ratio"] == 16
        assert file.attrs["downsample_mode"] == "aggregate"
        assert file.attrs["voltage_range_v"] == 5.0


@pytest.mark.parametrize("arguments", [["-h"], ["-h", "--simulate"], ["view", "-h"]])
def test_what_asked_for_help_once_is_no_success(cli: Cli, arguments: list[str]) -> None:
    code, _ = cli.run(*arguments)
    assert code == 2
    assert cli.files == []
