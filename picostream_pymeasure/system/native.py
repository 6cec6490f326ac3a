"""Native code without Python: clock, sleep, pointers, ordered counters, calls through addresses.

Everything here runs inside numba ``nogil`` loops and ``@cfunc`` callbacks. Pointers travel as
int64 addresses, so that nothing depends on ctypes objects and every function can be cached.
Only the Linux form of :func:`now_ns` and :func:`sleep_ns` has been run; Windows uses
``QueryPerformanceCounter`` and ``Sleep`` of kernel32, macOS the same libc calls as Linux.
"""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_POINTER = ir.IntType(8).as_pointer()


def _external(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    function_type = ir.FunctionType(result, arguments)
    return cgutils.get_or_insert_function(builder.module, function_type, name)


def _two_words(context: Any, builder: Any) -> tuple[Any, Any]:
    """Stack space for a timespec or a performance counter, and its address as ``void*``."""
    words = cgutils.alloca_once(builder, ir.ArrayType(_I64, 2))
    return words, builder.bitcast(words, _POINTER)


def _load_word(builder: Any, words: Any, index: int) -> Any:
    return builder.load(builder.gep(words, [_I32(0), _I32(index)]))


if sys.platform == "win32":

    @intrinsic
    def _counter(typing_context):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            call = _external(builder, "QueryPerformanceCounter", _I32, [_POINTER])
            builder.call(call, [pointer])
            return _load_word(builder, words, 0)

        return types.int64(), codegen

    @intrinsic
    def _frequency(typing_context):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            call = _external(builder, "QueryPerformanceFrequency", _I32, [_POINTER])
            builder.call(call, [pointer])
            return _load_word(builder, words, 0)

        return types.int64(), codegen

    @intrinsic
    def _sleep_ms(typing_context, milliseconds):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            call = _external(builder, "Sleep", ir.VoidType(), [_I32])
            builder.call(call, [builder.trunc(args[0], _I32)])
            return context.get_dummy_value()

        return types.void(types.int64), codegen

    @njit(nogil=True, cache=True)
    def now_ns() -> int:
        """Monotonic time in nanoseconds."""
        ticks, per_second = _counter(), _frequency()
        return (
            ticks // per_second * 1_000_000_000 + ticks % per_second * 1_000_000_000 // per_second
        )

    @njit(nogil=True, cache=True)
    def unslewed_ns() -> int:
        """Time in nanoseconds by a clock that no time service corrects."""
        return now_ns()

    @njit(nogil=True, cache=True)
    def slept_ns() -> int:
        """What the clock above does not count of the machine's sleep: QPC counts it."""
        return 0

    @njit(nogil=True, cache=True)
    def sleep_ns(duration_ns: int) -> None:
        """Sleep without the GIL, rounded up to whole milliseconds."""
        _sleep_ms((duration_ns + 999_999) // 1_000_000)

else:
    # clocks of clock_gettime: of the same kind, the second goes on while the machine sleeps
    if sys.platform == "darwin":
        _MONOTONIC, _UNSLEWED, _AWAKE, _ALWAYS = 6, 8, 8, 4  # UPTIME_RAW, MONOTONIC_RAW
    else:
        _MONOTONIC, _UNSLEWED, _AWAKE, _ALWAYS = 1, 4, 1, 7  # MONOTONIC, BOOTTIME

    @intrinsic
    def _read_clock(typing_context, number):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            call = _external(builder, "clock_gettime", _I32, [_I32, _POINTER])
            builder.call(call, [args[0], pointer])
            seconds = builder.mul(_load_word(builder, words, 0), _I64(1_000_000_000))
            return builder.add(seconds, _load_word(builder, words, 1))

        return types.int64(types.int32), codegen

    @njit(nogil=True, cache=True)
    def now_ns() -> int:
        """Monotonic time in nanoseconds."""
        return int(_read_clock(_MONOTONIC))

    @njit(nogil=True, cache=True)
    def unslewed_ns() -> int:
        """Time in nanoseconds by a clock that no time service corrects."""
        return int(_read_clock(_UNSLEWED))

    @njit(nogil=True, cache=True)
    def slept_ns() -> int:
        """What the clock above does not count of the machine's sleep since its start.

        Two clocks are read one after the other, so that it is some microseconds too much, or
        milliseconds where the thread lost the processor in between; the third try is taken.
        """
        slept = 0
        for _ in range(3):
            before = _read_clock(_AWAKE)
            slept = _read_clock(_ALWAYS) - before
            if _read_clock(_AWAKE) - before < 100_000:
                break
        return slept

    @intrinsic
    def sleep_ns(typing_context, duration_ns):  # type: ignore[no-untyped-def]
        """Sleep without the GIL."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            billion = _I64(1_000_000_000)
            for index, value in enumerate(
                (builder.sdiv(args[0], billion), builder.srem(args[0], billion))
            ):
                builder.store(value, builder.gep(words, [_I32(0), _I32(index)]))
            call = _external(builder, "nanosleep", _I32, [_POINTER, _POINTER])
            builder.call(call, [pointer, _POINTER(None)])
            return context.get_dummy_value()

        return types.void(types.int64), codegen


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
        builder.cmpxchg(pointer, _I64(0), _I64(0), "monotonic", "monotonic")
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


@intrinsic
def as_pointer(typing_context, address):  # type: ignore[no-untyped-def]
    """Turn an address into ``void*``, for ``numba.carray``."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.inttoptr(args[0], _POINTER)

    return types.voidptr(types.int64), codegen


@intrinsic
def copy_bytes(typing_context, target, source, count):  # type: ignore[no-untyped-def]
    """Copy ``count`` bytes between two addresses that do not overlap."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointers = [builder.inttoptr(args[index], _POINTER) for index in (0, 1)]
        cgutils.raw_memcpy(builder, *pointers, args[2], 1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), codegen


@intrinsic
def call_poll(typing_context, function, handle, callback, parameter):  # type: ignore[no-untyped-def]
    """Call ``uint32 function(int16 handle, void *callback, void *parameter)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        function_type = ir.FunctionType(_I32, [_I16, _POINTER, _POINTER])
        target = builder.inttoptr(args[0], function_type.as_pointer())
        pointers = [builder.inttoptr(args[index], _POINTER) for index in (2, 3)]
        # Apple's processors want the caller to extend what is narrower than a register
        return builder.call(target, [args[1], *pointers], arg_attrs={0: ("signext",)})

    return types.uint32(types.int64, types.int16, types.int64, types.int64), codegen


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
        function_type = ir.FunctionType(
            ir.VoidType(), [_I16, _I32, _I32, _I16, _I32, _I16, _I16, _POINTER]
        )
        target = builder.inttoptr(args[0], function_type.as_pointer())
        builder.call(target, [*args[1:8], builder.inttoptr(args[8], _POINTER)])
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
        function_type = ir.FunctionType(_I32, [_I16, _I32, _POINTER, _I32, _I32, _I32])
        target = builder.inttoptr(args[0], function_type.as_pointer())
        pointer = builder.inttoptr(args[3], _POINTER)
        return builder.call(target, [args[1], args[2], pointer, *args[4:7]])

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


def _field(builder: Any, args: Any) -> Any:
    start = builder.bitcast(args[0], _POINTER)
    return builder.bitcast(builder.gep(start, [args[1]]), _I64.as_pointer())


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
        return builder.ptrtoint(args[0], _I64)

    return types.int64(record), codegen


@intrinsic
def call_sink(typing_context, function, sink_context, kind, address):  # type: ignore[no-untyped-def]
    """Call ``int64 function(int64 context, int64 kind, int64 address)`` by address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        function_type = ir.FunctionType(_I64, [_I64, _I64, _I64])
        target = builder.inttoptr(args[0], function_type.as_pointer())
        return builder.call(target, list(args[1:]))

    return types.int64(types.int64, types.int64, types.int64, types.int64), codegen
