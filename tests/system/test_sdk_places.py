"""Where libraries are looked for, and what is said of scopes that may not be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from picostream_pymeasure.system import sdk

MAC = ("Applications/PicoScope 7*.app/Contents/Resources",)


@pytest.mark.parametrize(
    "name", ["PicoScope 7 T&M", "PicoScope 7 T&M Early Access", "PicoScope 7 T&M Stable"]
)
def test_applications_of_every_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "Applications" / f"{name}.app" / "Contents" / "Resources"
    folder.mkdir(parents=True)
    (folder / "libps5000a.dylib").write_text("")
    assert sdk.in_folders(tmp_path, MAC, ("libps5000a.dylib",)) == [folder / "libps5000a.dylib"]


def test_companions_in_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "_COMPANIONS", ("libpicoipp*.dylib",))
    for name in ("libps5000a", "libpicoipp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.dylib").write_text("")
    (tmp_path / "libpicoipp" / "libpicoipp.la").write_text("")
    found = sdk.companions(tmp_path / "libps5000a" / "libps5000a.dylib")
    assert found == [tmp_path / "libpicoipp" / "libpicoipp.dylib"]


@pytest.mark.parametrize(
    "text",
    [
        "dlopen(x): mach-o file, but is an incompatible architecture (have 'arm64', need 'x86_64')",
        "x: wrong ELF class: ELFCLASS32",
    ],
)
def test_another_processor(text: str) -> None:
    assert sdk.is_other_processor(OSError(text))
    assert not sdk.is_other_processor(OSError("no such file"))


def test_scope_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device, nodes = tmp_path / "devices" / "1-2", tmp_path / "nodes"
    device.mkdir(parents=True)
    (nodes / "001").mkdir(parents=True)
    (nodes / "001" / "007").write_text("")
    for name, value in (("idVendor", "0ce9"), ("busnum", "1"), ("devnum", "7")):
        (device / name).write_text(f"{value}\n")
    assert sdk.usb_hint(tmp_path / "devices", nodes) == ""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "udev" in sdk.usb_hint(tmp_path / "devices", nodes)
    (device / "idVendor").write_text("1234")
    assert sdk.usb_hint(tmp_path / "devices", nodes) == ""
