"""The hardware boundary: the vendor library, real or simulated, and one opened scope."""

from .call_log import latest_calls
from .generator import Generator
from .interval import TimeUnit
from .loading import SIMULATED_SCOPES_VARIABLE, libraries_tried, load_library
from .opening import list_serials, why_none
from .power import MAINS, USB, USB_2
from .status import (
    BUFFER_STALL,
    CANCELLED,
    NO_SAMPLES_AVAILABLE,
    OK,
    POWER_STATES,
    STREAMING_FAILED,
    TOO_MANY_SEGMENTS,
    error_of,
    status_name,
)
from .unit import Unit

__all__ = [
    "BUFFER_STALL",
    "CANCELLED",
    "MAINS",
    "NO_SAMPLES_AVAILABLE",
    "OK",
    "POWER_STATES",
    "SIMULATED_SCOPES_VARIABLE",
    "STREAMING_FAILED",
    "TOO_MANY_SEGMENTS",
    "USB",
    "USB_2",
    "Generator",
    "TimeUnit",
    "Unit",
    "error_of",
    "latest_calls",
    "libraries_tried",
    "list_serials",
    "load_library",
    "status_name",
    "why_none",
]
