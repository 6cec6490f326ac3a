"""Driver calls: the memory that the driver delivers to."""

from __future__ import annotations

from ...config import Status
from ..unit.inputs import input_row
from ..unit.settings import Buffers
from ..unit.unit import Unit
from .binding import Int32, Pointer, Uint32, unit_call

_MODES = (0, 1, 2, 4)
_AGGREGATE, _AVERAGE = 1, 4


def _register(unit: Unit, channel: int, segment: int, mode: int, buffers: Buffers) -> int:
    """Key: (channel or port, segment, mode); no addresses at all unregister that key only."""
    row = input_row(unit.model, channel)
    if row is None:
        return Status.INVALID_CHANNEL
    if segment >= unit.block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    if mode not in _MODES:
        return Status.RATIO_MODE_NOT_SUPPORTED
    key = (row, segment, mode)
    if not buffers.max_address and not buffers.min_address:
        unit.settings.buffers.pop(key, None)
    elif buffers.length < 1:
        return Status.INVALID_PARAMETER
    else:
        unit.settings.buffers[key] = buffers
    if segment == 0:
        unit.load_buffers()
    return Status.OK


@unit_call()
def set_data_buffers(
    unit: Unit,
    channel: Int32,
    maximum: Pointer,
    minimum: Pointer,
    length: Int32,
    segment: Uint32,
    mode: Int32,
) -> int:
    """While a stream runs, the new memory is used from the next delivery on."""
    if mode == _AGGREGATE and bool(maximum) != bool(minimum):
        return Status.NULL_PARAMETER
    buffers = Buffers(maximum or 0, minimum or 0, length)
    return _register(unit, channel, segment, mode, buffers)


@unit_call()
def set_data_buffer(
    unit: Unit, channel: Int32, buffer: Pointer, length: Int32, segment: Uint32, mode: Int32
) -> int:
    """Not for aggregation, which needs two buffers."""
    if mode == _AGGREGATE and buffer:
        return Status.RATIO_MODE_NOT_SUPPORTED
    return _register(unit, channel, segment, mode, Buffers(buffer or 0, 0, length))


@unit_call()
def set_unscaled_data_buffers(
    unit: Unit,
    channel: Int32,
    maximum: Pointer,
    minimum: Pointer,
    length: Int32,
    segment: Uint32,
    mode: Int32,
) -> int:
    """int8 instead of int16: at 8 bits only, where full scale is 127 then; no averages.

    picosdk does not bind it; the library exports it all the same.
    """
    if unit.settings.bits != 8:
        return Status.INVALID_DEVICE_RESOLUTION
    if mode == _AVERAGE:
        return Status.RATIO_MODE_NOT_SUPPORTED
    if mode == _AGGREGATE and bool(maximum) != bool(minimum):
        return Status.NULL_PARAMETER
    buffers = Buffers(maximum or 0, minimum or 0, length, value_bytes=1)
    return _register(unit, channel, segment, mode, buffers)
