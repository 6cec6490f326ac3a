"""``picostream info --report``: one text for a bug report, without anybody's folders or names."""

from __future__ import annotations

import locale
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import metadata
from typing import Any

import click

from ..errors import PicoStreamError, SdkNotFoundError
from ..system.memory import free_memory
from .exit_codes import COMPLETE
from .preparing import telling_that_it_compiles

_PACKAGES = (
    "picostream-pymeasure",
    "picosdk",
    "numpy",
    "numba",
    "llvmlite",
    "h5py",
    "pymeasure",
    "pyqtgraph",
    "PyQt5",
    "PyQt6",
    "PySide6",
    "pandas",
    "rich",
    "click",
)


def show_report(simulate: bool) -> int:
    """Print the report; what cannot be found out is said in its place."""
    parts: dict[str, Callable[[], Iterator[tuple[str, Any]]]] = {
        "Program": _program,
        "System": _system,
        "Library": lambda: _library(simulate),
        "Scopes": lambda: _scopes(simulate),
        "Latest driver calls": _calls,
    }
    for title, part in parts.items():
        click.echo(f"## {title}")
        try:
            for name, value in part():
                click.echo(_without_names(f"{name}: {value}"))
        except SdkNotFoundError as error:
            click.echo(_without_names(str(error)))
            break  # what follows needs the library
        except (PicoStreamError, OSError) as error:
            click.echo(_without_names(str(error)))
        click.echo()
    return COMPLETE


def _program() -> Iterator[tuple[str, Any]]:
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "standalone program", getattr(sys, "frozen", False)
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            yield name, metadata.version(name)
    import h5py

    yield "HDF5", h5py.version.hdf5_version


def _system() -> Iterator[tuple[str, Any]]:
    yield "system", platform.platform()
    yield "processor", f"{platform.machine()}, {os.cpu_count()} logical"
    yield "memory", free_memory()
    yield "encodings", f"{sys.stdout.encoding}, files {sys.getfilesystemencoding()}"
    yield "locale", locale.setlocale(locale.LC_CTYPE)


def _library(simulate: bool) -> Iterator[tuple[str, Any]]:
    from ..driver import libraries_tried, load_library

    if simulate:
        yield "ps5000a", "simulated"
        return
    try:
        load_library()
    finally:
        yield from libraries_tried.items()


def _scopes(simulate: bool) -> Iterator[tuple[str, Any]]:
    from ..driver import Unit, list_serials, load_library

    with telling_that_it_compiles(simulate):
        library = load_library(simulated=simulate)
        serials = list_serials(library)
        yield "connected and free", len(serials)
        for serial in serials:
            with Unit.open(library, serial) as unit:
                yield from unit.info.items()
                yield "power", unit.read_power().name


def _calls() -> Iterator[tuple[str, Any]]:
    from ..driver import latest_calls

    for function, status, duration_ms in latest_calls:
        yield function, f"{status}, {duration_ms:.3f} ms"


def _without_names(line: str) -> str:
    """Leave out where the user's own folders are, and with them his name.

    A library's own messages may have them without links, and on Windows in other letters.
    """
    own = [os.curdir, os.path.expanduser("~")]  # noqa: PTH111 - never raises
    case = re.IGNORECASE if sys.platform == "win32" else 0
    for folder in sorted({*map(os.path.abspath, own), *map(os.path.realpath, own)}, key=len)[::-1]:
        if folder != os.path.dirname(folder):  # noqa: PTH120
            line = re.sub(re.escape(folder), "~", line, flags=case)
    return line
