"""The extremes of sixteen int16 values in a few instructions, for groups too short for a loop.

LLVM turns a loop over int16 into wide vector instructions only from about 32 values on; shorter
groups run value by value. These ask for the vector instructions directly: two loads of 8 values
that may overlap, and one horizontal minimum or maximum (``phminposuw`` on x86, ``sminv`` on ARM).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

#: Values in one load.
LANES = 8

_VALUE = ir.IntType(16)
_VECTOR = ir.VectorType(_VALUE, LANES)


def _load(builder: Any, data: Any, index: Any) -> Any:
    address = builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())
    return builder.load(address, align=2)


def _call(builder: Any, name: str, result: Any, *args: Any) -> Any:
    function_type = ir.FunctionType(result, [_VECTOR] * len(args))
    function = cgutils.get_or_insert_function(builder.module, function_type, name)
    return builder.call(function, args)


def _reduction(kind: str) -> Any:
    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        pair = (_load(builder, data, index) for index in args[1:])
        merged = _call(builder, f"llvm.{kind}.v{LANES}i16", _VECTOR, *pair)
        return _call(builder, f"llvm.vector.reduce.{kind}.v{LANES}i16", _VALUE, merged)

    return codegen


@intrinsic
def smallest(typing_context, values, first, second):  # type: ignore[no-untyped-def]
    """Smallest of ``values[first:first + 8]`` and ``values[second:second + 8]``; unchecked."""
    return types.int16(values, types.int64, types.int64), _reduction("smin")


@intrinsic
def largest(typing_context, values, first, second):  # type: ignore[no-untyped-def]
    """Largest of ``values[first:first + 8]`` and ``values[second:second + 8]``; unchecked."""
    return types.int16(values, types.int64, types.int64), _reduction("smax")
