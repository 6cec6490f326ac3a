"""A native function with the driver's signature around one that also needs a table.

``ps5000aGetStreamingLatestValues`` gets a handle only, and compiled numba code that is cached on
disk may not contain an address. So the library makes these few instructions itself, in
milliseconds: they pass the three arguments on and put the address of its own table first.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

#: So many are made together, which takes hardly longer than to make one.
_AT_ONCE = 32
_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_making = threading.Lock()


class _Code:
    """Machine code of some of these functions; each finds its table's address in ``tables``."""

    def __init__(self, target_address: int) -> None:
        self.tables = np.zeros(_AT_ONCE, np.int64)
        machine = llvm.Target.from_default_triple().create_target_machine()
        module = llvm.parse_assembly(_assembly(target_address, self.tables.ctypes.data))
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()

    def address(self, number: int) -> int:
        """Of a function."""
        return int(self._engine.get_function_address(f"poll{number}"))


def _assembly(target_address: int, tables_address: int) -> str:
    module = ir.Module("simulated_poll")
    module.triple = llvm.get_process_triple()
    target_type = ir.FunctionType(_I32, [_I64, _I16, _I64, _I64]).as_pointer()
    for number in range(_AT_ONCE):
        kind = ir.FunctionType(_I32, [_I16, _I64, _I64])
        function = ir.Function(module, kind, f"poll{number}")
        builder = ir.IRBuilder(function.append_basic_block())
        target = builder.inttoptr(_I64(target_address), target_type)
        place = builder.inttoptr(_I64(tables_address + 8 * number), _I64.as_pointer())
        builder.ret(builder.call(target, [builder.load(place), *function.args]))
    return str(module)


def _unused(target_address: int) -> Iterator[tuple[_Code, int]]:
    """One function after the other that nobody has yet."""
    while True:
        code = _Code(target_address)
        yield from ((code, number) for number in range(_AT_ONCE))


class PollThunk:
    """The exported poll function of one simulated library.

    The machine code lives as long as this object: whoever holds ``function`` must hold this too,
    or a poll jumps into freed memory.

    :param target_address: ``uint32 target(int64 table, int16 handle, void*, void*)``.
    """

    _of_targets: dict[int, Iterator[tuple[_Code, int]]] = {}  # noqa: RUF012 - shared by all

    def __init__(self, target_address: int, table_address: int) -> None:
        with _making:
            unused = self._of_targets.setdefault(target_address, _unused(target_address))
            self._code, number = next(unused)
        self._code.tables[number] = table_address
        prototype: Any = ctypes.CFUNCTYPE(
            ctypes.c_uint32, ctypes.c_int16, ctypes.c_void_p, ctypes.c_void_p
        )
        self.function = prototype(self._code.address(number))
