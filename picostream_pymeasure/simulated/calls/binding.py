"""From annotated Python functions to C-callable driver functions.

A driver call is a Python function named as the C function in snake case without ``ps5000a``; its
annotations are the C types, or named tuples of them where calls share arguments. The exported
function checks what all calls have in common, and answers OPERATION_FAILED when the Python
function raises.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, TypeAlias, get_type_hints

from ...config import Status
from ..unit.registry import UnitRegistry

log = logging.getLogger(__name__)

Int16: TypeAlias = Annotated[int, ctypes.c_int16]
Uint16: TypeAlias = Annotated[int, ctypes.c_uint16]
Int32: TypeAlias = Annotated[int, ctypes.c_int32]
Uint32: TypeAlias = Annotated[int, ctypes.c_uint32]
Uint64: TypeAlias = Annotated[int, ctypes.c_uint64]
Float: TypeAlias = Annotated[float, ctypes.c_float]
Double: TypeAlias = Annotated[float, ctypes.c_double]
#: Address of the caller's memory, None for NULL.
Pointer: TypeAlias = Annotated["int | None", ctypes.c_void_p]
#: The same where there must be memory: a call of a unit is not made with NULL.
Required: TypeAlias = Annotated[int, ctypes.c_void_p, "required"]

#: What a call does: ``(units, *C arguments) -> status``.
Implementation: TypeAlias = Callable[..., int]


@dataclass(frozen=True)
class DriverCall:
    """A C function of the library.

    :param name: such as ``ps5000aStop``.
    :param argument_types: ctypes of all arguments, the handle included.
    """

    name: str
    argument_types: tuple[Any, ...]
    implementation: Implementation

    def export(self, units: UnitRegistry) -> Any:
        """A C-callable function bound to the units of one library."""

        def run(*arguments: Any) -> int:
            try:
                return int(self.implementation(units, *arguments))
            except Exception:
                log.exception("%s failed inside the simulated library", self.name)
                return Status.OPERATION_FAILED

        return ctypes.CFUNCTYPE(ctypes.c_uint32, *self.argument_types)(run)


#: All calls but the native poll, by C name; the modules of calls fill it when imported.
CALLS: dict[str, DriverCall] = {}


def _parameters(function: Callable[..., int]) -> list[Any]:
    """Annotations of what follows the unit: C types, or named tuples of them."""
    return list(get_type_hints(function, include_extras=True).values())[1:-1]


def _c_hints(parameter: Any) -> list[Any]:
    """The C type of each argument, and what else is said of it."""
    shared = getattr(parameter, "_fields", None)
    hints = get_type_hints(parameter, include_extras=True).values() if shared else [parameter]
    return [hint.__metadata__ for hint in hints]


def _gathered(function: Callable[..., int]) -> Callable[..., int]:
    """Let the function take its C arguments one by one, those that are required not NULL."""
    sizes = [(kind, len(_c_hints(kind))) for kind in _parameters(function)]
    hints = [hint for kind, _ in sizes for hint in _c_hints(kind)]
    required = [number for number, hint in enumerate(hints) if "required" in hint]

    def run(subject: Any, *arguments: Any) -> int:
        if not all(arguments[number] for number in required):
            return Status.NULL_PARAMETER
        rest = iter(arguments)
        return function(
            subject,
            *(
                kind(*islice(rest, n)) if hasattr(kind, "_fields") else next(rest)
                for kind, n in sizes
            ),
        )

    return run


def _register(function: Callable[..., int], first: tuple[Any, ...], run: Implementation) -> None:
    name = "ps5000a" + function.__name__.title().replace("_", "")
    types = tuple(hint[0] for kind in _parameters(function) for hint in _c_hints(kind))
    CALLS[name] = DriverCall(name, first + types, run)


def library_call(function: Callable[..., int]) -> Callable[..., int]:
    """Export ``function(units, ...)``, a call that needs no open unit."""
    _register(function, (), function)
    return function


def _guarded(function: Callable[..., int], gated: bool) -> Implementation:
    def run(units: UnitRegistry, handle: int, *arguments: Any) -> int:
        unit = units.open_units.get(handle)
        if unit is None:
            return Status.INVALID_HANDLE
        if unit.block.callback_thread == threading.get_ident():
            return Status.USER_CALLBACK
        if not unit.try_lock():
            return Status.USER_CALLBACK if unit.native["in_callback"] else Status.DRIVER_FUNCTION
        try:
            return (gated and unit.refusal) or function(unit, *arguments)
        finally:
            unit.unlock()

    return run


def unit_call(*, gated: bool = True) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Export ``function(unit, ...)``, whose first C argument is the handle.

    :param gated: answer 7 for a lost unit, and the power status until it is acknowledged.
    """

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        _register(function, (ctypes.c_int16,), _guarded(_gathered(function), gated))
        return function

    return decorate


def unit_call_named(name: str, function: Callable[..., int]) -> None:
    """Export ``function(unit, ...)`` under its C name, whatever a client gives it."""
    CALLS[name] = DriverCall(name, (ctypes.c_int16,), _guarded(function, gated=True))


def write(address: int | None, c_type: Any, value: float) -> None:
    """Store a value in the caller's memory, unless the pointer is NULL."""
    if address:
        c_type.from_address(address).value = value


def answer_text(
    text: str, address: int | None, capacity: int, size: int | None, too_small: int
) -> int:
    """Store ASCII text with its terminating NUL in the caller's memory, and how long that is.

    :param too_small: what is answered where it does not fit.
    """
    encoded = text.encode("ascii") + b"\0"
    write(size, ctypes.c_int16, len(encoded))
    if address is None:
        return Status.OK
    if capacity < len(encoded):
        return too_small
    ctypes.memmove(address, encoded, len(encoded))
    return Status.OK
