"""From the settings of the trigger to the comparators and masks of the native search."""

from __future__ import annotations

from typing import TypeAlias

from ..device import layout
from ..scopes.models import Model
from .inputs import PORT_ROWS, trigger_row
from .settings import UnitSettings
from .trigger_settings import (
    ABOVE,
    ABOVE_LOWER,
    BELOW,
    FALLING,
    PULSE_WIDTH_SOURCE,
    RISING,
    RISING_OR_FALLING,
    TRUE,
    WINDOW,
    Direction,
    Logic,
    Thresholds,
)

#: Beyond all counts and hystereses.
_MOST = 1 << 20
_WATCHES = {
    ABOVE: layout.WATCH_INSIDE,
    BELOW: layout.WATCH_OUTSIDE,
    RISING: layout.WATCH_ENTER,
    FALLING: layout.WATCH_EXIT,
    RISING_OR_FALLING: layout.WATCH_BOTH,
}
#: ``PS5000A_DIGITAL_DIRECTION`` -> mask of the comparator; 0 is a bit that does not matter.
_MASKS = {1: "low", 2: "high", 3: "rising", 4: "falling", 5: "changing"}
#: First bit of the state word for the rows of the pulse-width qualifier.
_PULSE = layout.PULSE_ROWS_BIT

#: Fields of one native comparator.
Fields: TypeAlias = dict[str, int]


def _fixed_hysteresis(bits: int) -> int:
    """Small and fixed: two codes, at least 0.8 % of full scale (the driver's is not known)."""
    return max(256, 2 << (16 - bits))


def _intervals(direction: Direction, thresholds: Thresholds, fixed: int) -> Fields:
    """Fields of a comparator: where the signal is inside, outside, and clearly so."""
    upper_hysteresis, lower_hysteresis = thresholds.hysteresis or (fixed, fixed)
    if direction.mode == WINDOW:
        inside = outside = (thresholds.lower, thresholds.upper)
        deep = (thresholds.lower + lower_hysteresis, thresholds.upper - upper_hysteresis)
        deep = deep if deep[0] <= deep[1] else (_MOST, _MOST)
        far = (thresholds.lower - lower_hysteresis, thresholds.upper + upper_hysteresis)
    else:
        is_lower = direction.direction >= ABOVE_LOWER
        level = thresholds.lower if is_lower else thresholds.upper
        hysteresis = lower_hysteresis if is_lower else upper_hysteresis
        inside, outside = (level, _MOST), (level + 1, _MOST)
        deep, far = (level + hysteresis + 1, _MOST), (level - hysteresis, _MOST)
    pairs = {"in": inside, "out": outside, "deep": deep, "far": far}
    return {
        f"{name}_{end}": value
        for name, pair in pairs.items()
        for end, value in zip(("low", "high"), pair, strict=True)
    }


def _port_masks(logic: Logic, row: int) -> dict[str, int]:
    """Masks of one port; bits that nobody cares for are in none of them."""
    first = 8 * PORT_ROWS.index(row)
    masks = dict.fromkeys(_MASKS.values(), 0)
    for channel, direction in logic.digital.items():
        if direction in _MASKS and first <= channel < first + 8:
            masks[_MASKS[direction]] |= 1 << (channel - first)
    return masks


def _is_level(comparator: Fields) -> bool:
    """Whether it watches for a state rather than a change."""
    if comparator["watch"] == layout.WATCH_BITS:
        return not comparator["rising"] | comparator["falling"] | comparator["changing"]
    return comparator["watch"] in (layout.WATCH_INSIDE, layout.WATCH_OUTSIDE)


class TriggerProgram:
    """What the search works with, from the settings as they are when a stream starts."""

    def __init__(self, model: Model, settings: UnitSettings) -> None:
        self._model, self._settings = model, settings
        trigger = settings.trigger
        pulse = trigger.pulse if trigger.needs_pulse else Logic()
        watched, pulses = self._comparators(trigger.logic, 0), self._comparators(pulse, _PULSE)
        self.comparators = sorted([*watched, *pulses], key=lambda fields: fields["row"])
        self.groups = [self._group(group, 0) for group in trigger.logic.groups]
        self.pulse_groups = [self._group(group, _PULSE) for group in pulse.groups]
        self.pulse = {
            "pulse_type": trigger.pulse_type,
            "pulse_lower": trigger.pulse_lower,
            "pulse_upper": trigger.pulse_upper,
            "pulse_lasts": all(_is_level(comparator) for comparator in pulses),
        }

    def _row(self, source: int) -> int:
        row = trigger_row(self._model, source)
        assert row is not None  # checked when the condition was set
        return row

    def _comparators(self, logic: Logic, first_bit: int) -> list[Fields]:
        sources = [source for source in logic.sources if source != PULSE_WIDTH_SOURCE]
        return [self._comparator(logic, source, first_bit) for source in sources]

    def _comparator(self, logic: Logic, source: int, first_bit: int) -> Fields:
        row = self._row(source)
        fields = {"row": row, "bit": first_bit + row}
        if row in PORT_ROWS:
            return {**fields, "watch": layout.WATCH_BITS, **_port_masks(logic, row)}
        direction = logic.directions.get(source, Direction())
        thresholds = self._settings.trigger.thresholds.get(source, Thresholds())
        watch = _WATCHES[direction.direction % ABOVE_LOWER]
        fixed = _fixed_hysteresis(self._settings.bits)
        return {**fields, "watch": watch, **_intervals(direction, thresholds, fixed)}

    def _group(self, group: dict[int, int], first_bit: int) -> tuple[int, int]:
        """Mask of the bits that matter, and their values."""
        care = value = 0
        for source, state in group.items():
            is_pulse = source == PULSE_WIDTH_SOURCE
            bit = layout.PULSE_BIT if is_pulse else first_bit + self._row(source)
            care |= 1 << bit
            value |= int(state == TRUE) << bit
        return care, value
