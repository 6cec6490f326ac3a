"""Every driver call written down as C gets it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from typing import Any

POLL = "ps5000aGetStreamingLatestValues"

#: What native code calls as well, which gets their addresses.
_CALLED_BY_ADDRESS = (POLL, "ps5000aRunStreaming", "ps5000aSetDataBuffer")

#: Where a number lies behind the address that an argument is.
_NUMBER_BEHIND = {"ps5000aRunStreaming": 1}

#: How the log shows an address of the caller's memory, and none.
_ADDRESS, _NULL = "*", "NULL"

#: What a poll answers when there is nothing, or when another call is under way.
_COME_AGAIN = (0, 35, 37, 39, 67)


class CallLog:
    """Takes the place of picosdk's ``ps5000a``; hand it to ``Unit.open`` or ``PicoScopeAdapter``.

    A line of :attr:`calls` is such as ``ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)``: values as their C
    types hold them, numbers behind a pointer as ``[before>after]``, structures as tuples, memory as
    ``*``. The status follows unless it is 0: ``ps5000aStop(1) = 282``. Polls in a row are one line,
    whether they brought samples or not.

    :param library: the wrapper that is called.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        self._answers: dict[str, list[int]] = {}
        self.calls: list[str] = []
        self._native = {name: self._of_c_type(name) for name in _CALLED_BY_ADDRESS}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._library, name)
        if name in _CALLED_BY_ADDRESS:
            return self._native[name]
        return self._recorded(name, found) if name.startswith("ps5000a") else found

    def answer(self, name: str, *statuses: int) -> None:
        """Let the next calls of a function return these; the driver does not hear of them."""
        self._answers.setdefault(name, []).extend(statuses)

    def take(self) -> list[str]:
        """Give the calls since the last time."""
        taken, self.calls = self.calls, []
        return taken

    def _recorded(self, name: str, function: Any) -> Callable[..., int]:
        def run(*arguments: Any) -> int:
            before = [_shown(*pair) for pair in zip(arguments, function.argtypes, strict=True)]
            answers = self._answers.get(name)
            status = answers.pop(0) if answers else function(*arguments)
            after = [_shown(*pair) for pair in zip(arguments, function.argtypes, strict=True)]
            shown = ", ".join(_joined(*pair) for pair in zip(before, after, strict=True))
            self.calls.append(f"{name}({shown}){f' = {status}' if status else ''}")
            return status

        return run

    def _of_c_type(self, name: str) -> Any:
        """A function that native code can call through its address, as Python can."""
        function = getattr(self._library, name)
        real = ctypes.CFUNCTYPE(ctypes.c_uint32, *function.argtypes)(_address(function))

        def run(*arguments: Any) -> int:
            answers = self._answers.get(name)
            pointed = [
                ctypes.byref(ctypes.c_uint32.from_address(argument))
                if place == _NUMBER_BEHIND.get(name)
                else argument
                for place, argument in enumerate(arguments)
            ]
            before = list(map(_shown, pointed, function.argtypes))
            status = answers.pop(0) if answers else real(*arguments)
            after = map(_shown, pointed, function.argtypes)
            shown = ", ".join(map(_joined, before, after))
            is_answer = status not in (_COME_AGAIN if name == POLL else (0,))
            line = f"{name}({shown}){f' = {status}' if is_answer else ''}"
            if name != POLL or self.calls[-1:] != [line]:
                self.calls.append(line)
            return status

        return ctypes.CFUNCTYPE(ctypes.c_uint32, *function.argtypes)(run)


def _address(function: Any) -> int:
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return address


def _shown(argument: Any, c_type: Any) -> str:
    """An argument as C gets it."""
    if hasattr(argument, "_obj"):  # byref
        return f"[{argument._obj.value!r}]"
    if isinstance(argument, ctypes.Array) and issubclass(argument._type_, ctypes.Structure):
        fields = [name for name, *_ in argument._type_._fields_]
        return repr([tuple(getattr(one, name) for name in fields) for one in argument])
    if isinstance(argument, ctypes.Array) and argument._type_ is ctypes.c_char:
        return f"[{argument.value.decode()!r}]"
    if c_type is ctypes.c_char_p:
        return repr(argument) if argument is not None else _NULL
    if c_type is ctypes.c_void_p:
        return _ADDRESS if argument else _NULL
    return repr(c_type(argument).value)


def _joined(before: str, after: str) -> str:
    return before if before == after else f"{before[:-1]}>{after[1:]}"


def with_named_size(calls: list[str]) -> list[str]:
    """Put ``SIZE`` in the place of the length of the buffers, which the plan of the pool decides.

    It must be the same for all buffers and for the start of the stream.
    """
    for call in calls:
        if call.startswith("ps5000aRunStreaming("):
            size = call.partition(")")[0].rpartition(" ")[2]
            return [re.sub(rf"\b{size}\b", "SIZE", one) for one in calls]
    return calls
