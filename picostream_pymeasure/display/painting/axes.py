"""Axes of a scope's screen: time with a calm zero, volts in steps of 1-2-5."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from .edge_axis import EdgeAxis
from .graticule import (
    NUMBERED,
    TIME_DIVISIONS,
    VOLT_DIVISIONS,
    Levels,
    grid_step,
    has_two,
    n_decimals,
    numbered,
)
from .line_tags import LineTag

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))

#: Between the labels of two divisions.
_LABEL_GAP_PX = 14

#: Longer stretches than this are told in hours, minutes and seconds.
_CLOCK_FROM_S = 600.0

#: Windows from this length on need no more than milliseconds in their labels.
_PLAIN_SECONDS_S = 5e-3


#: Share of a font's height that digits take, with a little room.
_INK = 0.7

#: From one number of the axis of volts to the next, at least, where two have room then.
_NUMBER_PX = 29


def _ink(text: QtCore.QRectF) -> QtCore.QRectF:
    """What of a number's room its digits take."""
    spare_px = (1 - _INK) / 2 * text.height()
    return text.adjusted(0, spare_px, 0, -spare_px)


class TaggedAxis(pyqtgraph.AxisItem):
    """Leaves away what a tag covers: a part of a number would be misread.

    The room of numbers stays where there are none: else all is laid out and painted again with the
    first picture.
    """

    is_numbered = True

    def set_numbered(self, is_numbered: bool) -> None:
        """Number it, or not, with its title: without a recording both would mean nothing."""
        if is_numbered != self.is_numbered:
            self.is_numbered = is_numbered
            for tag in self._tags():
                tag.follow()
            self.picture = None
            self.update()

    def _tags(self) -> list[LineTag]:
        return [item for item in self.childItems() if isinstance(item, LineTag)]

    def generateDrawSpecs(self, p: QtGui.QPainter) -> Any:  # noqa: N802 - pyqtgraph's name
        """Everything but the texts below tags."""
        covered = [tag.place for tag in self._tags() if tag.isVisible()]
        title = self.label.mapRectToParent(self.label.boundingRect())
        is_seen = self.is_numbered and not any(place.intersects(title) for place in covered)
        self.label.setOpacity(float(is_seen))  # hidden it would leave its room
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        axis, ticks, texts = specs
        seen = [
            text for text in texts if not any(place.intersects(_ink(text[0])) for place in covered)
        ]
        return axis, ticks, seen if self.is_numbered else []


class TimeAxis(TaggedAxis):
    """Time in the unit that fits; far from zero it names a base and counts from there.

    :param has_title: whether there is ever one below the numbers.
    """

    def __init__(self, has_title: bool = True) -> None:
        self._meaning = "Time"
        self._has_title = self._is_titled = has_title
        self._unit_s, self._base_s, self._is_clock = 1.0, 0.0, False
        #: What the user asked for is drawn as it is, round or not.
        self.typed_division_s = 0.0
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)
        text_px = math.ceil(QtGui.QFontMetricsF(QtWidgets.QApplication.font()).height())
        self.setStyle(maxTickLevel=1, maxTextLevel=0)
        self.setStyle(autoExpandTextSpace=False, tickTextHeight=text_px)

    def set_meaning(self, meaning: str) -> None:
        """Say what is counted from zero on."""
        if meaning != self._meaning:
            self._meaning = meaning
            self._name()

    def tag_top_px(self, tag_px: float) -> float:
        """Where a tag of this height begins: in the row of the title, or on numbers without one."""
        return max(self.size().height() - tag_px, 0.0) if self.labelText else 0.0

    def resizeEvent(self, event: Any = None) -> None:  # noqa: N802 - Qt's name
        """Put tags and title where they belong."""
        super().resizeEvent(event)
        if self.label is not None:
            for tag in self._tags():
                tag.follow()
            self.make_way()

    def make_way(self) -> None:
        """Put the title where no tag is: in the middle, at the left end or the right one."""
        tags = [tag.place for tag in self._tags() if tag.isVisible()]
        place = self.label.mapRectToParent(self.label.boundingRect())
        spare_px = self.size().width() - place.width()
        for left_px in (spare_px / 2, 0.0, spare_px):
            place.moveLeft(left_px)
            if not any(tag.intersects(place) for tag in tags):
                self.label.setX(left_px)
                return

    def setRange(self, mn: float, mx: float) -> None:  # noqa: N802 - pyqtgraph's name
        """Choose unit and base for what is shown."""
        super().setRange(mn, mx)
        self._choose(mn, mx)
        self._name()

    def set_titled(self, is_titled: bool) -> None:
        """Tell the unit in a title below the numbers, or to have more room behind them."""
        self._is_titled = is_titled
        self._name()

    def _name(self) -> None:
        """Only a base cannot be told without the title."""
        is_titled = self._has_title and (self._is_titled or self._base_s)
        text = self._text() if is_titled else ""
        if text != self.labelText:
            self.setLabel(text)

    def division_s(self, span_s: float) -> float:
        """From one line to the next where so much time is shown."""
        is_typed = math.isclose(span_s, TIME_DIVISIONS * self.typed_division_s)
        return self.typed_division_s if is_typed else grid_step(span_s, TIME_DIVISIONS)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> Levels:  # noqa: N802, N803
        """About ten divisions, with as many labels as have room."""
        if maxVal <= minVal:
            return []
        division_s = self.division_s(maxVal - minVal)
        return numbered(division_s, lambda step_s: self._fits(minVal, maxVal, step_s, size))

    def _fits(self, begin_s: float, end_s: float, step_s: float, size_px: float) -> bool:
        """Whether labels so far apart have room beside each other."""
        return self._widest_px(begin_s, end_s, step_s) <= step_s / (end_s - begin_s) * size_px

    def _widest_px(self, begin_s: float, end_s: float, step_s: float) -> float:
        """Room that a label needs, and some to the next one; not all of it on a tiny plot."""
        font = self.style["tickFont"] or QtWidgets.QApplication.font()
        metrics = QtGui.QFontMetricsF(font)
        texts = self.tickStrings((begin_s, end_s), 1.0, step_s)
        widest_px = max(metrics.horizontalAdvance(text) for text in texts) + _LABEL_GAP_PX
        return widest_px if step_s < end_s - begin_s else 0.0

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Labels in the chosen unit."""
        if self._is_clock:
            return [_clock(value, spacing) for value in values]
        decimals = n_decimals(spacing / self._unit_s)
        unit = "" if self.labelText else f" {dict(_UNITS)[self._unit_s]}"
        return [f"{(value - self._base_s) / self._unit_s:.{decimals}f}{unit}" for value in values]

    def _choose(self, begin_s: float, end_s: float) -> None:
        length_s, farthest_s = end_s - begin_s, max(abs(begin_s), abs(end_s))
        self._unit_s, self._base_s = 1.0, 0.0
        self._is_clock = farthest_s >= _CLOCK_FROM_S and length_s >= 1.0
        if self._is_clock or length_s <= 0:
            return
        if farthest_s < 1000 * length_s:
            self._unit_s = _unit(farthest_s)
        elif length_s < _PLAIN_SECONDS_S:
            self._unit_s = _unit(length_s)
            step_s = 1000 * self._unit_s
            self._base_s = math.floor(begin_s / step_s) * step_s

    def _text(self) -> str:
        if self._is_clock:
            return f"{self._meaning} (h:min:s)"
        name = dict(_UNITS)[self._unit_s]
        if not self._base_s:
            return f"{self._meaning} ({name})"
        decimals = max(0, round(-math.log10(self._unit_s)) - 3)
        return f"{self._meaning} after {self._base_s:.{decimals}f} s ({name})"


class VoltAxis(EdgeAxis, TaggedAxis):
    """Volts with SI prefixes, about eight divisions, and a width that never jumps.

    Nothing is counted below ``floor``: something else is shown there.
    """

    _WIDTH_PX = 62

    #: Of the height, below the floor.
    lane_share = 0.0

    def __init__(self, side: str = "left") -> None:
        super().__init__(side)
        self.setLabel(units="V")
        self.setStyle(maxTickLevel=1, maxTextLevel=0)
        self.setWidth(self._WIDTH_PX)
        self.floor = -math.inf

    def leave_lanes(self, share: float) -> None:
        """Have the title beside the numbers."""
        self.lane_share = share
        self.resizeEvent()

    def resizeEvent(self, event: Any = None) -> None:  # noqa: N802 - Qt's name
        """Put the title into the middle of what is counted."""
        super().resizeEvent(event)
        if self.label is not None:
            self.label.moveBy(0, -self.lane_share * self.size().height() / 2)

    def generateDrawSpecs(self, p: QtGui.QPainter) -> Any:  # noqa: N802 - pyqtgraph's name
        """Everything but numbers that would touch the names of lanes."""
        specs = super().generateDrawSpecs(p)
        if specs is None:
            return None
        axis, ticks, texts = specs
        if self.lane_share:
            lanes_px = (1 - self.lane_share) * self.size().height()
            texts = [text for text in texts if _ink(text[0]).bottom() <= lanes_px + 1]
        unit = f" {self.labelUnitPrefix}{self.labelUnits}" if self._tells_unit else ""
        return axis, ticks, [(place, flags, text + unit) for place, flags, text in texts]

    @property
    def _tells_unit(self) -> bool:
        """Whether numbers have their unit, as a tag lies on the title that tells it."""
        return bool(self.label.isVisible() and not self.label.opacity() and self.labelUnits)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Any:  # noqa: N802, N803
        """Ticks from the floor on."""
        levels = super().tickValues(minVal, maxVal, size)
        return [(step, [v for v in values if v >= self.floor]) for step, values in levels]

    def name_channel(self, name: str, unit: str, is_pattern: bool) -> None:
        """Name a channel with its unit, and count the millivolts of one that is a bit pattern."""
        self.enableAutoSIPrefix(not is_pattern)
        self.setScale(1e3 if is_pattern else 1.0)
        self.setLabel(name, units="" if is_pattern else unit)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> Levels:  # noqa: N802, N803
        """About eight divisions above the floor; two have a number, as one tells no scale."""
        low = max(minVal, self.floor * self.scale)
        span = maxVal - low
        if span <= 0:
            return []
        division, px = grid_step(span, VOLT_DIVISIONS), size / (maxVal - minVal)
        telling = [n * division for n in NUMBERED if has_two(low, maxVal, n * division)]
        return numbered(division, lambda step: step * px >= _NUMBER_PX or step == telling[-1])


def _unit(value_s: float) -> float:
    """The unit in which a time has one to three digits before the point."""
    return next((unit for unit, _ in _UNITS if value_s >= unit), _UNITS[-1][0])


def _clock(value_s: float, spacing_s: float) -> str:
    sign, value_s = ("-" if value_s < -spacing_s / 2 else ""), abs(value_s)
    decimals = n_decimals(spacing_s)
    value_s = round(value_s, decimals)
    minutes, seconds = divmod(value_s, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 2 if not decimals else 3 + decimals
    return f"{sign}{hours}:{minutes:02d}:{seconds:0{width}.{decimals}f}"
