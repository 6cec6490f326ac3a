"""XXH3-64, the checksum of chunks, without the GIL and without Python.

Bit for bit what ``xxhash.xxh3_64_intdigest(data, seed)`` gives; that package cannot be called from
compiled code on all systems. Source: xxHash's ``doc/xxhash_spec.md``, section XXH3, with its
default secret. For little-endian machines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import int64, njit, types, uint64
from numba.core import cgutils
from numba.extending import intrinsic

_SECRET = np.frombuffer(
    bytes.fromhex(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
        "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
        "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
        "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
        "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
        "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
    ),
    np.uint8,
).view(np.uint64)
_STRIPE, _LANES = 64, 8

#: Stripes between two scramblings: so often the secret can be moved on by 8 bytes.
_BLOCK_STRIPES = (_SECRET.nbytes - _STRIPE) // 8

#: A state: the lanes, the secret with its seed, and how many stripes were taken.
STATE_WORDS = _LANES + _SECRET.size + 1
_DONE_AT = STATE_WORDS - 1

_P32_1, _P32_2, _P32_3 = (np.uint64(word) for word in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D))
_P64_1, _P64_2, _P64_3, _P64_4, _P64_5 = (
    np.uint64(word)
    for word in (
        0x9E3779B185EBCA87,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0x85EBCA77C2B2AE63,
        0x27D4EB2F165667C5,
    )
)
_START = np.array([_P32_3, _P64_1, _P64_2, _P64_3, _P64_4, _P32_2, _P64_5, _P32_1])
_MIX_1, _MIX_2 = np.uint64(0x165667919E3779F9), np.uint64(0x9FB21C651E98DF25)

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_VECTOR = ir.VectorType(_I64, _LANES)
_SWAPPED = ir.Constant(ir.VectorType(_I32, _LANES), [1, 0, 3, 2, 5, 4, 7, 6])


def _load(builder: Any, address: Any, kind: Any) -> Any:
    return builder.load(builder.inttoptr(address, kind.as_pointer()), align=1)


def _splat(word: int) -> Any:
    return ir.Constant(_VECTOR, [word] * _LANES)


@intrinsic
def _word(typing_context, address):  # type: ignore[no-untyped-def]
    """The eight bytes at an address, aligned or not."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return _load(builder, args[0], _I64)

    return types.uint64(types.int64), codegen


@intrinsic
def _byte(typing_context, address):  # type: ignore[no-untyped-def]
    """The byte at an address."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return _load(builder, args[0], ir.IntType(8))

    return types.uint8(types.int64), codegen


@intrinsic
def _accumulate(typing_context, lanes, data, secret, stripes):  # type: ignore[no-untyped-def]
    """Mix stripes of 64 bytes into the eight ``lanes``, the secret moving on by 8 bytes each.

    All are addresses. Written as vector instructions: LLVM makes none of the loop in Python.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        sums_at = cgutils.alloca_once(builder, _VECTOR)
        builder.store(_load(builder, args[0], _VECTOR), sums_at)
        with cgutils.for_range(builder, args[3]) as loop:
            offset = builder.mul(loop.index, _I64(8))
            at = builder.add(args[1], builder.mul(loop.index, _I64(_STRIPE)))
            values = _load(builder, at, _VECTOR)
            keyed = builder.xor(values, _load(builder, builder.add(args[2], offset), _VECTOR))
            product = builder.mul(
                builder.and_(keyed, _splat(0xFFFFFFFF)), builder.lshr(keyed, _splat(32))
            )
            swapped = builder.shuffle_vector(values, ir.Constant(_VECTOR, ir.Undefined), _SWAPPED)
            sums = builder.add(builder.load(sums_at), builder.add(product, swapped))
            builder.store(sums, sums_at)
        pointer = builder.inttoptr(args[0], _VECTOR.as_pointer())
        builder.store(builder.load(sums_at), pointer, align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64, types.int64), codegen


@intrinsic
def _folded_product(typing_context, a, b):  # type: ignore[no-untyped-def]
    """The two halves of the 128-bit product, one xor the other."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(arg, wide) for arg in args))
        high = builder.lshr(product, wide(64))
        return builder.trunc(builder.xor(product, high), _I64)

    return types.uint64(types.uint64, types.uint64), codegen


@njit(uint64(uint64), nogil=True, cache=True, inline="always")
def _avalanche(h):  # type: ignore[no-untyped-def]
    h = (h ^ (h >> uint64(37))) * _MIX_1
    return h ^ (h >> uint64(32))


@njit(uint64(uint64), nogil=True, cache=True, inline="always")
def _old_avalanche(h):  # type: ignore[no-untyped-def]
    """XXH64's."""
    h = (h ^ (h >> uint64(33))) * _P64_2
    h = (h ^ (h >> uint64(29))) * _P64_3
    return h ^ (h >> uint64(32))


@njit(uint64(uint64), nogil=True, cache=True)
def _bytes_reversed(word):  # type: ignore[no-untyped-def]
    out = uint64(0)
    for _ in range(8):
        out = (out << uint64(8)) | (word & uint64(255))
        word >>= uint64(8)
    return out


@njit(uint64(uint64, int64), nogil=True, cache=True, inline="always")
def _rotated(word, bits):  # type: ignore[no-untyped-def]
    return (word << uint64(bits)) | (word >> uint64(64 - bits))


@njit(uint64(int64, int64, uint64), nogil=True, cache=True, inline="always")
def _mixed_16(data, secret, seed):  # type: ignore[no-untyped-def]
    low = _word(data) ^ (_word(secret) + seed)
    high = _word(data + 8) ^ (_word(secret + 8) - seed)
    return _folded_product(low, high)


@njit(uint64(int64, int64, uint64, int64), nogil=True, cache=True)
def _up_to_16(data, size, seed, secret):  # type: ignore[no-untyped-def]
    low32 = uint64(0xFFFFFFFF)
    if size > 8:
        first = (_word(secret + 24) ^ _word(secret + 32)) + seed
        second = (_word(secret + 40) ^ _word(secret + 48)) - seed
        low, high = _word(data) ^ first, _word(data + size - 8) ^ second
        total = uint64(size) + _bytes_reversed(low) + high + _folded_product(low, high)
        return _avalanche(total)
    # eight bytes of a shorter input would be read beyond its end
    content = np.zeros(2, np.uint64)
    padded = content.view(np.uint8)
    for index in range(size):
        padded[index] = _byte(data + index)
    if size >= 4:
        seed ^= _bytes_reversed(seed & low32)
        head = content[0] & low32
        tail = uint64(0)
        for index in range(4):
            tail |= uint64(padded[size - 4 + index]) << uint64(8 * index)
        keyed = (tail + (head << uint64(32))) ^ ((_word(secret + 8) ^ _word(secret + 16)) - seed)
        h = keyed ^ _rotated(keyed, 49) ^ _rotated(keyed, 24)
        h *= _MIX_2
        h ^= (h >> uint64(35)) + uint64(size)
        h *= _MIX_2
        return h ^ (h >> uint64(28))
    if size:
        word = (uint64(padded[0]) << uint64(16)) | (uint64(padded[size >> 1]) << uint64(24))
        word |= uint64(padded[size - 1]) | (uint64(size) << uint64(8))
        flip = ((_word(secret) & low32) ^ (_word(secret) >> uint64(32))) + seed
        return _old_avalanche(word ^ flip)
    return _old_avalanche(seed ^ _word(secret + 56) ^ _word(secret + 64))


@njit(uint64(int64, int64, uint64, int64), nogil=True, cache=True)
def _up_to_240(data, size, seed, secret):  # type: ignore[no-untyped-def]
    total = uint64(size) * _P64_1
    if size <= 128:
        for index in range((size - 1) // 32, -1, -1):
            total += _mixed_16(data + 16 * index, secret + 32 * index, seed)
            total += _mixed_16(data + size - 16 * (index + 1), secret + 32 * index + 16, seed)
        return _avalanche(total)
    for index in range(8):
        total += _mixed_16(data + 16 * index, secret + 16 * index, seed)
    total = _avalanche(total)
    for index in range(8, size // 16):
        total += _mixed_16(data + 16 * index, secret + 16 * (index - 8) + 3, seed)
    total += _mixed_16(data + size - 16, secret + 136 - 17, seed)
    return _avalanche(total)


@njit(nogil=True, cache=True)
def begin(state, seed):  # type: ignore[no-untyped-def]
    """Start the checksum of more than 240 bytes that come in pieces.

    :param state: uint64, :data:`STATE_WORDS`; written.
    """
    for index in range(_LANES):
        state[index] = _START[index]
    for index in range(0, _SECRET.size, 2):
        state[_LANES + index] = _SECRET[index] + uint64(seed)
        state[_LANES + index + 1] = _SECRET[index + 1] - uint64(seed)
    state[_DONE_AT] = 0


@njit(nogil=True, cache=True)
def update(state, data, stripes):  # type: ignore[no-untyped-def]
    """Take stripes of 64 bytes, but never the last bytes of all: those are :func:`finish`'s.

    :param data: address of the first.
    """
    lanes_at = state.ctypes.data
    taken = 0
    while taken < stripes:
        in_block = int64(state[_DONE_AT]) % _BLOCK_STRIPES
        count = min(_BLOCK_STRIPES - in_block, stripes - taken)
        secret_at = lanes_at + 8 * (_LANES + in_block)
        _accumulate(lanes_at, data + _STRIPE * taken, secret_at, count)
        if in_block + count == _BLOCK_STRIPES:
            for index in range(_LANES):
                lane = state[index]
                lane ^= lane >> uint64(47)
                state[index] = (lane ^ state[_LANES + _BLOCK_STRIPES + index]) * _P32_1
        state[_DONE_AT] += uint64(count)
        taken += count


@njit(nogil=True, cache=True)
def finish(state, last, size):  # type: ignore[no-untyped-def]
    """Take the last 64 bytes and give the checksum.

    :param last: their address; all whole stripes before the last byte were taken.
    :param size: of all, in bytes.
    """
    lanes_at = state.ctypes.data
    secret_at = lanes_at + 8 * _LANES
    _accumulate(lanes_at, last, secret_at + 8 * _SECRET.size - _STRIPE - 7, 1)
    total = uint64(size) * _P64_1
    for index in range(0, _LANES, 2):
        at = secret_at + 11 + 8 * index
        total += _folded_product(state[index] ^ _word(at), state[index + 1] ^ _word(at + 8))
    return _avalanche(total)


@njit(uint64(int64, int64, uint64), nogil=True, cache=True)
def xxh3_at(data, size, seed):  # type: ignore[no-untyped-def]
    """Checksum of the ``size`` bytes at the address ``data``, to be called from compiled code."""
    if size <= 16:
        return _up_to_16(data, size, seed, _SECRET.ctypes.data)
    if size <= 240:
        return _up_to_240(data, size, seed, _SECRET.ctypes.data)
    state = np.empty(STATE_WORDS, np.uint64)
    begin(state, seed)
    update(state, data, (size - 1) // _STRIPE)
    return finish(state, data + size - _STRIPE, size)
