"""Where the vendor's installers and the system put the ``ps5000a`` library.

Only the Linux places have been tried; the others are those of the vendor's installers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from platform import machine

if sys.platform == "win32":
    _PATTERNS: tuple[str, ...] = ("ps5000a.dll",)
    _PATH_VARIABLE = "PATH"
    _ROOT = Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "Pico Technology"
    _VENDOR_FOLDERS: tuple[str, ...] = ("SDK/lib", "PicoScope 7*", "PicoScope6")
    _COMPANIONS: tuple[str, ...] = ()  # the system looks beside the library itself
    HOW_TO_INSTALL = (
        "On Windows install the 64-bit PicoSDK or PicoScope 7 from picotech.com/downloads."
    )
elif sys.platform == "darwin":
    _PATTERNS = ("libps5000a.dylib", "libps5000a.[0-9].dylib")
    _PATH_VARIABLE = "DYLD_LIBRARY_PATH"
    _ROOT = Path("/")
    _VENDOR_FOLDERS = (
        "Library/Frameworks/PicoSDK.framework/Libraries/libps5000a",
        "Applications/PicoScope 7*.app/Contents/Resources",
        "Applications/PicoScope 7*.app/Contents/Resources/lib",
        "Applications/PicoScope 7*.app/Contents/Resources/libps5000a",
    )
    _COMPANIONS = ("libiomp5*.dylib", "libpicoipp*.dylib")
    HOW_TO_INSTALL = "On macOS install PicoSDK or PicoScope 7 from picotech.com/downloads."
else:
    _PATTERNS = ("libps5000a.so", "libps5000a.so.[0-9]")
    _PATH_VARIABLE = "LD_LIBRARY_PATH"
    _ROOT = Path("/")
    _VENDOR_FOLDERS = ("opt/picoscope/lib",)
    _COMPANIONS = ("libiomp5.so*", "libpicoipp.so*")
    HOW_TO_INSTALL = (
        "On Linux add the vendor's package repository as picotech.com/downloads/linux "
        "describes and install the package libps5000a."
    )


#: ERROR_BAD_EXE_FORMAT.
_BAD_IMAGE = 193

#: What other systems say of a file that is none of their libraries.
_REFUSALS = (
    *("incompatible architecture", "wrong architecture", "not a mach-o file"),
    *("wrong ELF class", "invalid ELF header", "file too short", "not little-endian"),
)
_MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


def on_library_path() -> list[Path]:
    """List the libraries in the folders of the user's library path variable."""
    folders = filter(None, os.environ.get(_PATH_VARIABLE, "").split(os.pathsep))
    return [path for folder in folders for path in _in(Path(folder), _PATTERNS)]


def where_installed() -> list[Path]:
    """List the libraries where the vendor's installers put them."""
    return in_folders(_ROOT, _VENDOR_FOLDERS, _PATTERNS)


def in_folders(root: Path, folders: tuple[str, ...], patterns: tuple[str, ...]) -> list[Path]:
    """List files by patterns of folders below a root, and of their names."""
    found = [folder for pattern in folders for folder in sorted(root.glob(pattern))]
    return [path for folder in found for path in _in(folder, patterns)]


def companions(library: Path) -> list[Path]:
    """List what must be loaded before the driver and is not on the system's path.

    It is beside the driver, or each library is in a folder of its own.
    """
    beside = _in(library.parent, _COMPANIONS)
    return beside or in_folders(library.parent.parent, ("lib*",), _COMPANIONS)


def _in(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(folder.glob(pattern))]


def why_not_loaded(path: str, error: BaseException) -> str:
    """Say what keeps a library from being loaded: what the system says, where that is true."""
    text = str(error)
    names_itself = text.startswith(path) and Path(path).is_file()
    text = text.removeprefix(f"{path}: ")
    # Linux does not find what is there but made for another processor
    is_passed_over = names_itself and "No such file" in text
    is_bad = getattr(error, "winerror", None) == _BAD_IMAGE
    if is_passed_over or is_bad or any(sign in text for sign in _REFUSALS):
        if not _is_program(path):
            return "it is no library"
        bits = 64 if sys.maxsize > 2**32 else 32
        return f"it is made for another processor than this Python ({bits} bit, {machine()})"
    return text


def _is_program(path: str) -> bool:
    """Whether a file begins as libraries do on Linux, Windows or macOS, as far as it is told."""
    try:
        with Path(path).open("rb") as file:
            return file.read(4).startswith(_MAGIC)
    except OSError:  # a name alone, which only the system knows the place of
        return True


def usb_hint(
    devices: Path = Path("/sys/bus/usb/devices"), nodes: Path = Path("/dev/bus/usb")
) -> str:
    """Say on Linux that a scope is connected and this user may not open it; else be empty."""
    for vendor in devices.glob("*/idVendor"):
        try:
            if vendor.read_text().strip().lower() != "0ce9":  # Pico Technology
                continue
            bus, device = (int((vendor.parent / name).read_text()) for name in ("busnum", "devnum"))
        except (OSError, ValueError):
            continue
        node = nodes / f"{bus:03d}" / f"{device:03d}"
        if not os.access(node, os.R_OK | os.W_OK):
            return (
                f" A device of Pico Technology is connected, but this user may not open {node}: "
                "install the vendor's udev rules (they come with the package libps5000a) and plug "
                "it in again."
            )
    return ""
