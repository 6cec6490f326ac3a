"""The driver's structures for triggers, as its public header packs them.

picosdk 1.1 has some of them with 16-bit enumerations where the header has 32-bit ones.
"""

from __future__ import annotations

import ctypes


class Condition(ctypes.Structure):
    """``PS5000A_CONDITION``, 8 bytes: a source and the state it must be in."""

    _pack_ = 1
    _fields_ = (("source", ctypes.c_int32), ("condition", ctypes.c_int32))


class ThresholdDirection(ctypes.Structure):
    """``PS5000A_DIRECTION``, 12 bytes: what a source must do, with a level or a window."""

    _pack_ = 1
    _fields_ = (
        ("source", ctypes.c_int32),
        ("direction", ctypes.c_int32),
        ("mode", ctypes.c_int32),
    )


class ChannelProperties(ctypes.Structure):
    """``PS5000A_TRIGGER_CHANNEL_PROPERTIES_V2``, 12 bytes: levels of a source in counts."""

    _pack_ = 1
    _fields_ = (
        ("upper", ctypes.c_int16),
        ("upper_hysteresis", ctypes.c_uint16),
        ("lower", ctypes.c_int16),
        ("lower_hysteresis", ctypes.c_uint16),
        ("source", ctypes.c_int32),
    )


class DigitalDirection(ctypes.Structure):
    """``PS5000A_DIGITAL_CHANNEL_DIRECTIONS``, 8 bytes: what a digital input must do."""

    _pack_ = 1
    _fields_ = (("channel", ctypes.c_int32), ("direction", ctypes.c_int32))
