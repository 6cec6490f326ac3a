"""Which voltages reach from the bottom to the top of the screen, per channel."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..reading.recording_facts import ChannelFacts, shown_name
from .graticule import VOLT_DIVISIONS, grid_step, nice_step

#: The first picture shows a little more than the ranges.
_MARGIN = 1.1

#: Share of the screen that a signal which fits leaves free at both ends, at least.
_EDGE = 0.01

#: A digital port's pattern, taken as millivolts, fills this part of the screen, from the bottom.
_PORT_SPAN_V = 0.255
_PORT_SHARE = 0.25


@dataclass(frozen=True)
class Scale:
    """The voltage in the middle of the screen, and how many volts fill it."""

    centre_v: float
    span_v: float

    @property
    def volts_per_division(self) -> float:
        """From one line of the graticule to the next; about eight fill the screen."""
        return grid_step(self.span_v, VOLT_DIVISIONS)

    @property
    def position_divisions(self) -> float:
        """How far 0 V lies above the middle."""
        return -self.centre_v / self.volts_per_division

    @classmethod
    def of_divisions(cls, volts_per_division: float, position_divisions: float) -> Scale:
        """From what a scope's knobs say, with eight divisions."""
        return cls(-position_divisions * volts_per_division, volts_per_division * VOLT_DIVISIONS)

    def at(self, position_divisions: float) -> Scale:
        """The same with 0 V elsewhere."""
        return Scale(-position_divisions * self.volts_per_division, self.span_v)

    @classmethod
    def between(cls, low_v: float, high_v: float) -> Scale:
        """From the bottom to the top of the screen."""
        return cls((low_v + high_v) / 2, max(high_v - low_v, 1e-9))

    @classmethod
    def checked(cls, centre_v: float, span_v: float) -> Scale:
        """From numbers of unknown origin.

        :raises ValueError: they are no scale.
        """
        centre_v, span_v = float(centre_v), float(span_v)
        if not (math.isfinite(centre_v) and math.isfinite(span_v) and span_v > 0):
            raise ValueError(f"{centre_v} and {span_v} V are no scale.")
        return cls(centre_v, span_v)


class VerticalScales:
    """Scales of all channels: one that those of a unit share, and own ones of those that have it.

    The axis shows the volts of the *active* channel, the traces of others are fitted to it.
    """

    def __init__(self) -> None:
        self.active = ""
        self.own: dict[str, Scale] = {}
        self.shared: dict[str, Scale] = {}  # by unit
        self._ranges: dict[str, tuple[float, float]] = {}
        self._patterns: frozenset[str] = frozenset()
        self._differences: frozenset[str] = frozenset()
        self._units: dict[str, str] = {}
        self._per_volt: dict[str, float] = {}

    def meet(self, channels: Mapping[str, ChannelFacts]) -> None:
        """Take over the channels of a recording.

        Own scales stay, in the unit that their channels have now; shared ones while the ranges are
        the same.
        """
        if not channels:
            return
        if self.active not in channels:
            self.active = next(iter(channels))
        for name, channel in channels.items():
            if channel.is_digital and name not in self.own:
                span_v = _PORT_SPAN_V / _PORT_SHARE * _MARGIN
                self.own[name] = Scale(span_v * (0.5 - (_MARGIN - 1) * _PORT_SHARE / 2), span_v)
        self._convert_own(channels)
        self._patterns = frozenset(name for name in channels if channels[name].is_digital)
        self._differences = frozenset(name for name in channels if channels[name].difference_of)
        self._units = {name: channel.unit for name, channel in channels.items()}
        ranges = {name: channel.full_scale_v for name, channel in channels.items()}
        for unit in {channel.unit for channel in channels.values()}:
            if unit not in self.shared or ranges != self._ranges:
                self.shared[unit] = _over_ranges(channels, unit)
        self._ranges = ranges

    def _convert_own(self, channels: Mapping[str, ChannelFacts]) -> None:
        """Let own scales show the same voltages at the input, whatever these stand for."""
        for name, channel in channels.items():
            gain = channel.per_volt / self._per_volt.get(name, channel.per_volt)
            if name in self.own and gain != 1:
                own = self.own[name]
                self.own[name] = Scale(gain * own.centre_v, gain * own.span_v)
            self._per_volt[name] = channel.per_volt

    def of(self, name: str) -> Scale:
        """The scale of a channel."""
        return self.own.get(name) or self.shared_of(name)

    def is_pattern(self, name: str) -> bool:
        """Whether a channel's millivolts are the bit pattern of a digital port, 0 to 255."""
        return name in self._patterns

    def title_of(self, name: str) -> str:
        """What the axis of a channel, or of the difference of two, is called."""
        if name in self._differences:
            return shown_name(name)
        return f"{name} (bit pattern)" if self.is_pattern(name) else f"Channel {name}".strip()

    @property
    def view_unit(self) -> str:
        """The unit of the axis."""
        return self.unit_of(self.active)

    def is_shared(self, name: str) -> bool:
        """Whether other channels are on the scale of this one."""
        return name not in self.own and self.has_company(name)

    def has_company(self, name: str) -> bool:
        """Whether there is a scale that this one shares with others, or could share."""
        unit = self.unit_of(name)
        return any(
            other == unit and each != name and each not in self.own
            for each, other in self._units.items()
        )

    def shared_of(self, name: str) -> Scale:
        """The scale that a channel has if it has none of its own."""
        return self.shared.get(self.unit_of(name)) or Scale(0.0, 2.0)

    def other_channels(self, hidden: Collection[str]) -> list[str]:
        """The first channel on each scale that is not the axis', but for the hidden ones."""
        left_out = self._patterns | set(hidden)
        found: dict[tuple[str, str], str] = {self._scale_key(self.active): self.active}
        for name in self._units:
            if name not in left_out:
                found.setdefault(self._scale_key(name), name)
        return [name for name in found.values() if name != self.active]

    def _scale_key(self, name: str) -> tuple[str, str]:
        """Tells scales apart: a channel's own, or that of a unit."""
        return ("own", name) if name in self.own else ("shared", self.unit_of(name))

    def unit_of(self, name: str) -> str:
        """What the volts of a channel are."""
        return self._units.get(name, "V")

    @property
    def view(self) -> Scale:
        """What the axis shows."""
        return self.of(self.active)

    def division_of(self, scale: Scale) -> float:
        """How much of a scale lies between two lines of the graticule, which are the axis'."""
        return scale.span_v * self.view.volts_per_division / self.view.span_v

    def set_division(self, name: str, step_v: float) -> None:
        """Give a channel a scale of its own with so much between two lines, and 0 V as it is."""
        view, position = self.view, self.of(name).position_divisions
        n_lines = VOLT_DIVISIONS if name == self.active else view.span_v / view.volts_per_division
        self.own[name] = Scale(-position * step_v, step_v * n_lines)

    def mapping(self, name: str) -> tuple[float, float]:
        """Gain and shift that make a channel's volts those of the axis."""
        scale, view = self.of(name), self.view
        gain = view.span_v / scale.span_v
        return gain, view.centre_v - gain * scale.centre_v

    def set_scale(self, name: str, scale: Scale) -> None:
        """Change a channel's own scale, or the shared one if it has none."""
        if name in self.own:
            self.own[name] = scale
        else:
            self.shared[self.unit_of(name)] = scale

    def set_own(self, name: str, scale: Scale | None) -> None:
        """Give a channel a scale of its own, or the shared one again."""
        if scale is None:
            self.own.pop(name, None)
        else:
            self.own[name] = scale

    def stretch(self, factor: float) -> None:
        """Let ``factor`` times as many volts of the active channel fill the screen."""
        view = self.view
        self.set_scale(self.active, Scale(view.centre_v, view.span_v * factor))

    def activate_next(self, channels: Sequence[str]) -> None:
        """Let the axis show the channel after the active one."""
        if self.active in channels:
            self.active = channels[(channels.index(self.active) + 1) % len(channels)]

    def show_ranges(self, channels: Mapping[str, ChannelFacts]) -> None:
        """Put all analogue channels of a unit on a scale that holds their ranges."""
        self.own.clear()
        self.shared.clear()
        self.meet(channels)

    def fit(self, extremes_v: Mapping[str, tuple[float, float]]) -> None:
        """Fill the screen with the signals.

        :param extremes_v: lowest and highest voltage of each channel. Channels that share a
            scale are fitted together.
        """
        for name in set(extremes_v) & set(self.own):
            self.own[name] = _fitted(self.own[name], *extremes_v[name])
        shared: dict[str, list[tuple[float, float]]] = {}
        for name in extremes_v.keys() - self.own.keys():
            shared.setdefault(self.unit_of(name), []).append(extremes_v[name])
        for unit, found in shared.items():
            extremes = min(low for low, _ in found), max(high for _, high in found)
            self.shared[unit] = _fitted(self.shared.get(unit), *extremes)


def _fitted(present: Scale | None, low_v: float, high_v: float) -> Scale:
    """The present scale if it fits as well: the extremes of noise differ a little each time."""
    fitting = _around(low_v, high_v)
    if present is None:
        return fitting
    half_v = present.span_v * (0.5 - _EDGE)
    holds_it = present.centre_v - half_v <= low_v <= high_v <= present.centre_v + half_v
    return present if holds_it and present.span_v <= fitting.span_v * _MARGIN else fitting


def _around(low_v: float, high_v: float) -> Scale:
    """A little more than a signal fills; a constant one lies in the middle."""
    half_v = max((high_v - low_v) / 2 * _MARGIN, abs(high_v + low_v) * 1e-4, 1e-6)
    middle_v = (low_v + high_v) / 2
    return Scale.between(middle_v - half_v, middle_v + half_v)


def _over_ranges(channels: Mapping[str, ChannelFacts], unit: str) -> Scale:
    """All that the ranges of analogue channels in a unit can hold."""
    sharing = (c for c in channels.values() if c.unit == unit and not c.is_digital)
    bounds_v = [channel.full_scale_v for channel in sharing]
    low_v = min((low for low, _ in bounds_v), default=-1.0)
    high_v = max((high for _, high in bounds_v), default=1.0)
    middle_v, half_v = (low_v + high_v) / 2, (high_v - low_v) / 2 * _MARGIN
    return Scale.between(middle_v - half_v, middle_v + half_v)


def scales_to_choose(full_scale_v: float) -> list[float]:
    """Volts per division of the series 1-2-5, from a thousandth of the full scale to twice it."""
    found = [nice_step(full_scale_v / VOLT_DIVISIONS / 500)]
    while found[-1] < full_scale_v / 2:
        found.append(nice_step(found[-1] * 1.5))
    return found
