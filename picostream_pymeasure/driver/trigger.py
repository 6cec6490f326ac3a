"""Setting the simple and the advanced trigger.

The advanced trigger's calls come in the order of the vendor's example: levels, conditions,
directions, auto-trigger, pulse width. The trigger delay is ignored when streaming and never set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..config import (
    DIGITAL_INPUTS,
    DIGITAL_PORTS,
    EXTERNAL,
    EXTERNAL_INDEX,
    EXTERNAL_MAX_COUNTS,
    EXTERNAL_RANGE_V,
    AdvancedTriggerConfig,
    CountScale,
    Direction,
    ScopeSetup,
    TriggerConfig,
    TriggerInput,
)
from .connection import Connection
from .structures import ChannelProperties, Condition, DigitalDirection, ThresholdDirection

_CLEAR, _ADD = 1, 2
_TRUE = 1
_PULSE_WIDTH_SOURCE = 0x10000000
_NO_DIRECTION = 2
_DEFAULT_HYSTERESIS = 0.01  # of the range
_MAX_HYSTERESIS = 2**16 - 1
_EXTERNAL_SCALE = CountScale(EXTERNAL_RANGE_V, 0.0, EXTERNAL_MAX_COUNTS)


def set_trigger(connection: Connection, config: ScopeSetup, max_adc: int) -> None:
    """Set the trigger, or none; whatever was set before is gone.

    :param max_adc: counts at full scale at the resolution of the setup.
    """
    _switch_off(connection)
    scales = {
        channel.name: _Scale(channel.index, channel.count_scale(max_adc))
        for channel in config.channels
    }
    scales[EXTERNAL] = _Scale(EXTERNAL_INDEX, _EXTERNAL_SCALE)
    if isinstance(config.trigger, TriggerConfig):
        _set_simple(connection, config.trigger, scales[config.trigger.source])
    elif config.trigger is not None:
        _Advanced(connection, config.trigger, scales).set()
        set_pulse_width(connection, config, config.requested_interval_ns)


def set_pulse_width(connection: Connection, config: ScopeSetup, interval_ns: float) -> None:
    """Set the limits of the trigger's pulse width, if it has one, at a raw interval."""
    if limits := config.pulse_limits(interval_ns):
        connection.call("ps5000aSetPulseWidthQualifierProperties", *limits)


@dataclass(frozen=True)
class _Scale:
    """How volts at an input become counts of its trigger levels."""

    index: int
    scale: CountScale

    def counts(self, level_v: float) -> int:
        return round(self.scale.counts(level_v))

    def hysteresis(self, hysteresis_v: float | None) -> int:
        range_v = self.scale.range_v
        share = _DEFAULT_HYSTERESIS if hysteresis_v is None else hysteresis_v / range_v
        return min(round(share * self.scale.max_adc), _MAX_HYSTERESIS)


def _switch_off(connection: Connection) -> None:
    connection.call("ps5000aSetTriggerChannelConditionsV2", None, 0, _CLEAR)
    connection.call("ps5000aSetPulseWidthQualifierConditions", None, 0, _CLEAR)
    connection.call("ps5000aSetPulseWidthQualifierProperties", 0, 0, 0)
    connection.call("ps5000aSetSimpleTrigger", 0, 0, 0, _NO_DIRECTION, 0, 0)


def _set_simple(connection: Connection, trigger: TriggerConfig, scale: _Scale) -> None:
    connection.call(
        "ps5000aSetSimpleTrigger",
        1,
        scale.index,
        scale.counts(trigger.level_v),
        trigger.direction,
        0,
        round(trigger.auto_trigger_s * 1e3),
    )


class _Advanced:
    """The calls that set one advanced trigger, but for the limits of its pulse width."""

    def __init__(
        self, connection: Connection, trigger: AdvancedTriggerConfig, scales: dict[str, _Scale]
    ) -> None:
        self._connection = connection
        self._trigger = trigger
        self._scales = scales
        self._analogue = [watched for watched in trigger.inputs if not watched.is_digital]
        self._digital = {
            watched.source: watched.direction for watched in trigger.inputs if watched.is_digital
        }

    def set(self) -> None:
        trigger = self._trigger
        qualifier = [_PULSE_WIDTH_SOURCE] if trigger.pulse_width else []
        sources = [*map(self._index, trigger.sources), *qualifier]
        self._call_with("ps5000aSetTriggerChannelPropertiesV2", self._properties(), 0)
        self._call_with("ps5000aSetTriggerChannelConditionsV2", _conditions(sources), _CLEAR | _ADD)
        directions = [self._direction(watched, watched.direction) for watched in self._analogue]
        self._call_with("ps5000aSetTriggerChannelDirectionsV2", directions)
        self._call_with("ps5000aSetTriggerDigitalPortProperties", _digital(self._digital))
        auto_trigger_us = round(trigger.auto_trigger_s * 1e6)
        self._connection.call("ps5000aSetAutoTriggerMicroSeconds", auto_trigger_us)
        if trigger.pulse_width:
            self._set_pulse(trigger.pulse_width.source, trigger.pulse_width.begin)

    def _set_pulse(self, source: str, begin: Direction) -> None:
        """What begins a pulse."""
        measured = self._trigger.input_of(source)
        assert measured is not None
        conditions = _conditions([self._index(measured.row)])
        self._call_with("ps5000aSetPulseWidthQualifierConditions", conditions, _CLEAR | _ADD)
        if measured.is_digital:
            directions = _digital({source: begin})
            self._call_with("ps5000aSetPulseWidthDigitalPortProperties", directions)
        else:
            direction = self._direction(measured, begin)
            self._call_with("ps5000aSetPulseWidthQualifierDirections", [direction])

    def _index(self, row: str) -> int:
        return DIGITAL_PORTS[row] if row in DIGITAL_PORTS else self._scales[row].index

    def _properties(self) -> list[ChannelProperties]:
        found = []
        for watched in self._analogue:
            scale = self._scales[watched.source]
            lower, upper = map(scale.counts, watched.window_v)
            hysteresis = scale.hysteresis(watched.hysteresis_v)
            found.append(ChannelProperties(upper, hysteresis, lower, hysteresis, scale.index))
        return found

    def _direction(self, watched: TriggerInput, direction: Direction) -> ThresholdDirection:
        index = self._scales[watched.source].index
        return ThresholdDirection(index, direction.threshold_direction, direction.is_window)

    def _call_with(self, function: str, structures: list[Any], *arguments: int) -> None:
        """Call a function that takes an array and its length, unless the array is empty."""
        if structures:
            array = (type(structures[0]) * len(structures))(*structures)
            self._connection.call(function, array, len(array), *arguments)


def _conditions(sources: list[int]) -> list[Condition]:
    """All sources must be true."""
    return [Condition(source, _TRUE) for source in sources]


def _digital(directions: dict[str, Direction]) -> list[DigitalDirection]:
    """All sixteen digital inputs, those that are not watched as "does not matter"."""
    if not directions:
        return []
    return [
        DigitalDirection(bit, directions[name].digital_direction if name in directions else 0)
        for bit, name in enumerate(DIGITAL_INPUTS)
    ]
