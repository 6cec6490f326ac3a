"""Memory at addresses: pointers, copies, and counters that are read and written in order."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .words import I64, POINTER


def _element(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return cgutils.get_item_pointer(
        context, builder, signature.args[0], array, [args[1]], wraparound=False
    )


@intrinsic
def load_acquire(typing_context, array, index):  # type: ignore[no-untyped-def]
    """Read ``array[index]`` (int64) so that all written before its publication is seen."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.load_atomic(_element(context, builder, signature, args), "acquire", 8)

    return types.int64(array, types.intp), codegen


@intrinsic
def store_release(typing_context, array, index, value):  # type: ignore[no-untyped-def]
    """Write ``array[index] = value`` (int64) after all earlier writes have become visible."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = _element(context, builder, signature, args)
        builder.store_atomic(args[2], pointer, "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), codegen


@intrinsic
def exchange(typing_context, array, index, value):  # type: ignore[no-untyped-def]
    """Set ``array[index]`` (int64) and return what was there, as one indivisible step."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = _element(context, builder, signature, args)
        return builder.atomic_rmw("xchg", pointer, args[2], "acq_rel")

    return types.int64(array, types.intp, types.int64), codegen


@intrinsic
def touch(typing_context, array, index):  # type: ignore[no-untyped-def]
    """Write to ``array[index]`` (int64) what is there, safely beside other writers.

    A compare-and-exchange of 0 with 0: of an addition of 0 the compiler leaves only the read.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = _element(context, builder, signature, args)
        builder.cmpxchg(pointer, I64(0), I64(0), "monotonic", "monotonic")
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


@intrinsic
def as_pointer(typing_context, address):  # type: ignore[no-untyped-def]
    """Turn an address into ``void*``, for ``numba.carray``."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.inttoptr(args[0], POINTER)

    return types.voidptr(types.int64), codegen


@intrinsic
def copy_bytes(typing_context, target, source, count):  # type: ignore[no-untyped-def]
    """Copy ``count`` bytes between two addresses that do not overlap."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointers = [builder.inttoptr(args[index], POINTER) for index in (0, 1)]
        cgutils.raw_memcpy(builder, *pointers, args[2], 1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


def _field(builder: Any, args: Any) -> Any:
    start = builder.bitcast(args[0], POINTER)
    return builder.bitcast(builder.gep(start, [args[1]]), I64.as_pointer())


@intrinsic
def load_field(typing_context, record, offset):  # type: ignore[no-untyped-def]
    """Read the int64 at a byte offset of a record so that all written before it is seen."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.load_atomic(_field(builder, args), "acquire", 8)

    return types.int64(record, types.int64), codegen


@intrinsic
def store_field(typing_context, record, offset, value):  # type: ignore[no-untyped-def]
    """Write the int64 at a byte offset of a record after all earlier writes are visible."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        builder.store_atomic(args[2], _field(builder, args), "release", 8)
        return context.get_dummy_value()

    return types.void(record, types.int64, types.int64), codegen


@intrinsic
def address_of(typing_context, record):  # type: ignore[no-untyped-def]
    """Address of a record."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.ptrtoint(args[0], I64)

    return types.int64(record), codegen
