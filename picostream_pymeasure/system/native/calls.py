"""Calls through addresses."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .words import I16, I32, I64, POINTER


def _call(builder: Any, address: Any, result: Any, kinds: list[Any], arguments: list[Any]) -> Any:
    """Call ``result function(kinds)`` at an address, as C does.

    Apple's processors want the caller to extend what is narrower than a register.
    """
    target = builder.inttoptr(address, ir.FunctionType(result, kinds).as_pointer())
    extended = {index: ("signext",) for index, kind in enumerate(kinds) if kind == I16}
    return builder.call(target, arguments, arg_attrs=extended)


@intrinsic
def call_poll(typing_context, function, handle, callback, parameter):  # type: ignore[no-untyped-def]
    """Call ``uint32 function(int16 handle, void *callback, void *parameter)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointers = [builder.inttoptr(args[index], POINTER) for index in (2, 3)]
        return _call(builder, args[0], I32, [I16, POINTER, POINTER], [args[1], *pointers])

    return types.uint32(types.int64, types.int16, types.int64, types.int64), codegen


@intrinsic
def call_run_streaming(  # type: ignore[no-untyped-def]
    typing_context, function, handle, interval, unit, before, after, auto_stop, ratio, mode, size
):
    """Call ``uint32 RunStreaming`` by address, with the arguments that C names."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = [I16, POINTER, I32, I32, I32, I16, I32, I32, I32]
        interval = builder.inttoptr(args[2], POINTER)
        return _call(builder, args[0], I32, kinds, [args[1], interval, *args[3:]])

    signature = types.uint32(
        types.int64,
        types.int16,
        types.int64,
        types.int32,
        types.uint32,
        types.uint32,
        types.int16,
        types.uint32,
        types.int32,
        types.uint32,
    )
    return signature, codegen


@intrinsic
def call_streaming_ready(  # type: ignore[no-untyped-def]
    typing_context,
    function,
    handle,
    count,
    start,
    overflow,
    trigger_at,
    triggered,
    auto_stop,
    parameter,
):
    """Call a ``ps5000aStreamingReady`` callback by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = [I16, I32, I32, I16, I32, I16, I16, POINTER]
        arguments = [*args[1:8], builder.inttoptr(args[8], POINTER)]
        _call(builder, args[0], ir.VoidType(), kinds, arguments)
        return context.get_dummy_value()

    signature = types.void(
        types.int64,
        types.int16,
        types.int32,
        types.uint32,
        types.int16,
        types.uint32,
        types.int16,
        types.int16,
        types.int64,
    )
    return signature, codegen


@intrinsic
def call_set_data_buffer(  # type: ignore[no-untyped-def]
    typing_context, function, handle, source, buffer, length, segment, mode
):
    """Call ``uint32 SetDataBuffer(int16, int32, void*, int32, uint32, int32)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = [I16, I32, POINTER, I32, I32, I32]
        pointer = builder.inttoptr(args[3], POINTER)
        return _call(builder, args[0], I32, kinds, [args[1], args[2], pointer, *args[4:7]])

    signature = types.uint32(
        types.int64,
        types.int16,
        types.int32,
        types.int64,
        types.int32,
        types.uint32,
        types.int32,
    )
    return signature, codegen


@intrinsic
def call_sink(typing_context, function, sink_context, kind, address):  # type: ignore[no-untyped-def]
    """Call ``int64 function(int64 context, int64 kind, int64 address)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return _call(builder, args[0], I64, [I64, I64, I64], list(args[1:]))

    return types.int64(types.int64, types.int64, types.int64, types.int64), codegen


@intrinsic
def call_malloc(typing_context, function, n_bytes):  # type: ignore[no-untyped-def]
    """Call ``void *function(size_t n_bytes)`` by address; the address that it gives."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = _call(builder, args[0], POINTER, [I64], [args[1]])
        return builder.ptrtoint(pointer, I64)

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def call_free(typing_context, function, address):  # type: ignore[no-untyped-def]
    """Call ``void function(void *address)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = builder.inttoptr(args[1], POINTER)
        _call(builder, args[0], ir.VoidType(), [POINTER], [pointer])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen


@intrinsic
def call_filter(  # type: ignore[no-untyped-def]
    typing_context, function, flags, n_values, values, n_bytes, size, buffer
):
    """Call HDF5's ``H5Z_func_t`` by address, with the arguments that C names."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        kinds = [I32, I64, POINTER, I64, POINTER, POINTER]
        values, size, buffer = (builder.inttoptr(args[index], POINTER) for index in (3, 5, 6))
        arguments = [args[1], args[2], values, args[4], size, buffer]
        return _call(builder, args[0], I64, kinds, arguments)

    signature = types.int64(
        types.int64,
        types.uint32,
        types.int64,
        types.int64,
        types.int64,
        types.int64,
        types.int64,
    )
    return signature, codegen
