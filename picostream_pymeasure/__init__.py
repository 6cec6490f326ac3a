"""Gap-free streaming from PicoScope 5000A oscilloscopes into HDF5, as a PyMeasure plugin.

Everything public can be imported from here; it is loaded when it is first used, so that importing
the package loads neither Qt nor numba nor the driver.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .doors import door
from .system import compiled_cache, compiling

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
    from .storage import Recorder, compress, describe_file, recording_path_for, repair
    from .streaming import SessionState, StreamSession
    from .verification import verify

_PLACES = {
    ".config": (
        "AdvancedTriggerConfig",
        "Bandwidth",
        "ChannelConfig",
        "ChannelScale",
        "Coupling",
        "DigitalPortConfig",
        "Direction",
        "DownsampleMode",
        "EventRule",
        "GeneratorConfig",
        "GeneratorTrigger",
        "GeneratorTriggerSource",
        "IndexMode",
        "KeepConfig",
        "PulseWidth",
        "PulseWidthKind",
        "StreamConfig",
        "Sweep",
        "TriggerConfig",
        "TriggerDirection",
        "TriggerInput",
        "Wave",
    ),
    ".dfplot": ("HDF5LivePlotter",),
    ".display": (
        "ExperimentWindow",
        "RecordingTab",
    ),
    ".driver": (
        "Generator",
        "Unit",
        "list_serials",
        "load_library",
    ),
    ".errors": ("PicoStreamError",),
    ".instrument": (
        "Capture",
        "PicoScope5000A",
        "PicoScopeAdapter",
    ),
    ".procedures.streaming": ("StreamingProcedure",),
    ".procedures.triggered_capture": ("TriggeredCapture",),
    ".reader": ("PicoStreamReader",),
    ".storage": (
        "Recorder",
        "compress",
        "describe_file",
        "recording_path_for",
        "repair",
    ),
    ".streaming": (
        "SessionState",
        "StreamSession",
    ),
    ".verification": ("verify",),
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
    "compress",
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
compiling.end_at_exit()


_find = door(__name__, _PLACES)


def __getattr__(name: str) -> Any:
    return _version() if name == "__version__" else _find(name)


def _version() -> str:
    """The version that is installed; ``"unknown"`` of a copy that never was."""
    from importlib import metadata

    try:
        return metadata.version("picostream-pymeasure")
    except metadata.PackageNotFoundError:
        return "unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
