"""``picostream capture`` as its users type it, right and wrong."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Any

import h5py
import pytest
from click.testing import CliRunner

from picostream_pymeasure import PicoStreamReader, verify
from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.storage import describe_file
from tests.support.command_line import Command

#: Ten captures of a sine of 1 kHz.
PULSES = ("-n", "10", "--samples", "500", "-r", "2", "--trigger", "A:0.5V", "--timeout", "60s")


@pytest.fixture
def capture(command: Command) -> Command:
    """Capture with a simulated scope."""

    def run(*arguments: str, **options: str) -> tuple[int, str]:
        code, text = command("capture", "--simulate", *arguments, **options)
        assert "unexpected" not in text
        return code, text

    return run


def test_captures_verifies_and_says_so(capture: Command, tmp_path: Path) -> None:
    code, text = capture(*PULSES, "--pre-trigger", "0.1us", "-o", "a.hdf5")
    assert code == 0, text
    assert "10 of 10" in text
    assert "or less, from a capture's end to the next trigger" in text
    assert "All 10 captures are what the simulated scope captured" in text
    assert verify(tmp_path / "a.hdf5").exit_code == 0
    described = CliRunner().invoke(picostream, ["info", str(tmp_path / "a.hdf5")]).output
    assert re.search(r"^metadata: +command picostream ", described, re.MULTILINE), described


def test_the_times_of_a_trigger_are_those_that_were_typed(capture: Command) -> None:
    times = ("--pre-trigger", "0.1us", "--auto-trigger", "2")  # ms
    assert capture(*PULSES, *times, "-o", "a.hdf5")[0] == 0
    trigger = describe_file("a.hdf5")["trigger"]
    assert (trigger["pre_trigger_s"], trigger["auto_trigger_s"]) == (1e-7, 0.002)


def test_captures_that_are_shorter_than_a_file_claims(capture: Command) -> None:
    assert capture(*PULSES, "-o", "a.hdf5")[0] == 0
    with h5py.File("a.hdf5", "r+") as file:
        file.attrs["capture_samples"] = 700
    report = verify("a.hdf5")
    assert report.exit_code == 1
    assert "claims 700 samples in each capture" in report.errors[0]


def test_without_a_capture_nothing_is_replaced(capture: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    path.write_text("precious")
    never = ("--samples", "9", "-c", "A:2V", "--trigger", "A:1.99V", "--timeout", "0.1s")
    code, text = capture(*never, "-o", "a.hdf5", "--force")
    assert (code, "Nothing was recorded" in text) == (1, True), text
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--samples", "10", "--samples", "20"), "--samples is given more than once"),
        (("--samples", "1", "-s", "0.01S/s", "-b", "12"), "use 0.015 S/s up to"),
        (("--length", "3700d", "-s", "0.03S/s"), "more than 0 s and at most 10 years"),
        (("--samples", "10", "-s", "2000"), "up to 1000 MS/s"),
        (("--samples", "10", "-s", "1000", "-c", "A", "-c", "B"), "up to 500 MS/s"),
        (("--samples", "10", "-s", "-1"), "up to 1000 MS/s"),
        (("--samples", "10", "-b", "11"), "8, 12, 14, 15 or 16"),
        (
            ("--samples", "10", "-b", "16", *["-c", "A", "-c", "B", "-c", "C", "-c", "D"]),
            "at most 1 channel",
        ),
        ((), "how long a capture is"),
        (("--samples", "10", "--length", "1us"), "how long a capture is"),
        (("--samples", "0"), "1 to 2147483647 samples"),
        (("--length", "0"), "time of a capture must be more than 0 s"),
        (("--length", "5m"), "5 ms or 5 min"),
        (("--samples", "2147483647"), "does not fit"),
        (("--samples", "10", "-n", "0"), "number of captures must be 1 to 253952"),
        (("--samples", "10", "-n", "300000"), "number of captures must be 1 to 253952"),
        (("--samples", "10", "--trigger", "B:0.5V"), "trigger watches B"),
        (("--samples", "10", "--trigger", "A:30V"), "-20 V to 20 V"),
        (("--samples", "10", "--trigger", ""), "'' is not a trigger"),
        (("--samples", "10", "--trigger", "A:1V", "--pre-trigger", "1s"), "leave nothing"),
        (("--samples", "10", "--pre-trigger", "1us"), "need --trigger"),
        ((), "Say how long a capture is, by --length or by --samples, and not by both."),
        (
            ("--samples", "10", "-c", "A,B"),
            "There is no channel 'A,B'; use one of",
        ),
        (("--samples", "10", "--timeout", "soon"), "soon"),
        (("--samples", "10", "--timeout", "-1s"), "time-out"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_and_nothing_is_made(
    capture: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    code, text = capture(*arguments, "-o", "a.hdf5")
    assert code == 2, text
    assert says in text
    assert not list(tmp_path.iterdir())


def test_channels_that_usb_power_does_not_feed(capture: Command, tmp_path: Path) -> None:
    code, text = capture("--samples", "10", "-c", "C", "-o", "a.hdf5", scope="power=usb,paced=no")
    assert code == 2, text
    assert "USB" in text
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_kept(capture: Command, tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").write_text("mine")
    code, text = capture(*PULSES, "-o", "a.hdf5")
    assert code == 2
    assert "exists" in text
    assert (tmp_path / "a.hdf5").read_text() == "mine"


def test_captures_with_fewer_samples_than_asked_for_are_counted(
    capture: Command, tmp_path: Path
) -> None:
    scope = "paced=no,max_segments=4,fewer_samples_at=get_values:2:7*"
    code, text = capture(*PULSES, "-o", "a.hdf5", scope=scope)
    short = "6 captures with fewer samples than asked for, at least 493 of 500"
    assert code == 3, text
    assert f"Short: {short}" in text
    described = describe_file(tmp_path / "a.hdf5")
    assert short in described["reason"]
    assert described["status"] == "incomplete"
    captures = described["captures"]
    names = ("count", "samples_each", "short_captures", "fewest_samples")
    assert tuple(captures[name] for name in names) == (10, 500, 6, 493)


def test_a_scope_that_hands_over_no_samples_is_no_success(capture: Command, tmp_path: Path) -> None:
    scope = "paced=no,fewer_samples_at=get_values:1:500*"
    code, text = capture(*PULSES, "-o", "a.hdf5", scope=scope)
    assert code == 1, text
    assert "handed over no samples" in text
    assert not list(tmp_path.iterdir())


def test_what_hinders_the_removal_of_an_empty_file_does_not_hide_the_cause(
    capture: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **options: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    code, text = capture(
        *PULSES, "-o", "a.hdf5", scope="paced=no,fewer_samples_at=get_values:1:500*"
    )
    assert code == 1, text
    assert "handed over no samples" in text


def test_a_timeout_without_a_capture_fails(capture: Command, tmp_path: Path) -> None:
    arguments = ("--samples", "10", "--trigger", "A:15V", "--timeout", "0.2s", "-o", "a.hdf5")
    code, text = capture(*arguments, scope="variant=5444D")
    assert code == 1, text
    assert "Nothing was recorded. Ended by: timeout, 0 of 1 captures." in " ".join(text.split())
    assert "If the trigger did not come, choose another level" in " ".join(text.split())
    assert "a.hdf5" not in text, "that file is gone"
    assert not list(tmp_path.iterdir())


def test_an_unplugged_scope_is_told_and_captures_are_kept(capture: Command, tmp_path: Path) -> None:
    scope = "paced=no,max_segments=4,unplug_at=armed:2:0"
    code, text = capture(*PULSES, "-o", "a.hdf5", scope=scope)
    assert code == 1, text
    assert "a.hdf5" in text
    with PicoStreamReader(tmp_path / "a.hdf5") as reader:
        assert len(reader.captures) == 4


def test_a_power_change_costs_captures_and_that_is_said(capture: Command) -> None:
    scope = "paced=no,max_segments=4,power_change_at=get_values:2"
    code, text = capture(*PULSES, "-o", "a.hdf5", scope=scope)
    assert code == 3, text
    assert "10 of 10" in text
    assert "Lost: Up to 4 captures" in text


def test_captures_before_a_failure_are_kept_and_it_is_said_what_to_do(
    capture: Command, tmp_path: Path
) -> None:
    scope = "paced=no,max_segments=4,unplug_at=armed:2"
    code, text = capture(*PULSES, "-o", "a.hdf5", scope=scope)
    assert code == 1, text
    assert "The captures complete by then are in" in text
    assert f"picostream verify {tmp_path / 'a.hdf5'} says whether it must be repaired" in text
    assert describe_file(tmp_path / "a.hdf5")["captures"]["count"] == 4
