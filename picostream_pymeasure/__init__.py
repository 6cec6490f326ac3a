"""Gap-free streaming from PicoScope 5000A oscilloscopes into HDF5, as a PyMeasure plugin.

Everything public can be imported from here; it is loaded when it is first used, so that importing
the package loads neither Qt nor numba nor the driver.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .system import compiled_cache

if TYPE_CHECKING:
    __version__: str

    from .config import (
        AdvancedTriggerConfig,
        Bandwidth,
        ChannelConfig,
        ChannelScale,
        Coupling,
        DigitalPortConfig,
        Direction,
        DownsampleMode,
        EventRule,
        GeneratorConfig,
        GeneratorTrigger,
        GeneratorTriggerSource,
        IndexMode,
        KeepConfig,
        PulseWidth,
        PulseWidthKind,
        StreamConfig,
        Sweep,
        TriggerConfig,
        TriggerDirection,
        TriggerInput,
        Wave,
    )
    from .dfplot import HDF5LivePlotter
    from .display import ExperimentWindow, RecordingTab
    from .driver import Generator, Unit, list_serials, load_library
    from .errors import PicoStreamError
    from .instrument import Capture, PicoScope5000A, PicoScopeAdapter
    from .procedures.streaming import StreamingProcedure
    from .procedures.triggered_capture import TriggeredCapture
    from .reader import PicoStreamReader
    from .storage import Recorder, describe_file, recording_path_for, repair
    from .streaming import SessionState, StreamSession
    from .verification import verify

_PUBLIC = {
    "AdvancedTriggerConfig": "config",
    "Bandwidth": "config",
    "Capture": "instrument",
    "ChannelConfig": "config",
    "ChannelScale": "config",
    "Coupling": "config",
    "DigitalPortConfig": "config",
    "Direction": "config",
    "DownsampleMode": "config",
    "EventRule": "config",
    "ExperimentWindow": "display",
    "Generator": "driver",
    "GeneratorConfig": "config",
    "GeneratorTrigger": "config",
    "GeneratorTriggerSource": "config",
    "HDF5LivePlotter": "dfplot",
    "IndexMode": "config",
    "KeepConfig": "config",
    "PicoScope5000A": "instrument",
    "PicoScopeAdapter": "instrument",
    "PicoStreamError": "errors",
    "PicoStreamReader": "reader",
    "PulseWidth": "config",
    "PulseWidthKind": "config",
    "Recorder": "storage",
    "RecordingTab": "display",
    "SessionState": "streaming",
    "StreamConfig": "config",
    "StreamSession": "streaming",
    "StreamingProcedure": "procedures.streaming",
    "TriggeredCapture": "procedures.triggered_capture",
    "Sweep": "config",
    "TriggerConfig": "config",
    "TriggerDirection": "config",
    "TriggerInput": "config",
    "Unit": "driver",
    "Wave": "config",
    "describe_file": "storage",
    "list_serials": "driver",
    "load_library": "driver",
    "recording_path_for": "storage",
    "repair": "storage",
    "verify": "verification",
}

__all__ = [
    "AdvancedTriggerConfig",
    "Bandwidth",
    "Capture",
    "ChannelConfig",
    "ChannelScale",
    "Coupling",
    "DigitalPortConfig",
    "Direction",
    "DownsampleMode",
    "EventRule",
    "ExperimentWindow",
    "Generator",
    "GeneratorConfig",
    "GeneratorTrigger",
    "GeneratorTriggerSource",
    "HDF5LivePlotter",
    "IndexMode",
    "KeepConfig",
    "PicoScope5000A",
    "PicoScopeAdapter",
    "PicoStreamError",
    "PicoStreamReader",
    "PulseWidth",
    "PulseWidthKind",
    "Recorder",
    "RecordingTab",
    "SessionState",
    "StreamConfig",
    "StreamSession",
    "StreamingProcedure",
    "Sweep",
    "TriggerConfig",
    "TriggerDirection",
    "TriggerInput",
    "TriggeredCapture",
    "Unit",
    "Wave",
    "describe_file",
    "list_serials",
    "load_library",
    "recording_path_for",
    "repair",
    "verify",
]

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parent

if not (_HERE / "procedures").is_dir():  # in the repository, where it lies beside the package
    __path__.append(str(_CHECKOUT))

compiled_cache.prepare(_HERE)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f".{_PUBLIC[name]}", __name__)
    except AttributeError as error:  # Python would take it for a missing name, without its cause
        raise ImportError(f"{name} cannot be loaded ({error}).") from error
    return getattr(module, name)


def _version() -> str:
    """The version that is installed; ``"unknown"`` of a copy that never was."""
    from importlib import metadata

    try:
        return metadata.version("picostream-pymeasure")
    except metadata.PackageNotFoundError:
        return "unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
