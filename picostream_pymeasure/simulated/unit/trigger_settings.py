"""What a client has asked of the trigger: conditions, directions, thresholds, pulse widths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

PULSE_WIDTH_SOURCE = 0x10000000
#: ``PS5000A_TRIGGER_STATE``
DONT_CARE, TRUE, FALSE = range(3)
#: ``PS5000A_THRESHOLD_DIRECTION``; windows use the same numbers.
ABOVE, BELOW, RISING, FALLING, RISING_OR_FALLING, ABOVE_LOWER, BELOW_LOWER = range(7)
RISING_LOWER, FALLING_LOWER = 7, 8
LEVEL, WINDOW = range(2)


@dataclass(frozen=True)
class Thresholds:
    """Levels of one source in counts.

    :param hysteresis: upper, lower; None takes the small fixed one of the simple trigger.
    """

    upper: int = 0
    lower: int = 0
    hysteresis: tuple[int, int] | None = (0, 0)


@dataclass(frozen=True)
class Direction:
    """``PS5000A_DIRECTION``: what one source must do; NONE is the number of RISING."""

    direction: int = RISING
    mode: int = LEVEL


@dataclass
class Logic:
    """Which sources must do what.

    :param groups: source -> TRUE or FALSE; one group must hold as a whole.
    :param directions: source -> what it must do to be TRUE.
    :param digital: digital channel (0 to 15) -> ``PS5000A_DIGITAL_DIRECTION``.
    """

    groups: list[dict[int, int]] = field(default_factory=list)
    directions: dict[int, Direction] = field(default_factory=dict)
    digital: dict[int, int] = field(default_factory=dict)

    @property
    def sources(self) -> list[int]:
        """All that is looked at, each once."""
        return sorted({source for group in self.groups for source in group})


@dataclass
class TriggerSettings:
    """The trigger and its pulse-width qualifier; no groups of conditions: no trigger.

    :param thresholds: source -> levels, for trigger and qualifier alike.
    :param pulse_type: ``PS5000A_PULSE_WIDTH_TYPE``, 0 for none.
    :param pulse_lower, pulse_upper: widths in raw samples.
    :param is_simple: set by ``SetSimpleTrigger``.
    """

    logic: Logic = field(default_factory=Logic)
    pulse: Logic = field(default_factory=Logic)
    thresholds: dict[int, Thresholds] = field(default_factory=dict)
    pulse_type: int = 0
    pulse_lower: int = 0
    pulse_upper: int = 0
    is_simple: bool = False

    @property
    def is_enabled(self) -> bool:
        """Whether a stream waits for it."""
        return bool(self.logic.groups)

    @property
    def is_qualified(self) -> bool:
        """Whether a pulse-width qualifier is set."""
        return bool(self.pulse.groups) and self.pulse_type != 0

    @property
    def sources(self) -> Iterator[int]:
        """Channels, ports and EXT that a stream would need."""
        for source in self.logic.sources:
            if source == PULSE_WIDTH_SOURCE:
                yield from self.pulse.sources
            else:
                yield source

    @property
    def has_inverted_window(self) -> bool:
        """Whether a window ends below its begin."""
        windows = {
            source
            for logic in (self.logic, self.pulse)
            for source, direction in logic.directions.items()
            if direction.mode == WINDOW and source in self.sources
        }
        levels = [self.thresholds.get(source, Thresholds()) for source in windows]
        return any(level.lower > level.upper for level in levels)

    @property
    def needs_pulse(self) -> bool:
        """Whether a condition is about the pulse width."""
        return PULSE_WIDTH_SOURCE in self.logic.sources
