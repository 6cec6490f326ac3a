"""Loading the vendor's library through picosdk.

``picosdk.ps5000a`` looks for the library once, at its import, with ``find_library``, which needs
binutils and knows neither the vendor's folders nor a path set after the start. So the library is
looked for here, each candidate is tried, and picosdk is told the first that is one.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, SdkNotFoundError, shown
from ..system import sdk

#: Environment variable that describes other simulated scopes, to rehearse models and faults.
SIMULATED_SCOPES_VARIABLE = "PICOSTREAM_SIMULATED_SCOPE"

#: One thread at a time: while it is imported, picosdk's own search is replaced.
_importing = threading.Lock()

log = logging.getLogger(__name__)

#: What was looked at in the latest search → ``"loaded"``, or why it could not be.
libraries_tried: dict[str, str] = {}

_SIMULATE = (
    "Without hardware, use the simulated scope: choose it in the window, add --simulate, or in "
    "Python simulated=True."
)


def load_library(*, simulated: bool | str = False) -> Any:
    """Load ``ps5000a`` and return picosdk's wrapper object, real or simulated.

    :param simulated: the simulated scopes; a text describes others than usual, in the form of
        :data:`SIMULATED_SCOPES_VARIABLE`, such as ``"variant=5444D,A=generator"``.
    :raises ConfigurationError: it is something else.
    :raises SdkNotFoundError: says what to install on this system.
    """
    is_empty = isinstance(simulated, str) and not simulated.strip()
    if is_empty or not isinstance(simulated, bool | str):
        raise ConfigurationError(
            f"simulated is True, False, or a text that describes a scope, not {shown(simulated)}."
        )
    if simulated:
        from ..simulated import load_simulated, scopes_from_text

        described = simulated if isinstance(simulated, str) else None
        text = described or os.environ.get(SIMULATED_SCOPES_VARIABLE)
        return load_simulated(scopes_from_text(text) if text else None)
    with _importing:
        return _import_wrapper().ps5000a


def _import_wrapper() -> Any:
    if (module := sys.modules.get("picosdk.ps5000a")) is not None:
        return module
    from picosdk import library

    libraries_tried.clear()
    system_search = library.find_library
    try:
        for path in _candidates(system_search):
            library.find_library = lambda name, path=path: path
            if (module := _import_with(path)) is not None:
                return module
    finally:
        library.find_library = system_search
    raise SdkNotFoundError(_not_loaded())


def _import_with(path: str) -> Any:
    """Let picosdk load a library; None when it is none, and the reason is noted."""
    log.debug("Looking at %s", path)
    for companion in sdk.companions(Path(path)):
        with suppress(OSError):  # the driver itself tells whether it is missed
            ctypes.CDLL(str(companion), ctypes.RTLD_GLOBAL)
    try:
        module = importlib.import_module("picosdk.ps5000a")
    except OSError as error:
        libraries_tried[path] = sdk.why_not_loaded(path, error.__context__ or error)
    except AttributeError as error:
        libraries_tried[path] = f"it is too old ({str(error).removeprefix(f'{path}: ')})"
    else:
        libraries_tried[path] = "loaded"
        return module
    return None


def _candidates(system_search: Any) -> Iterator[str]:
    yield from map(str, sdk.on_library_path())
    if known := system_search("ps5000a"):
        yield known
    yield from map(str, sdk.where_installed())


def _not_loaded() -> str:
    if not libraries_tried:
        what = "is not installed."
    else:
        reasons = "; ".join(f"{path}: {reason}" for path, reason in libraries_tried.items())
        what = f"cannot be loaded ({reasons})."
    return f"The PicoSDK library ps5000a {what} {sdk.HOW_TO_INSTALL} {_SIMULATE}"
