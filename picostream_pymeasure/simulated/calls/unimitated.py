"""Driver calls that exist because every client binds them, and answer that they do nothing.

ETS, asynchronous forms, the deprecated forms of the triggers, offsets one by one: none is imitated.
What clients call to switch such things *off* succeeds.
"""

from __future__ import annotations

import ctypes
from typing import Any

from ...config import Status
from ..unit.unit import Unit
from .binding import CALLS, DriverCall, Int16, Int32, Pointer, plain_call, unit_call

_TYPES: dict[str, Any] = {
    "h": ctypes.c_int16,
    "i": ctypes.c_int32,
    "u": ctypes.c_uint32,
    "p": ctypes.c_void_p,
}

#: Arguments after the handle, by type letter, and the answer.
_ANSWERS = {
    # Without conditions of their own kind (refused below) these mean nothing.
    "ps5000aSetTriggerChannelProperties": ("phhi", Status.OK),
    "ps5000aSetTriggerChannelDirections": ("iiiiii", Status.OK),
    "ps5000aSetEtsTimeBuffer": ("pi", Status.NOT_USED),
    "ps5000aGetTimebase": ("uippu", Status.NOT_USED),
    "ps5000aGetMinimumTimebaseStateless": ("uppu", Status.NOT_USED),
    "ps5000aGetMaxDownSampleRatio": ("upiu", Status.NOT_USED),
    "ps5000aGetChannelInformation": ("iippi", Status.NOT_USED),
    "ps5000aNoOfStreamingValues": ("p", Status.NOT_USED),
    "ps5000aGetNoOfProcessedCaptures": ("p", Status.NOT_USED),
    "ps5000aGetValuesOverlapped": ("upuiup", Status.NOT_USED),
    "ps5000aGetValuesAsync": ("uuuiupp", Status.NOT_USED),
    "ps5000aGetTriggerTimeOffset64": ("ppu", Status.NOT_USED),
    "ps5000aTriggerWithinPreTriggerSamples": ("i", Status.NOT_USED),
    "ps5000aMinimumValue": ("p", Status.NOT_USED),
    "ps5000aGetDeviceResolution": ("p", Status.NOT_USED),
    "ps5000aIsLedFlashing": ("p", Status.NOT_USED),
    "ps5000aSetTriggerDelay": ("u", Status.NOT_USED),
}

#: The same of calls without a handle.
_WITHOUT_UNIT = {"ps5000aOpenUnitAsync": "ppi", "ps5000aOpenUnitProgress": "ppp"}

#: The deprecated forms: no conditions are harmless; the count is the second argument.
_CONDITIONS = {
    "ps5000aSetTriggerChannelConditions": "ph",
    "ps5000aSetPulseWidthQualifier": "phiuui",
}


def _c_types(letters: str) -> tuple[Any, ...]:
    return tuple(_TYPES[letter] for letter in letters)


def _no_conditions(unit: Unit, conditions: int | None, count: int, *_: Any) -> int:
    return Status.TRIGGER_ERROR if count else Status.OK


def _nothing(*_: Any) -> int:
    return Status.NOT_USED


def _answer(name: str, letters: str, status: int) -> None:
    plain_call(name, _c_types(letters), lambda unit, *_: status)


for _name, (_letters, _status) in _ANSWERS.items():
    _answer(_name, _letters, _status)
for _name, _letters in _WITHOUT_UNIT.items():
    CALLS[_name] = DriverCall(_name, _c_types(_letters), _nothing)
for _name, _letters in _CONDITIONS.items():
    plain_call(_name, _c_types(_letters), _no_conditions)


@unit_call()
def set_ets(unit: Unit, mode: Int32, cycles: Int16, interleave: Int16, time: Pointer) -> int:
    """Off only."""
    return Status.NOT_USED if mode else Status.OK
