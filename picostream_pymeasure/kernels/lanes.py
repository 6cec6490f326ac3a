"""Extremes and sums of counts in a few instructions, for groups too short for a loop.

LLVM turns a loop over counts into wide vector instructions only from about 32 values on; shorter
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
_I32 = ir.IntType(32)


def _load(builder: Any, data: Any, index: Any, vector: Any) -> Any:
    address = builder.bitcast(builder.gep(data, [index]), vector.as_pointer())
    return builder.load(address, align=vector.element.width // 8)


def _call(builder: Any, name: str, result: Any, *args: Any) -> Any:
    function_type = ir.FunctionType(result, [arg.type for arg in args])
    function = cgutils.get_or_insert_function(builder.module, function_type, name)
    return builder.call(function, args)


def _reduction(kind: str) -> Any:
    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        value = signature.args[0].dtype
        vector = ir.VectorType(ir.IntType(value.bitwidth), LANES)
        suffix = f"{'s' if value.signed else 'u'}{kind}.v{LANES}i{value.bitwidth}"
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        pair = (_load(builder, data, index, vector) for index in args[1:])
        merged = _call(builder, f"llvm.{suffix}", vector, *pair)
        return _call(builder, f"llvm.vector.reduce.{suffix}", vector.element, merged)

    return codegen


@intrinsic
def smallest(typing_context, values, first, second):  # type: ignore[no-untyped-def]
    """Smallest of ``values[first:first + 8]`` and ``values[second:second + 8]``; unchecked."""
    return values.dtype(values, types.int64, types.int64), _reduction("min")


@intrinsic
def largest(typing_context, values, first, second):  # type: ignore[no-untyped-def]
    """Largest of ``values[first:first + 8]`` and ``values[second:second + 8]``; unchecked."""
    return values.dtype(values, types.int64, types.int64), _reduction("max")


def _kept(builder: Any, values: Any, compared: str, lane: Any) -> Any:
    """Values in the lanes that compare so with one, 0 in the others."""
    kind, nothing = values.type, ir.Constant(values.type, [0] * LANES)
    undefined, numbers = ir.Constant(kind, ir.Undefined), ir.Constant(kind, list(range(LANES)))
    lane = builder.insert_element(undefined, builder.trunc(lane, _I32), _I32(0))
    lanes = builder.shuffle_vector(lane, undefined, nothing)
    return builder.select(builder.icmp_signed(compared, numbers, lanes), values, nothing)


@intrinsic
def total(typing_context, values, first, stop, second, start):  # type: ignore[no-untyped-def]
    """Sum of the lanes up to ``stop`` from ``first`` and those from ``start`` on from ``second``.

    An int32; unchecked.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        value = signature.args[0].dtype
        vector = ir.VectorType(ir.IntType(value.bitwidth), LANES)
        widened = builder.sext if value.signed else builder.zext
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        one, two = (
            widened(_load(builder, data, args[index], vector), ir.VectorType(_I32, LANES))
            for index in (1, 3)
        )
        one, two = _kept(builder, one, "<", args[2]), _kept(builder, two, ">=", args[4])
        return _call(builder, f"llvm.vector.reduce.add.v{LANES}i32", _I32, builder.add(one, two))

    return types.int32(values, types.int64, types.int64, types.int64, types.int64), codegen
