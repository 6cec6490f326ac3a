"""Positioned writes and what else a recording asks of the system, without Python.

Used inside numba ``nogil`` code. Files are told by what :func:`native_handle` gives: the
descriptor, on Windows the system's handle. Results below zero are errors: the negative
``errno``, on Windows the negative ``GetLastError``; :func:`as_os_error` makes the exception.
Only the Linux forms have been run; Windows follows ``WriteFile``,
``SetFileInformationByHandle``, ``FlushFileBuffers`` and ``GetDiskFreeSpaceExW``, macOS its manual
pages.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from platform import machine
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_POINTER = ir.IntType(8).as_pointer()


def _external(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    function_type = ir.FunctionType(result, arguments)
    return cgutils.get_or_insert_function(builder.module, function_type, name)


def _pointer(builder: Any, address: Any) -> Any:
    return builder.inttoptr(address, _POINTER)


if sys.platform == "win32":
    _LOCKED = (-33, -33)  # ERROR_LOCK_VIOLATION
    _NO_PROGRESS = -29  # ERROR_WRITE_FAULT
    _OVERLAPPED = ir.LiteralStructType([_I64, _I64, _I64, _POINTER])
    _END_OF_FILE_INFO = 6

    def _or_error(builder: Any, succeeded: Any, value: Any) -> Any:
        code = builder.call(_external(builder, "GetLastError", _I32, []), [])
        failed = builder.icmp_unsigned("==", succeeded, _I32(0))
        return builder.select(failed, builder.neg(builder.zext(code, _I64)), value)

    @intrinsic
    def _write_once(typing_context, handle, address, count, position):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            written = cgutils.alloca_once_value(builder, _I32(0))
            where = cgutils.alloca_once(builder, _OVERLAPPED)
            zero = _I64(0)
            for index, value in enumerate((zero, zero, args[3], ir.Constant(_POINTER, None))):
                builder.store(value, builder.gep(where, [_I32(0), _I32(index)]))
            call = _external(
                builder, "WriteFile", _I32, [_POINTER, _POINTER, _I32, _POINTER, _POINTER]
            )
            succeeded = builder.call(
                call,
                [
                    _pointer(builder, args[0]),
                    _pointer(builder, args[1]),
                    builder.trunc(args[2], _I32),
                    builder.bitcast(written, _POINTER),
                    builder.bitcast(where, _POINTER),
                ],
            )
            return _or_error(builder, succeeded, builder.zext(builder.load(written), _I64))

        return types.int64(types.int64, types.int64, types.int64, types.int64), codegen

    @intrinsic
    def set_length(typing_context, handle, n_bytes):  # type: ignore[no-untyped-def]
        """Let the file end there; 0, or an error."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            end = cgutils.alloca_once_value(builder, args[1])
            call = _external(
                builder, "SetFileInformationByHandle", _I32, [_POINTER, _I32, _POINTER, _I32]
            )
            pointer = builder.bitcast(end, _POINTER)
            handle_pointer = _pointer(builder, args[0])
            succeeded = builder.call(
                call, [handle_pointer, _I32(_END_OF_FILE_INFO), pointer, _I32(8)]
            )
            return _or_error(builder, succeeded, _I64(0))

        return types.int64(types.int64, types.int64), codegen

    @intrinsic
    def sync_file(typing_context, handle):  # type: ignore[no-untyped-def]
        """Return once the file's data are on the disk; 0, or an error."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            call = _external(builder, "FlushFileBuffers", _I32, [_POINTER])
            return _or_error(builder, builder.call(call, [_pointer(builder, args[0])]), _I64(0))

        return types.int64(types.int64), codegen

    @intrinsic
    def free_bytes(typing_context, handle, folder):  # type: ignore[no-untyped-def]
        """Room for this user on the disk, or an error.

        :param folder: address of its path, UTF-16 with a zero behind it.
        """

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            free = cgutils.alloca_once_value(builder, _I64(0))
            call = _external(builder, "GetDiskFreeSpaceExW", _I32, [_POINTER] * 4)
            nothing = ir.Constant(_POINTER, None)
            pointers = [_pointer(builder, args[1]), builder.bitcast(free, _POINTER)]
            succeeded = builder.call(call, [*pointers, nothing, nothing])
            return _or_error(builder, succeeded, builder.load(free))

        return types.int64(types.int64, types.int64), codegen

    @njit(nogil=True, cache=True)
    def forget_cached(handle, begin, count):  # type: ignore[no-untyped-def]
        """Do nothing: Windows has no such advice."""

else:
    # what a system, or the server of a mounted drive, answers to an open file's writer
    _LOCKED = (-errno.EAGAIN, -errno.EACCES)
    _NO_PROGRESS = -errno.EIO
    _IS_MAC = sys.platform == "darwin"
    _ERRNO = "__error" if _IS_MAC else "__errno_location"
    _FULL_SYNC = 51  # F_FULLFSYNC: a plain fsync stops at the drive's cache
    _DONT_NEED = 4  # POSIX_FADV_DONTNEED

    def _or_error(builder: Any, result: Any) -> Any:
        """The result, or the negative ``errno`` where it is below zero."""
        where = builder.call(_external(builder, _ERRNO, _I32.as_pointer(), []), [])
        code = builder.sext(builder.load(where), _I64)
        wide = result if result.type == _I64 else builder.sext(result, _I64)
        return builder.select(builder.icmp_signed("<", wide, _I64(0)), builder.neg(code), wide)

    def _positioned(name: str) -> Any:
        """``pwrite`` or ``pread``: gives the bytes that were moved, or an error."""

        @intrinsic
        def move_once(typing_context, handle, address, count, position):  # type: ignore[no-untyped-def]
            def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
                call = _external(builder, name, _I64, [_I32, _POINTER, _I64, _I64])
                pointer = _pointer(builder, args[1])
                descriptor = builder.trunc(args[0], _I32)
                moved = builder.call(call, [descriptor, pointer, args[2], args[3]])
                return _or_error(builder, moved)

            return types.int64(types.int64, types.int64, types.int64, types.int64), codegen

        return move_once

    _write_once, _read_once = _positioned("pwrite"), _positioned("pread")

    @njit(types.boolean(types.int64, types.int64, types.int64[:, ::1]), nogil=True, cache=True)
    def read_pieces(handle, address, pieces):  # type: ignore[no-untyped-def]
        """Read pieces of a file one behind the other into memory; whether all were there.

        :param pieces: int64, shape ``(n, 2)``: position and bytes of each.
        """
        for number in range(pieces.shape[0]):
            position, count = pieces[number]
            while count > 0:
                result = _read_once(handle, address, count, position)
                if result <= 0:
                    return False
                address, position, count = address + result, position + result, count - result
        return True

    @intrinsic
    def set_length(typing_context, handle, n_bytes):  # type: ignore[no-untyped-def]
        """Let the file end there; 0, or an error."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            call = _external(builder, "ftruncate", _I32, [_I32, _I64])
            return _or_error(builder, builder.call(call, [builder.trunc(args[0], _I32), args[1]]))

        return types.int64(types.int64, types.int64), codegen

    @intrinsic
    def sync_file(typing_context, handle):  # type: ignore[no-untyped-def]
        """Return once the file's data are on the disk; 0, or an error."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            descriptor = builder.trunc(args[0], _I32)
            if _IS_MAC:
                kind = ir.FunctionType(_I32, [_I32, _I32], var_arg=True)
                call = cgutils.get_or_insert_function(builder.module, kind, "fcntl")
                result = cgutils.alloca_once_value(
                    builder, builder.call(call, [descriptor, _I32(_FULL_SYNC)])
                )
                is_refused = builder.icmp_signed("<", builder.load(result), _I32(0))
                with builder.if_then(is_refused):  # as drives of a network do
                    call = _external(builder, "fsync", _I32, [_I32])
                    builder.store(builder.call(call, [descriptor]), result)
                return _or_error(builder, builder.load(result))
            call = _external(builder, "fdatasync", _I32, [_I32])
            return _or_error(builder, builder.call(call, [descriptor]))

        return types.int64(types.int64), codegen

    @intrinsic
    def free_bytes(typing_context, handle, folder):  # type: ignore[no-untyped-def]
        """Room for this user on the disk that holds the file, or an error."""

        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            # statvfs: f_frsize is word 1, f_bavail word 4; macOS's statfs: f_bsize is the first
            # 32 bits, f_bavail word 3
            words = cgutils.alloca_once(builder, ir.ArrayType(_I64, 512))
            call = _external(
                builder, statistics_function(sys.platform, machine()), _I32, [_I32, _POINTER]
            )
            descriptor = builder.trunc(args[0], _I32)
            failed = builder.call(call, [descriptor, builder.bitcast(words, _POINTER)])

            def word(index: int) -> Any:
                return builder.load(builder.gep(words, [_I32(0), _I32(index)]))

            block = builder.and_(word(0), _I64(0xFFFFFFFF)) if _IS_MAC else word(1)
            free = builder.mul(block, word(3 if _IS_MAC else 4))
            code = _or_error(builder, failed)
            return builder.select(builder.icmp_signed("<", code, _I64(0)), code, free)

        return types.int64(types.int64, types.int64), codegen

    if _IS_MAC:

        @njit(nogil=True, cache=True)
        def forget_cached(handle, begin, count):  # type: ignore[no-untyped-def]
            """Do nothing: macOS has no such advice."""

    else:

        @intrinsic
        def forget_cached(typing_context, handle, begin, count):  # type: ignore[no-untyped-def]
            """Let the system reuse memory that caches a stretch already on the disk."""

            def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
                call = _external(builder, "posix_fadvise", _I32, [_I32, _I64, _I64, _I32])
                descriptor = builder.trunc(args[0], _I32)
                builder.call(call, [descriptor, args[1], args[2], _I32(_DONT_NEED)])
                return context.get_dummy_value()

            return types.void(types.int64, types.int64, types.int64), codegen


_INTERRUPTED = -4 if sys.platform != "win32" else 0


@njit(nogil=True, cache=True)
def write_at(handle, address, count, position):  # type: ignore[no-untyped-def]
    """Write ``count`` bytes at a position; 0, or the error of a write that failed."""
    done = 0
    while done < count:
        result = _write_once(handle, address + done, count - done, position + done)
        if result > 0:
            done += result
        elif result == 0:
            return _NO_PROGRESS
        elif result != _INTERRUPTED:
            return result
    return 0


@njit(nogil=True, cache=True)
def is_locked(result):  # type: ignore[no-untyped-def]
    """Whether an error is that of a write which somebody's lock refuses."""
    return result in _LOCKED


def statistics_function(platform: str, processor: str) -> str:
    """The C function that tells of a file's disk; on Intel Macs the bare name is an older one's."""
    if platform != "darwin":
        return "fstatvfs"
    return "fstatfs$INODE64" if processor == "x86_64" else "fstatfs"


def native_handle(descriptor: int) -> int:
    """What the native functions take for an open descriptor."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.get_osfhandle(descriptor)
    return descriptor


def native_folder(folder: Path) -> bytes:
    """The path as :func:`free_bytes` takes it: UTF-16 on Windows, else unused.

    With a backslash at its end, which Windows wants of a server's folders.
    """
    text = str(folder).rstrip("\\")
    return f"{text}\\\0".encode("utf-16-le", "surrogatepass")


def as_os_error(result: int) -> OSError:
    """The exception for a result below zero."""
    if sys.platform == "win32":
        return ctypes.WinError(-result)
    return OSError(-result, os.strerror(-result))
