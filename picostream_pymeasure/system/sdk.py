"""Where the vendor's installers and the system put the ``ps5000a`` library.

Only the Linux places have been tried; the others are those of the vendor's installers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    _PATTERNS = ("ps5000a.dll",)
    _PATH_VARIABLE = "PATH"
    _PROGRAMS = Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "Pico Technology"
    _VENDOR_FOLDERS = (
        _PROGRAMS / "SDK" / "lib",
        _PROGRAMS / "PicoScope 7 T&M Stable",
        _PROGRAMS / "PicoScope 7 T&M Early Access",
        _PROGRAMS / "PicoScope6",
    )
    HOW_TO_INSTALL = (
        "On Windows install the 64-bit PicoSDK or PicoScope 7 from picotech.com/downloads."
    )
elif sys.platform == "darwin":
    _PATTERNS = ("libps5000a.dylib", "libps5000a.[0-9].dylib")
    _PATH_VARIABLE = "DYLD_LIBRARY_PATH"
    _VENDOR_FOLDERS = (
        Path("/Library/Frameworks/PicoSDK.framework/Libraries/libps5000a"),
        Path("/Applications/PicoScope 7 T&M.app/Contents/Resources"),
        Path("/Applications/PicoScope 7 T&M.app/Contents/Resources/lib"),
    )
    HOW_TO_INSTALL = "On macOS install PicoSDK or PicoScope 7 from picotech.com/downloads."
else:
    _PATTERNS = ("libps5000a.so", "libps5000a.so.[0-9]")
    _PATH_VARIABLE = "LD_LIBRARY_PATH"
    _VENDOR_FOLDERS = (Path("/opt/picoscope/lib"),)
    HOW_TO_INSTALL = (
        "On Linux add the vendor's package repository as picotech.com/downloads/linux "
        "describes and install the package libps5000a."
    )

#: Libraries beside the driver that it needs and that are not on the system's path.
_COMPANIONS = ("libiomp5.*", "libpicoipp.*")


def _first_in(folder: Path) -> Iterator[Path]:
    for pattern in _PATTERNS:
        yield from sorted(folder.glob(pattern))


def on_library_path() -> Path | None:
    """Find the library in the folders of the user's library path variable."""
    folders = filter(None, os.environ.get(_PATH_VARIABLE, "").split(os.pathsep))
    return next((path for folder in folders for path in _first_in(Path(folder))), None)


def where_installed() -> Path | None:
    """Find the library where the vendor's installers put it."""
    return next((path for folder in _VENDOR_FOLDERS for path in _first_in(folder)), None)


def companions(library: Path) -> list[Path]:
    """List the libraries beside the driver that must be loaded before it."""
    return [path for pattern in _COMPANIONS for path in sorted(library.parent.glob(pattern))]
