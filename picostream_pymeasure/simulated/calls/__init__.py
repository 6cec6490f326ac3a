"""The driver's C functions; importing this room makes all of them known.

The poll of a stream is not among them: it is native, see :mod:`..device.poll`.
"""

from . import (  # noqa: F401
    advanced_trigger,
    arbitrary,
    block,
    buffers,
    capture_triggers,
    capture_values,
    channels,
    generator,
    opening,
    power,
    streaming,
    trigger,
    unimitated,
)
from .binding import CALLS as CALLS
