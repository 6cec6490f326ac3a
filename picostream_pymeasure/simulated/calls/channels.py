"""Driver calls: inputs, their ranges and offsets, and the resolution."""

from __future__ import annotations

import ctypes
from dataclasses import replace

from ...config import (
    LOGIC_LEVEL_MAX_COUNTS,
    MAX_CHANNELS,
    Bandwidth,
    Coupling,
    Status,
    max_adc_counts,
    offset_limit_v,
)
from ..unit.inputs import port_row
from ..unit.settings import BITS, RANGE_V, ChannelSettings
from ..unit.unit import Unit
from .binding import Float, Int16, Int32, Pointer, Required, unit_call, write


@unit_call()
def set_channel(
    unit: Unit, channel: Int32, enabled: Int16, coupling: Int32, range_code: Int32, offset_v: Float
) -> int:
    """Set an input for the next start; a running stream keeps its settings."""
    inputs = unit.settings.channels
    if not 0 <= channel < len(inputs):
        return Status.INVALID_CHANNEL
    if unit.block.is_armed:
        return Status.BUSY
    if not enabled:
        _set_input(unit, channel, replace(inputs[channel], enabled=False))
        return Status.OK
    if channel >= 2 and unit.two_channels_only:
        return Status.CHANNEL_DISABLED_DUE_TO_USB_POWERED
    if status := _input_refusal(coupling, range_code, offset_v):
        return status
    is_ac = coupling == Coupling.AC
    _set_input(unit, channel, ChannelSettings(True, is_ac, RANGE_V[range_code], offset_v))
    return Status.OK


def _set_input(unit: Unit, channel: int, settings: ChannelSettings) -> None:
    inputs = unit.settings.channels
    is_change = inputs[channel] != settings
    inputs[channel] = settings
    unit.block.setting_called(is_change=is_change)


def _input_refusal(coupling: int, range_code: int, offset_v: float) -> int:
    if coupling not in tuple(Coupling):
        return Status.INVALID_COUPLING
    if range_code not in RANGE_V:
        return Status.INVALID_VOLTAGE_RANGE
    if not abs(offset_v) <= offset_limit_v(RANGE_V[range_code]):
        return Status.INVALID_ANALOGUE_OFFSET
    return Status.OK


@unit_call()
def set_bandwidth_filter(unit: Unit, channel: Int32, bandwidth: Int32) -> int:
    """Accepted; the simulated signals hold nothing that the filter would take away."""
    if not 0 <= channel < unit.model.n_channels:
        return Status.INVALID_CHANNEL
    return Status.OK if bandwidth in tuple(Bandwidth) else Status.INVALID_BANDWIDTH


@unit_call()
def get_analogue_offset(
    unit: Unit, range_code: Int32, coupling: Int32, maximum_v: Pointer, minimum_v: Pointer
) -> int:
    """Limits of the offset in volts."""
    if range_code not in RANGE_V:
        return Status.INVALID_VOLTAGE_RANGE
    if not maximum_v and not minimum_v:
        return Status.NULL_PARAMETER
    limit_v = offset_limit_v(RANGE_V[range_code])
    write(maximum_v, ctypes.c_float, limit_v)
    write(minimum_v, ctypes.c_float, -limit_v)
    return Status.OK


@unit_call()
def maximum_value(unit: Unit, value: Required) -> int:
    """Counts at full scale."""
    write(value, ctypes.c_int16, max_adc_counts(unit.settings.bits))
    return Status.OK


@unit_call()
def set_device_resolution(unit: Unit, resolution: Int32) -> int:
    """Refused while more inputs are enabled than it allows, and while a stream runs."""
    if not 0 <= resolution < len(BITS):
        return Status.INVALID_DEVICE_RESOLUTION
    if len(unit.settings.enabled) > MAX_CHANNELS[BITS[resolution]]:
        return Status.INVALID_NUMBER_CHANNELS_FOR_RESOLUTION
    if unit.busy:
        return Status.BUSY
    unit.block.setting_called(is_change=resolution != unit.settings.resolution)
    unit.settings.resolution = resolution
    return Status.OK


@unit_call()
def get_device_resolution(unit: Unit, resolution: Required) -> int:
    """The resolution that is set."""
    write(resolution, ctypes.c_int32, unit.settings.resolution)
    return Status.OK


@unit_call()
def set_digital_port(unit: Unit, port: Int32, enabled: Int16, level: Int16) -> int:
    """Set a port for the next start; the simulated inputs are 0 or 1 at any logic level."""
    row = port_row(unit.model, port)
    if row is None:
        return Status.INVALID_DIGITAL_PORT
    if abs(level) > LOGIC_LEVEL_MAX_COUNTS:
        return Status.INVALID_PARAMETER
    if unit.block.is_armed:
        return Status.BUSY
    unit.block.setting_called(is_change=(row in unit.settings.ports) != bool(enabled))
    others = [other for other in unit.settings.ports if other != row]
    unit.settings.ports = sorted([*others, row]) if enabled else others
    return Status.OK
