"""Memory for a stream, handed to the driver in the form it takes."""

from __future__ import annotations

import logging

from ..config import StreamConfig
from ..driver import Unit
from ..errors import DriverError
from .pool import PoolPlan
from .pool_memory import PoolMemory

log = logging.getLogger(__name__)


def provide_memory(unit: Unit, config: StreamConfig) -> tuple[PoolPlan, PoolMemory]:
    """Allocate the pool and register the driver's buffers: of one byte a sample where it can.

    :raises ConfigurationError: the machine does not have so much memory free.
    :raises DriverError: the driver refuses its buffers; all is given back.
    """
    if config.wanted_counts_dtype == "i1":
        try:
            if unit.has_byte_buffers:
                return _provide(unit, config, "i1")
        except DriverError as error:
            if type(error) is not DriverError:  # gone, busy or without power
                raise
            log.debug("%s", error)
        log.warning(
            "The driver does not deliver 8 bit in one byte a sample; it is recorded in two, which "
            "takes twice the room."
        )
    return _provide(unit, config, "<i2")


def _provide(unit: Unit, config: StreamConfig, counts_dtype: str) -> tuple[PoolPlan, PoolMemory]:
    plan = PoolPlan.for_stream(config, config.requested_interval_ns, counts_dtype)
    memory = PoolMemory(plan)
    try:
        for row, buffers in zip(config.inputs, memory.buffers, strict=True):
            unit.register_buffers(row, config.downsample_mode, buffers)
    except BaseException:
        unit.release_all_buffers()
        memory.release()
        raise
    return plan, memory
