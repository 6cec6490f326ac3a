"""Gap-free streaming from PicoScope 5000A oscilloscopes into HDF5, as a PyMeasure plugin.

Everything public can be imported from here; it is loaded when it is first used, so that importing
the package loads neither Qt nor numba nor the driver.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .config import (
        AdvancedTriggerConfig,
        Bandwidth,
        ChannelConfig,
        Coupling,
        DigitalPortConfig,
        Direction,
        DownsampleMode,
        GeneratorConfig,
        PulseWidth,
        PulseWidthKind,
        StreamConfig,
        TriggerConfig,
        TriggerDirection,
        TriggerInput,
    )
    from .dfplot import HDF5LivePlotter
    from .driver.loading import load_library
    from .driver.unit import Unit, list_serials
    from .errors import PicoStreamError
    from .instrument import Capture, PicoScope5000A, PicoScopeAdapter
    from .reader import PicoStreamReader
    from .storage import Recorder, describe_file, verify
    from .streaming.session import SessionState, StreamSession

_PUBLIC = {
    "AdvancedTriggerConfig": "config",
    "Bandwidth": "config",
    "Capture": "instrument",
    "ChannelConfig": "config",
    "Coupling": "config",
    "DigitalPortConfig": "config",
    "Direction": "config",
    "DownsampleMode": "config",
    "GeneratorConfig": "config",
    "HDF5LivePlotter": "dfplot",
    "PicoScope5000A": "instrument",
    "PicoScopeAdapter": "instrument",
    "PicoStreamError": "errors",
    "PicoStreamReader": "reader",
    "PulseWidth": "config",
    "PulseWidthKind": "config",
    "Recorder": "storage",
    "SessionState": "streaming.session",
    "StreamConfig": "config",
    "StreamSession": "streaming.session",
    "TriggerConfig": "config",
    "TriggerDirection": "config",
    "TriggerInput": "config",
    "Unit": "driver.unit",
    "describe_file": "storage",
    "list_serials": "driver.unit",
    "load_library": "driver.loading",
    "verify": "storage",
}

__all__ = [
    "AdvancedTriggerConfig",
    "Bandwidth",
    "Capture",
    "ChannelConfig",
    "Coupling",
    "DigitalPortConfig",
    "Direction",
    "DownsampleMode",
    "GeneratorConfig",
    "HDF5LivePlotter",
    "PicoScope5000A",
    "PicoScopeAdapter",
    "PicoStreamError",
    "PicoStreamReader",
    "PulseWidth",
    "PulseWidthKind",
    "Recorder",
    "SessionState",
    "StreamConfig",
    "StreamSession",
    "TriggerConfig",
    "TriggerDirection",
    "TriggerInput",
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
