"""Driver calls that exist because every client binds them, and answer that they do nothing.

Block mode, rapid block, ETS, stored values, the deprecated forms of the triggers: none is imitated.
What clients call to switch such things *off* succeeds.
"""

from __future__ import annotations

import ctypes
from typing import Any

from .binding import Int16, Int32, Pointer, plain_call, unit_call
from .status import Status
from .unit import Unit

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
    "ps5000aGetTriggerTimeOffset64": ("ppu", Status.NOT_USED_IN_THIS_CAPTURE_MODE),
    "ps5000aGetValuesTriggerTimeOffsetBulk64": ("ppuu", Status.NOT_USED_IN_THIS_CAPTURE_MODE),
    "ps5000aGetTriggerInfoBulk": ("puu", Status.NOT_USED_IN_THIS_CAPTURE_MODE),
    "ps5000aSetEtsTimeBuffer": ("pi", Status.NOT_USED),
    "ps5000aIsReady": ("p", Status.NO_SAMPLES_AVAILABLE),
    "ps5000aRunBlock": ("iiupupp", Status.NOT_USED),
    "ps5000aTriggerWithinPreTriggerSamples": ("i", Status.NOT_USED),
    "ps5000aSetNoOfCaptures": ("u", Status.NOT_USED),
    "ps5000aGetNoOfCaptures": ("p", Status.NOT_USED),
    "ps5000aGetNoOfProcessedCaptures": ("p", Status.NOT_USED),
}

#: Stored samples: none are kept, and while streaming the driver would not hand them out.
_STORED_VALUES = {
    "ps5000aGetValues": "upuiup",
    "ps5000aGetValuesAsync": "uuuiupp",
    "ps5000aGetValuesBulk": "puuuip",
    "ps5000aGetValuesOverlapped": "upuiup",
    "ps5000aGetValuesOverlappedBulk": "upuiuup",
}

#: The deprecated forms: no conditions are harmless; the count is the second argument.
_CONDITIONS = {
    "ps5000aSetTriggerChannelConditions": "ph",
    "ps5000aSetPulseWidthQualifier": "phiuui",
}


def _c_types(letters: str) -> tuple[Any, ...]:
    return tuple(_TYPES[letter] for letter in letters)


def _no_stored_values(unit: Unit, *_: Any) -> int:
    return Status.DEVICE_SAMPLING if unit.streaming else Status.NO_SAMPLES_AVAILABLE


def _no_conditions(unit: Unit, conditions: int | None, count: int, *_: Any) -> int:
    return Status.TRIGGER_ERROR if count else Status.OK


def _answer(name: str, letters: str, status: int) -> None:
    plain_call(name, _c_types(letters), lambda unit, *_: status)


for _name, (_letters, _status) in _ANSWERS.items():
    _answer(_name, _letters, _status)
for _name, _letters in _STORED_VALUES.items():
    plain_call(_name, _c_types(_letters), _no_stored_values)
for _name, _letters in _CONDITIONS.items():
    plain_call(_name, _c_types(_letters), _no_conditions)


@unit_call()
def set_ets(unit: Unit, mode: Int32, cycles: Int16, interleave: Int16, time: Pointer) -> int:
    """Off only."""
    return Status.NOT_USED if mode else Status.OK
