"""Where libraries are looked for, and what is said of scopes that may not be opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from picostream_pymeasure.system import sdk

RESOURCES = "Contents/Resources"


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("darwin", f"Applications/PicoScope 7 T&M.app/{RESOURCES}/libps5000a.dylib"),
        (
            "darwin",
            f"Applications/PicoScope 7 T&M Early Access.app/{RESOURCES}/lib/libps5000a.dylib",
        ),
        (
            "darwin",
            f"Applications/PicoScope 7 T&M Stable.app/{RESOURCES}/libps5000a/libps5000a.2.dylib",
        ),
        ("darwin", "Library/Frameworks/PicoSDK.framework/Libraries/libps5000a/libps5000a.dylib"),
        ("win32", "SDK/lib/ps5000a.dll"),
        ("win32", "PicoScope 7 T&M Stable/ps5000a.dll"),
        ("win32", "PicoScope6/ps5000a.dll"),
        ("linux", "opt/picoscope/lib/libps5000a.so"),
        ("linux", "opt/picoscope/lib/libps5000a.so.2"),
    ],
)
def test_where_the_vendor_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    there: Any = ModuleType("sdk")
    exec(compile(Path(sdk.__file__).read_text(), sdk.__file__, "exec"), vars(there))
    monkeypatch.setattr(there, "_ROOT", tmp_path)
    assert there.where_installed() == []
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.touch()
    assert there.where_installed() == [path]


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


ELF, DOS, MACH = b"\x7fELF", b"MZ\x90\0", b"\xcf\xfa\xed\xfe"

ANOTHER, NONE = "it is made for another processor than this Python", "it is no library"


@pytest.mark.parametrize(
    ("content", "text", "reason"),
    [
        (MACH, "dlopen(x): mach-o file, but is an incompatible architecture (have 'a')", ANOTHER),
        (b"text", "dlopen({0}, 0x6): tried: '{0}' (not a mach-o file)", NONE),
        (ELF, "{0}: wrong ELF class: ELFCLASS32", ANOTHER),
        (ELF, "{0}: cannot open shared object file: No such file or directory", ANOTHER),
        (b"text", "{0}: invalid ELF header", NONE),
        (b"", "{0}: file too short", NONE),
        (ELF, "libipp.so: cannot open shared object file: No such file or directory", "libipp.so:"),
        (ELF, "{0}: undefined symbol: ippInit", "undefined symbol: ippInit"),
    ],
)
def test_why_a_library_is_not_loaded(
    tmp_path: Path, content: bytes, text: str, reason: str
) -> None:
    path = tmp_path / "libps5000a.so"
    path.write_bytes(content)
    assert sdk.why_not_loaded(str(path), OSError(text.format(path))).startswith(reason)


@pytest.mark.parametrize(("content", "reason"), [(DOS, ANOTHER), (b"text", NONE)])
def test_windows_has_one_number_for_both(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "ps5000a.dll"
    path.write_bytes(content)
    error = OSError("%1 ist keine zulässige Win32-Anwendung")
    error.winerror = 193  # type: ignore[attr-defined]
    assert sdk.why_not_loaded(str(path), error).startswith(reason)


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
