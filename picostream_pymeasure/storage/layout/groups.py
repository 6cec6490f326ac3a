"""The group of a channel or port."""

from __future__ import annotations

from typing import Any

from ...config import ChannelConfig, DigitalPortConfig
from ...records import StreamDescription
from ..schema import ANALOGUE, CHANNELS, DIGITAL


def create_channel_group(
    root: Any, channel: ChannelConfig | DigitalPortConfig, description: StreamDescription
) -> None:
    """Make the group of a channel or port with its attributes.

    Both have ``kind``, ``voltage_range_v`` and ``analog_offset_v``; channels ``coupling`` and
    ``bandwidth`` too, those with a scale ``unit`` and ``unit_per_volt``, ports ``logic_level_v``.
    """
    group = root.create_group(f"{CHANNELS}/{channel.name}")
    if isinstance(channel, ChannelConfig):
        group.attrs["kind"] = ANALOGUE
        group.attrs["voltage_range_v"] = channel.range_v
        group.attrs["coupling"] = channel.coupling.name
        group.attrs["analog_offset_v"] = channel.offset_v
        group.attrs["bandwidth"] = channel.bandwidth.name
        if channel.scale is not None:
            group.attrs["unit"] = channel.scale.unit
            group.attrs["unit_per_volt"] = channel.scale.per_volt
    else:
        group.attrs["kind"] = DIGITAL
        group.attrs["logic_level_v"] = channel.logic_level_v
        # a count of 1 reads as 1 mV, so that readers give the number of the eight inputs
        group.attrs["voltage_range_v"] = description.max_adc / 1000
        group.attrs["analog_offset_v"] = 0.0
