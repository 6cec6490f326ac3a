"""Driver calls: the memory that the driver delivers to."""

from __future__ import annotations

from typing import NamedTuple

from ...config import Status
from ..device.layout import AGGREGATE, AVERAGE, MODES
from ..unit.inputs import input_row
from ..unit.settings import Buffers
from ..unit.unit import Unit
from .binding import Int32, Pointer, Uint32, unit_call


class Use(NamedTuple):
    """Arguments that tell how long the memory is, and what it is for."""

    length: Int32
    segment: Uint32
    mode: Int32


def _register(
    unit: Unit, channel: int, maximum: int | None, minimum: int | None, use: Use, value_bytes: int
) -> int:
    """Key: (channel or port, segment, mode); no addresses at all unregister that key only."""
    row = input_row(unit.model, channel)
    if row is None:
        return Status.INVALID_CHANNEL
    if use.segment >= unit.block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    if use.mode not in MODES:
        return Status.RATIO_MODE_NOT_SUPPORTED
    if use.mode == AGGREGATE and bool(maximum) != bool(minimum):
        return Status.NULL_PARAMETER
    key = (row, use.segment, use.mode)
    if not maximum and not minimum:
        unit.settings.buffers.pop(key, None)
    elif use.length < 1:
        return Status.INVALID_PARAMETER
    else:
        unit.settings.buffers[key] = Buffers(maximum or 0, minimum or 0, use.length, value_bytes)
    if use.segment == 0:
        unit.shared.load_buffers(unit.settings.buffers)
    return Status.OK


@unit_call()
def set_data_buffers(
    unit: Unit, channel: Int32, maximum: Pointer, minimum: Pointer, use: Use
) -> int:
    """While a stream runs, the new memory is used from the next delivery on."""
    return _register(unit, channel, maximum, minimum, use, 2)


@unit_call()
def set_data_buffer(  # one by one, without a Use that takes time: there are many segments
    unit: Unit, channel: Int32, buffer: Pointer, length: Int32, segment: Uint32, mode: Int32
) -> int:
    """Not for aggregation, which needs two buffers."""
    if mode == AGGREGATE and buffer:
        return Status.RATIO_MODE_NOT_SUPPORTED
    return _register(unit, channel, buffer, None, Use(length, segment, mode), 2)


@unit_call()
def set_unscaled_data_buffers(
    unit: Unit, channel: Int32, maximum: Pointer, minimum: Pointer, use: Use
) -> int:
    """int8 instead of int16: at 8 bits only, where full scale is 127 then; no averages.

    picosdk does not bind it; the library exports it all the same.
    """
    if unit.settings.bits != 8:
        return Status.INVALID_DEVICE_RESOLUTION
    if use.mode == AVERAGE:
        return Status.RATIO_MODE_NOT_SUPPORTED
    return _register(unit, channel, maximum, minimum, use, 1)
