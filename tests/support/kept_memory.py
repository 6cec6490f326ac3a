"""A native sink that keeps in memory what it is handed, and a stream that is fed to it by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
from numba import carray, cfunc, int64, types
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, KeepConfig, StreamConfig
from picostream_pymeasure.keeping import KeepingSink
from picostream_pymeasure.records import (
    CAPTURE_DTYPE,
    CAPTURES,
    GAP,
    GAP_MESSAGE_DTYPE,
    HEALTH,
    HEALTH_MESSAGE_DTYPE,
    KEPT,
    STRETCH,
    STRETCH_DTYPE,
    Health,
    NativeSink,
    Outcome,
    Sink,
    StreamDescription,
)
from picostream_pymeasure.system.native import as_pointer, copy_bytes

RATE_HZ = 10_000.0
_ROWS = 20_000
_ROW_BYTES = CAPTURE_DTYPE.itemsize
_WORDS = (
    "samples",
    "room",
    "row_bytes",
    "rows",
    "rows_address",
    "item_bytes",
    "n_inputs",
    "refused",
)
_CONTEXT = np.dtype([*((name, np.int64) for name in _WORDS), ("totals", np.int64, (9,))])


@cfunc(types.int64(types.int64, types.int64, types.int64), nogil=True, cache=True)
def _collect(context, kind, address):  # type: ignore[no-untyped-def]
    own = carray(as_pointer(context), 1, _CONTEXT)[0]
    message = carray(as_pointer(address), 9, np.int64)
    if kind == STRETCH:
        if message[0] != own.samples:
            return int64(7)
        for index in range(own.n_inputs):
            target = own.room + index * own.row_bytes + own.samples * own.item_bytes
            copy_bytes(target, message[2] + index * message[3], message[1] * own.item_bytes)
        own.samples += message[1]
    elif kind == CAPTURES:
        target = own.rows_address + message[0] * _ROW_BYTES
        copy_bytes(target, message[2], message[1] * _ROW_BYTES)
        own.rows = max(own.rows, message[0] + message[1])
    elif kind == KEPT:
        for index in range(9):
            own.totals[index] = message[index]
        return own.refused
    return int64(0)


class MemorySink(Sink):
    """Keeps rows of captures and samples; totals are answered with ``own["refused"]``."""

    def __init__(self, shape: tuple[int, int], dtype: str) -> None:
        self.room, self.table = np.zeros(shape, dtype), np.zeros(_ROWS, CAPTURE_DTYPE)
        self.own = np.zeros(1, _CONTEXT)
        self.own["room"], self.own["row_bytes"] = self.room.ctypes.data, self.room.strides[0]
        self.own["rows_address"] = self.table.ctypes.data
        self.own["item_bytes"], self.own["n_inputs"] = self.room.itemsize, shape[0]

    def open(self, description: StreamDescription) -> NativeSink:
        return NativeSink(_collect.address, self.own.ctypes.data)

    def write(self, block: Any) -> None:
        raise NotImplementedError

    @property
    def counts(self) -> NDArray[Any]:
        return self.room[:, : int(self.own["samples"][0])]

    @property
    def rows(self) -> NDArray[Any]:
        return self.table[: int(self.own["rows"][0])]


def describe(
    keep: KeepConfig, channels: str = "A", dtype: str = "<i2", rate_hz: float = RATE_HZ
) -> StreamDescription:
    config = StreamConfig(
        channels=tuple(ChannelConfig(name, 5.0) for name in channels),
        resolution_bits=8 if dtype == "i1" else 12,
        sample_rate_hz=rate_hz,
        keep=keep,
    )
    return StreamDescription(
        config=config,
        sample_interval_ns=1e9 / rate_hz,
        max_adc=127 if dtype == "i1" else 32767,
        block_samples=1000,
        start_time="2025-01-01T00:00:00+00:00",
        counts_dtype=dtype,
    )


class FedStream:
    """Feeds samples to a keeping sink as a drain would.

    :param behind: the sink behind, opened by the keeping one.
    """

    def __init__(self, description: StreamDescription, behind: Sink | None) -> None:
        from picostream_pymeasure.keeping import entry

        self._take = entry.keeping_sink.ctypes
        self.sink = KeepingSink(description.config, behind)
        self.native = self.sink.open(description)
        self.next = 0
        self.told = (HEALTH,)

    def send(self, kind: int, message: NDArray[Any]) -> None:
        failed = self._take(self.native.context, kind, message.ctypes.data)
        assert not failed, failed

    def feed(self, rows: NDArray[Any], cuts: Iterable[int] = ()) -> None:
        rows = np.ascontiguousarray(rows)
        edges = sorted({0, rows.shape[1], *(cut for cut in cuts if 0 < cut < rows.shape[1])})
        for begin, stop in itertools.pairwise(edges):
            address = rows.ctypes.data + begin * rows.itemsize
            row = (self.next, stop - begin, address, rows.strides[0])
            self.send(STRETCH, np.array([row], STRETCH_DTYPE))
            self.next += stop - begin
            for kind in self.told:
                self.send(kind, np.zeros(1, HEALTH_MESSAGE_DTYPE))

    def gap(self, number: int, place: int, missing: int, cause: NDArray[Any]) -> None:
        row = (number, place, place, place, missing, missing, 0, cause.ctypes.data)
        self.send(GAP, np.array([row], GAP_MESSAGE_DTYPE))

    def end(self) -> None:
        health = Health(received=self.next, stored=self.next)
        self.sink.close(Outcome("stopped", "Stopped on request.", health))
