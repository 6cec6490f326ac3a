"""Settings of the advanced trigger: several inputs, windows, pulse widths, digital inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from ..errors import ConfigurationError, shown
from .field_types import require_types
from .limits import CHANNEL_NAMES, EXTERNAL, EXTERNAL_RANGE_V, WordEnum
from .trigger import check_pre_trigger

#: Digital inputs D0 to D15 -> the port they belong to.
DIGITAL_INPUTS = {f"D{bit}": f"PORT{bit // 8}" for bit in range(16)}

_MAX_AUTO_TRIGGER_S = 3600.0
_MAX_PULSE_WIDTH_S = 3600.0

#: The driver counts a pulse's raw samples in 24 bits (header of 2013).
MAX_PULSE_SAMPLES = 2**24 - 1


class Direction(Enum):
    """What an input must do.

    Levels (``upper_v``): ABOVE, BELOW and the three edges. Windows (``lower_v`` to ``upper_v``):
    INSIDE, OUTSIDE and the three crossings of its borders. Digital inputs: LOW, HIGH, edges.
    """

    ABOVE = "above"
    BELOW = "below"
    RISING = "rising"
    FALLING = "falling"
    RISING_OR_FALLING = "rising or falling"
    INSIDE = "inside"
    OUTSIDE = "outside"
    ENTER = "enter"
    EXIT = "exit"
    ENTER_OR_EXIT = "enter or exit"
    LOW = "low"
    HIGH = "high"

    @property
    def is_window(self) -> bool:
        """Whether it needs two levels."""
        return self in _WINDOWS

    @property
    def threshold_direction(self) -> int:
        """``PS5000A_THRESHOLD_DIRECTION``: windows and levels share the numbers."""
        return (_WINDOWS if self.is_window else _LEVELS).index(self)

    @property
    def digital_direction(self) -> int:
        """``PS5000A_DIGITAL_DIRECTION``; 0 is an input that does not matter."""
        return 1 + _DIGITAL.index(self)


_EDGES = (Direction.RISING, Direction.FALLING, Direction.RISING_OR_FALLING)
_LEVELS = (Direction.ABOVE, Direction.BELOW, *_EDGES)
_WINDOWS = (
    Direction.INSIDE,
    Direction.OUTSIDE,
    Direction.ENTER,
    Direction.EXIT,
    Direction.ENTER_OR_EXIT,
)
_DIGITAL = (Direction.LOW, Direction.HIGH, *_EDGES)


class PulseWidthKind(WordEnum):
    """``PS5000A_PULSE_WIDTH_TYPE``: which widths count."""

    LESS_THAN = 1
    GREATER_THAN = 2
    IN_RANGE = 3
    OUT_OF_RANGE = 4

    @property
    def is_range(self) -> bool:
        """Whether it needs two limits."""
        return self in (PulseWidthKind.IN_RANGE, PulseWidthKind.OUT_OF_RANGE)


@dataclass(frozen=True)
class TriggerInput:
    """What one input must do for the trigger.

    :param source: an enabled channel, ``"EXT"``, or ``"D0"`` to ``"D15"`` of an enabled port.
    :param direction: what it must do.
    :param upper_v: level, or upper border of a window, in V at the input; digital inputs have the
        logic level of their port.
    :param lower_v: lower border of a window.
    :param hysteresis_v: by how much the signal must have left the level before it counts again;
        None takes 1 % of the range.
    :raises ConfigurationError: with what is allowed.
    """

    source: str
    direction: Direction = Direction.RISING
    upper_v: float | None = None
    lower_v: float | None = None
    hysteresis_v: float | None = None

    def __post_init__(self) -> None:
        require_types(self)
        if self.is_digital:
            self._check_digital()
        elif self.source in (*CHANNEL_NAMES, EXTERNAL):
            self._check_levels()
        else:
            raise ConfigurationError(
                f"The trigger cannot watch {shown(self.source)}; use one of A, B, C, D, EXT, D0 to "
                "D15."
            )

    @property
    def is_digital(self) -> bool:
        """Whether it is one of D0 to D15."""
        return self.source in DIGITAL_INPUTS

    @property
    def row(self) -> str:
        """The channel, the port of a digital input, or EXT."""
        return DIGITAL_INPUTS.get(self.source, self.source)

    def _check_digital(self) -> None:
        if self.direction not in _DIGITAL:
            allowed = ", ".join(direction.value for direction in _DIGITAL)
            raise ConfigurationError(
                f"{self.source} cannot be {self.direction.value!r}; use one of {allowed}."
            )

    def _check_levels(self) -> None:
        if self.direction not in (*_LEVELS, *_WINDOWS):
            raise ConfigurationError(
                f"{self.source} cannot be {self.direction.value!r}; use above or below."
            )
        levels_v = [self.upper_v, self.lower_v] if self.direction.is_window else [self.upper_v]
        if not all(level_v is not None and math.isfinite(level_v) for level_v in levels_v):
            needed = "upper_v and lower_v" if self.direction.is_window else "upper_v"
            raise ConfigurationError(
                f"The trigger on {self.source} ({self.direction.value}) needs {needed} in V."
            )
        if self.direction.is_window and not self.window_v[0] < self.window_v[1]:
            raise ConfigurationError(
                f"The trigger window of {self.source} must have lower_v below upper_v."
            )
        if self.source == EXTERNAL and max(map(abs, self.window_v)) > EXTERNAL_RANGE_V:
            raise ConfigurationError("Trigger levels at EXT must be -5 V to 5 V.")
        if self.hysteresis_v is not None and not 0 <= self.hysteresis_v < math.inf:
            raise ConfigurationError("The trigger's hysteresis must be 0 V or more.")

    @property
    def window_v(self) -> tuple[float, float]:
        """Lower and upper level; the same one twice where there is no window."""
        assert self.upper_v is not None
        lower_v = self.lower_v if self.direction.is_window else None
        return (self.upper_v if lower_v is None else lower_v), self.upper_v


@dataclass(frozen=True)
class PulseWidth:
    """How long a pulse must last that ends with the trigger.

    :param source: one of the trigger's inputs, whose levels it shares.
    :param begin: what the input does when the pulse begins, such as RISING where the trigger
        waits for FALLING.
    :param kind: which widths count.
    :param lower_s: the limit, or the lower one of a range.
    :param upper_s: the upper limit of a range.
    :raises ConfigurationError: with what is allowed.
    """

    source: str
    begin: Direction
    kind: PulseWidthKind
    lower_s: float
    upper_s: float | None = None

    def __post_init__(self) -> None:
        require_types(self)
        limits_s = [self.lower_s, self.upper_s] if self.kind.is_range else [self.lower_s]
        for limit_s in limits_s:
            if limit_s is None or not 0 < limit_s <= _MAX_PULSE_WIDTH_S:
                raise ConfigurationError(
                    "Limits of a pulse width must be more than 0 s and at most 1 h; a range has "
                    "two (lower_s and upper_s)."
                )
        if self.upper_s is not None and not self.kind.is_range:
            raise ConfigurationError(
                "Only IN_RANGE and OUT_OF_RANGE have an upper limit; give the others lower_s alone."
            )
        if self.upper_s is not None and not self.upper_s > self.lower_s:
            raise ConfigurationError("The upper limit of a pulse width must be above the lower.")

    def limits_in_samples(self, sample_interval_ns: float) -> tuple[int, int]:
        """Lower and upper limit in raw samples; the upper one is 0 where there is none.

        :raises ConfigurationError: longer than the driver can count.
        """
        limits = [round(limit_s * 1e9 / sample_interval_ns) for limit_s in self._limits_s]
        if max(limits) > MAX_PULSE_SAMPLES:
            longest_s = MAX_PULSE_SAMPLES * sample_interval_ns * 1e-9
            raise ConfigurationError(
                f"At this rate a pulse width can be up to {longest_s:.3g} s; use a shorter one or "
                f"a lower rate."
            )
        lower, *upper = [max(limit, 1) for limit in limits]
        return lower, upper[0] if upper else 0

    @property
    def _limits_s(self) -> tuple[float, ...]:
        return (self.lower_s,) if self.upper_s is None else (self.lower_s, self.upper_s)


@dataclass(frozen=True)
class AdvancedTriggerConfig:
    """A trigger that waits until all of its inputs do what they must at the same time.

    :param inputs: one or more, each source once.
    :param pulse_width: how long the pulse on one of them must have lasted, or None.
    :param pre_trigger_s: seconds before the trigger that are kept.
    :param auto_trigger_s: proceed as if triggered after this time; 0 waits for ever.
    :raises ConfigurationError: with what is allowed.
    """

    inputs: tuple[TriggerInput, ...]
    pulse_width: PulseWidth | None = None
    pre_trigger_s: float = 0.0
    auto_trigger_s: float = 0.0

    def __post_init__(self) -> None:
        require_types(self)
        names = [watched.source for watched in self.inputs]
        if not names:
            raise ConfigurationError("The advanced trigger needs at least one input.")
        if len(set(names)) != len(names):
            raise ConfigurationError(f"The trigger names an input twice in {', '.join(names)}.")
        if self.pulse_width is not None:
            self._check_pulse_width(self.pulse_width)
        check_pre_trigger(self.pre_trigger_s)
        if not 0 <= self.auto_trigger_s <= _MAX_AUTO_TRIGGER_S:
            raise ConfigurationError("The auto-trigger time must be 0 s (wait) to 1 h.")

    def _check_pulse_width(self, pulse_width: PulseWidth) -> None:
        measured = self.input_of(pulse_width.source)
        if measured is None:
            names = ", ".join(watched.source for watched in self.inputs)
            raise ConfigurationError(
                f"The pulse width of {pulse_width.source!r} cannot be measured; "
                f"use one of the trigger's inputs: {names}."
            )
        allowed = _DIGITAL if measured.is_digital else (*_LEVELS, *_WINDOWS)
        if pulse_width.begin not in allowed or (
            pulse_width.begin.is_window != measured.direction.is_window
        ):
            raise ConfigurationError(
                f"A pulse on {measured.source} cannot begin with {pulse_width.begin.value!r} and "
                f"end with {measured.direction.value!r}."
            )

    def input_of(self, source: str) -> TriggerInput | None:
        """Find the input with this source."""
        return next((found for found in self.inputs if found.source == source), None)

    @property
    def sources(self) -> tuple[str, ...]:
        """What is watched: channels, EXT, and the ports of digital inputs."""
        return tuple(dict.fromkeys(watched.row for watched in self.inputs))

    @property
    def levels_v(self) -> tuple[tuple[str, float], ...]:
        """Every level with its source."""
        return tuple(
            (watched.source, level_v)
            for watched in self.inputs
            if not watched.is_digital
            for level_v in watched.window_v
        )
