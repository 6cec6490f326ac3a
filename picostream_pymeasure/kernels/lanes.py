"""Extremes and sums of counts in a few instructions, for groups too short for a loop.

LLVM turns a loop over counts into wide vector instructions only from about 32 values on; shorter
groups run value by value. These ask for the vector instructions directly: loads of 8 values that
may overlap, and of the extremes of 8 groups a tree of shuffles, so that no lane is idle.
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


def _folded(builder: Any, vectors: list[Any], better: Any) -> Any:
    """The best of each of 8 vectors, in their order: a tree that halves what is compared."""
    period = 1
    while len(vectors) > 1:
        chunks = [range(begin, begin + period) for begin in range(0, LANES, period)]
        half = len(chunks) // 2
        low, high = (_mask(part) for part in (chunks[:half], chunks[half:]))
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [
            better(builder.shuffle_vector(one, two, low), builder.shuffle_vector(one, two, high))
            for one, two in pairs
        ]
        period *= 2
    return vectors[0]


def _mask(chunks: list[range]) -> Any:
    """Lanes of one vector and those of another in turn."""
    lanes = [lane + other for chunk in chunks for other in (0, LANES) for lane in chunk]
    return ir.Constant(ir.VectorType(_I32, LANES), lanes)


@intrinsic
def store_extremes(typing_context, values, first, group, out, at):  # type: ignore[no-untyped-def]
    """Write the extremes of 8 groups from ``values[first]`` on to ``out[at]``: min, max, min …

    Of 8 values or more each; unchecked.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        value = signature.args[0].dtype
        element = ir.IntType(value.bitwidth)
        vector, word = ir.VectorType(element, LANES), args[1].type
        compare = builder.icmp_signed if value.signed else builder.icmp_unsigned

        def best(sign: str) -> Any:
            return lambda one, two: builder.select(compare(sign, one, two), one, two)

        data, target = (
            context.make_array(signature.args[index])(context, builder, args[index]).data
            for index in (0, 3)
        )
        begins = [builder.add(args[1], builder.mul(args[2], word(n))) for n in range(LANES)]
        found = [_load(builder, data, begin, vector) for begin in begins]
        kinds: list[tuple[Any, list[Any]]] = [(best("<"), []), (best(">"), [])]
        for _, places in kinds:
            places += [cgutils.alloca_once_value(builder, one) for one in found]
        last = builder.sub(args[2], word(LANES))
        steps = builder.sdiv(builder.sub(args[2], word(1)), word(LANES))
        with cgutils.for_range(builder, steps, intp=word) as loop:
            next_one = builder.mul(builder.add(loop.index, word(1)), word(LANES))
            offset = builder.select(builder.icmp_signed("<", next_one, last), next_one, last)
            for number, begin in enumerate(begins):
                more = _load(builder, data, builder.add(begin, offset), vector)
                for better, places in kinds:
                    builder.store(better(builder.load(places[number]), more), places[number])
        low, high = (
            _folded(builder, [builder.load(place) for place in places], better)
            for better, places in kinds
        )
        in_turn = [lane + other for lane in range(LANES) for other in (0, LANES)]
        mask = ir.Constant(ir.VectorType(_I32, 2 * LANES), in_turn)
        pairs = builder.shuffle_vector(low, high, mask)
        address = builder.bitcast(builder.gep(target, [args[4]]), pairs.type.as_pointer())
        builder.store(pairs, address, align=value.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(values, types.int64, types.int64, values, types.int64), codegen


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
