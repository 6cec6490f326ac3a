"""The start of a stream, at an interval that the driver takes."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any

from ..config import StreamConfig, min_interval_ns
from ..errors import SampleRateError
from . import interval
from .connection import Connection, call
from .trigger import set_pulse_width

#: Steps of the interval to try for the fastest rate: to a quarter of what four channels can.
_RATE_ATTEMPTS = 16


def start_stream(
    connection: Connection, config: StreamConfig, buffer_samples: int, through: Any
) -> float:
    """Start it and return the actual raw interval in ns; see :meth:`.unit.Unit.run_streaming`."""
    if asked := config.pulse_limits(config.requested_interval_ns):
        # it is counted in samples, whose interval is known only when it runs
        interval_ns = _run_at_possible_rate(connection, config, buffer_samples, connection.library)
        connection.stop()
        if config.pulse_limits(interval_ns) != asked:
            set_pulse_width(connection, config, interval_ns)
    return _run_at_possible_rate(connection, config, buffer_samples, through)


def _run_at_possible_rate(
    connection: Connection, config: StreamConfig, buffer_samples: int, through: Any
) -> float:
    interval_ns = config.requested_interval_ns
    longer = _RATE_ATTEMPTS - 1 if config.sample_rate_hz == 0 else 0
    for _ in range(longer):
        with suppress(SampleRateError):
            return _run_at(connection, interval_ns, config, buffer_samples, through)
        interval_ns += min_interval_ns(config.resolution_bits, 1)
    return _run_at(connection, interval_ns, config, buffer_samples, through)


def _run_at(
    connection: Connection,
    interval_ns: float,
    config: StreamConfig,
    buffer_samples: int,
    through: Any,
) -> float:
    value, unit = interval.to_driver(interval_ns)
    wanted = ctypes.c_uint32(value)
    arguments = (
        connection.handle,
        ctypes.byref(wanted),
        unit.code,
        0,
        0,
        0,
        config.downsample_ratio,
        config.downsample_mode.ratio_mode,
        buffer_samples,
    )
    call(through, "ps5000aRunStreaming", *arguments)
    try:
        return interval.from_driver(wanted.value, unit, interval_ns)
    except SampleRateError:
        connection.stop()
        raise
