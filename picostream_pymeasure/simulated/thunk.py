"""A native function with the driver's signature around one that also needs a table.

``ps5000aGetStreamingLatestValues`` gets a handle only, and compiled numba code that is cached on
disk may not contain an address. So the library makes these few instructions itself, in
milliseconds: they pass the three arguments on and put the address of its own table first.
"""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)


def _assembly(target_address: int, table_address: int) -> str:
    module = ir.Module("simulated_poll")
    module.triple = llvm.get_process_triple()
    target_type = ir.FunctionType(_I32, [_I64, _I16, _I64, _I64]).as_pointer()
    function = ir.Function(module, ir.FunctionType(_I32, [_I16, _I64, _I64]), "poll")
    builder = ir.IRBuilder(function.append_basic_block())
    target = builder.inttoptr(_I64(target_address), target_type)
    builder.ret(builder.call(target, [_I64(table_address), *function.args]))
    return str(module)


class PollThunk:
    """The exported poll function of one simulated library.

    The machine code lives as long as this object: whoever holds ``function`` must hold this too,
    or a poll jumps into freed memory.

    :param target_address: ``uint32 target(int64 table, int16 handle, void*, void*)``.
    """

    def __init__(self, target_address: int, table_address: int) -> None:
        machine = llvm.Target.from_default_triple().create_target_machine()
        module = llvm.parse_assembly(_assembly(target_address, table_address))
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        prototype: Any = ctypes.CFUNCTYPE(
            ctypes.c_uint32, ctypes.c_int16, ctypes.c_void_p, ctypes.c_void_p
        )
        self.function = prototype(self._engine.get_function_address("poll"))
