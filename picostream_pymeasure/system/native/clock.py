"""Clocks and sleep.

Only the Linux form has been run; Windows uses ``QueryPerformanceCounter`` and ``Sleep`` of
kernel32, macOS the same libc calls as Linux.
"""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from .words import I32, I64, POINTER


def _external(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    function_type = ir.FunctionType(result, arguments)
    return cgutils.get_or_insert_function(builder.module, function_type, name)


def _two_words(context: Any, builder: Any) -> tuple[Any, Any]:
    """Stack space for a timespec or a performance counter, and its address as ``void*``."""
    words = cgutils.alloca_once(builder, ir.ArrayType(I64, 2))
    return words, builder.bitcast(words, POINTER)


def _load_word(builder: Any, words: Any, index: int) -> Any:
    return builder.load(builder.gep(words, [I32(0), I32(index)]))


if sys.platform == "win32":

    @intrinsic
    def _counter(typing_context):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            call = _external(builder, "QueryPerformanceCounter", I32, [POINTER])
            builder.call(call, [pointer])
            return _load_word(builder, words, 0)

        return types.int64(), codegen

    @intrinsic
    def _frequency(typing_context):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            words, pointer = _two_words(context, builder)
            call = _external(builder, "QueryPerformanceFrequency", I32, [POINTER])
            builder.call(call, [pointer])
            return _load_word(builder, words, 0)

        return types.int64(), codegen

    @intrinsic
    def _sleep_ms(typing_context, milliseconds):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            call = _external(builder, "Sleep", ir.VoidType(), [I32])
            builder.call(call, [builder.trunc(args[0], I32)])
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
            call = _external(builder, "clock_gettime", I32, [I32, POINTER])
            builder.call(call, [args[0], pointer])
            seconds = builder.mul(_load_word(builder, words, 0), I64(1_000_000_000))
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
            billion = I64(1_000_000_000)
            for index, value in enumerate(
                (builder.sdiv(args[0], billion), builder.srem(args[0], billion))
            ):
                builder.store(value, builder.gep(words, [I32(0), I32(index)]))
            call = _external(builder, "nanosleep", I32, [POINTER, POINTER])
            builder.call(call, [pointer, POINTER(None)])
            return context.get_dummy_value()

        return types.void(types.int64), codegen
