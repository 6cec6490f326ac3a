"""The least that a recording can be: poll the scope, copy what came, write it to a raw file.

One thread, the vendor's calls through ctypes, no overview, no checksum, no gaps, no HDF5.
"""

from __future__ import annotations

import ctypes
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit

_POLL_S = 0.01
_BUFFER_S = 0.1
_CHUNK_BYTES = 1 << 20

_READY = ctypes.CFUNCTYPE(
    None,
    ctypes.c_int16,
    ctypes.c_int32,
    ctypes.c_uint32,
    ctypes.c_int16,
    ctypes.c_uint32,
    ctypes.c_int16,
    ctypes.c_int16,
    ctypes.c_void_p,
)


@dataclass
class BareLoop:
    """What a run cost: processor seconds by part, all in the thread of the loop."""

    samples: int = 0
    elapsed_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)

    @property
    def cores(self) -> float:
        return sum(self.cpu_s.values()) / self.elapsed_s


class _Clock:
    """Adds up the processor time of this thread, part by part."""

    def __init__(self) -> None:
        self.parts = {"poll": 0.0, "copy": 0.0, "write": 0.0}
        self._last = time.thread_time()

    def add(self, part: str) -> None:
        now = time.thread_time()
        self.parts[part] += now - self._last
        self._last = now


def run(unit: Unit, config: StreamConfig, path: Path, seconds: float) -> BareLoop:
    """Stream the first channel for some seconds.

    ``poll`` is the driver's share (for the simulated scope: making the samples), ``copy`` and
    ``write`` are the loop's own.
    """
    unit.configure(config)
    samples = round(_BUFFER_S * 1e9 / config.requested_interval_ns)
    buffer = np.zeros((1, samples), config.wanted_counts_dtype)
    assert buffer.itemsize == 2 or unit.has_byte_buffers
    unit.register_buffers(config.channels[0], config.downsample_mode, buffer)
    unit.run_streaming(config, samples)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        return _loop(unit, buffer[0], descriptor, seconds)
    finally:
        os.close(descriptor)
        unit.stop()
        unit.release_all_buffers()


def _loop(unit: Unit, buffer: np.ndarray, descriptor: int, seconds: float) -> BareLoop:
    chunk = np.zeros(_CHUNK_BYTES // buffer.itemsize, buffer.dtype)
    clock, found = _Clock(), BareLoop()
    filled = 0

    def ready(_handle, count, start, _overflow, _at, _triggered, _stop, _parameter):  # type: ignore[no-untyped-def]
        nonlocal filled
        clock.add("poll")
        found.samples += count
        while count:
            part = min(count, len(chunk) - filled)
            chunk[filled : filled + part] = buffer[start : start + part]
            filled, start, count = filled + part, start + part, count - part
            clock.add("copy")
            if filled == len(chunk):
                os.write(descriptor, chunk)
                filled = 0
                clock.add("write")

    callback = _READY(ready)
    poll = unit.library.ps5000aGetStreamingLatestValues
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        poll(unit.handle, callback, None)
        clock.add("poll")
        time.sleep(_POLL_S)
    found.elapsed_s = time.perf_counter() - started
    found.cpu_s = clock.parts
    return found
