"""Gap-free streaming from PicoScope 5000A oscilloscopes into HDF5, as a PyMeasure plugin.

Everything public can be imported from here; it is loaded when it is first used, so that importing
the package loads neither Qt nor numba nor the driver.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import (
        Bandwidth,
        ChannelConfig,
        Coupling,
        DownsampleMode,
        StreamConfig,
        TriggerConfig,
        TriggerDirection,
    )
    from .dfplot import HDF5LivePlotter
    from .driver.loading import load_library
    from .driver.unit import Unit, list_serials
    from .errors import PicoStreamError
    from .reader import PicoStreamReader
    from .storage import Recorder, describe_file, verify
    from .streaming.session import SessionState, StreamSession

_PUBLIC = {
    "Bandwidth": "config",
    "ChannelConfig": "config",
    "Coupling": "config",
    "DownsampleMode": "config",
    "HDF5LivePlotter": "dfplot",
    "PicoStreamError": "errors",
    "PicoStreamReader": "reader",
    "Recorder": "storage",
    "SessionState": "streaming.session",
    "StreamConfig": "config",
    "StreamSession": "streaming.session",
    "TriggerConfig": "config",
    "TriggerDirection": "config",
    "Unit": "driver.unit",
    "describe_file": "storage",
    "list_serials": "driver.unit",
    "load_library": "driver.loading",
    "verify": "storage",
}

__all__ = [
    "Bandwidth",
    "ChannelConfig",
    "Coupling",
    "DownsampleMode",
    "HDF5LivePlotter",
    "PicoStreamError",
    "PicoStreamReader",
    "Recorder",
    "SessionState",
    "StreamConfig",
    "StreamSession",
    "TriggerConfig",
    "TriggerDirection",
    "Unit",
    "describe_file",
    "list_serials",
    "load_library",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PUBLIC[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
