"""Loading the vendor's library through picosdk.

``picosdk.ps5000a`` looks for the library once, at its import, with ``find_library``, which needs
binutils and knows neither the vendor's folders nor a path set after the start. So the library is
looked for here and picosdk is told the full path.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import SdkNotFoundError
from ..system import sdk

#: Environment variable that describes other simulated scopes, to rehearse models and faults.
SIMULATED_SCOPES_VARIABLE = "PICOSTREAM_SIMULATED_SCOPE"

#: One thread at a time: while it is imported, picosdk's own search is replaced.
_importing = threading.Lock()

_SIMULATE = "Without hardware, use the simulated scope (--simulate, or simulated=True)."


def load_library(*, simulated: bool | str = False) -> Any:
    """Load ``ps5000a`` and return picosdk's wrapper object, real or simulated.

    :param simulated: the simulated scopes; a text describes others than usual, in the form of
        :data:`SIMULATED_SCOPES_VARIABLE`, such as ``"variant=5444D,A=generator"``.
    :raises SdkNotFoundError: says what to install on this system.
    """
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

    system_search = library.find_library
    library.find_library = lambda name: _find(name, system_search)
    try:
        return importlib.import_module("picosdk.ps5000a")
    except library.CannotFindPicoSDKError as error:
        raise SdkNotFoundError(
            f"The PicoSDK library ps5000a is not installed. {sdk.HOW_TO_INSTALL} {_SIMULATE}"
        ) from error
    except (library.CannotOpenPicoSDKError, OSError) as error:
        raise SdkNotFoundError(
            f"The PicoSDK library ps5000a cannot be loaded ({error}). "
            f"{sdk.HOW_TO_INSTALL} {_SIMULATE}"
        ) from error
    except AttributeError as error:
        raise SdkNotFoundError(
            f"The installed PicoSDK library ps5000a is too old ({error}). "
            f"{sdk.HOW_TO_INSTALL} {_SIMULATE}"
        ) from error
    finally:
        library.find_library = system_search


def _find(name: str, system_search: Callable[[str], str | None]) -> str | None:
    found = sdk.on_library_path()
    if found is None and (known := system_search(name)):
        return known
    found = found or sdk.where_installed()
    if found is None:
        return None
    return _with_companions(found)


def _with_companions(path: Path) -> str:
    for companion in sdk.companions(path):
        ctypes.CDLL(str(companion), ctypes.RTLD_GLOBAL)
    return str(path)
