"""Two cursors on each axis of a plot, and what lies between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtWidgets

from ...quantities import SI_DIGITS, is_rounding, si, si_alike
from ..reading.recording_facts import shown_name
from .line_tags import AxisLevelTag, TimeTag
from .theme import Theme, system_theme

_ABOVE_MARKS = 60

_FEWEST_DIGITS, _MOST_DIGITS = 2, 12

#: So many digits of what a pixel is are worth to be read.
_PIXEL_DIGITS = 2

#: No digit of a time or a level has a power of ten as low as that.
_LOWEST_PLACE = -30

#: Between what the readout says.
_SEPARATOR = "   "

Pair = tuple[float, float]


class Cursors(QtCore.QObject):
    """Two vertical (time) and two horizontal (voltage) lines, and a readout for below the plot.

    Lines are dragged with the mouse; the one that was clicked or dragged last is drawn solid and
    can be moved by single pixels.

    :param plot_item: its axes are seconds and volts.
    :param floor: gives the voltage below which something else is shown.
    """

    #: One of the lines was moved.
    changed = QtCore.Signal()

    def __init__(
        self, plot_item: pyqtgraph.PlotItem, floor: Callable[[], float] = lambda: -math.inf
    ) -> None:
        super().__init__()
        self._floor = floor
        self._view = plot_item.getViewBox()
        self._times = (_line(90), _line(90))
        self._levels = (_line(0), _line(0))
        self._lines = (*self._times, *self._levels)
        self._selected = self._times[0]
        self._values_v: Mapping[str, Sequence[float]] = {}
        self._units: Mapping[str, str] = {}
        self._axis_unit = "V"
        self.label = QtWidgets.QLabel()
        self.label.setWordWrap(True)
        self.label.setContentsMargins(8, 1, 8, 1)
        self.label.hide()
        for line in self._lines:
            plot_item.addItem(line, ignoreBounds=True)
            line.tag = (TimeTag if line in self._times else AxisLevelTag)(line, plot_item)
            line.sigPositionChanged.connect(self._show)
            line.sigDragged.connect(self._drag)
            line.sigClicked.connect(self._select)
        self._view.sigRangeChanged.connect(lambda *_: self._follow_view())
        self.set_theme(system_theme())
        self._is_wanted, self._has_samples = False, True
        self._appear()

    @property
    def visible(self) -> bool:
        """Whether the lines and the readout are shown, where there are samples.

        Lines that become visible come into the view.
        """
        return self._is_wanted

    @visible.setter
    def visible(self, visible: bool) -> None:
        self._is_wanted = visible
        self._appear()

    def show_where_samples_are(self, has_samples: bool) -> None:
        """Show nothing as long as there is nothing that they could measure."""
        if has_samples != self._has_samples:
            self._has_samples = has_samples
            self._appear()

    def _appear(self) -> None:
        is_seen = self._is_wanted and self._has_samples
        for line in self._lines:
            line.setVisible(is_seen)
        self.label.setMinimumHeight(0)
        self.label.setVisible(is_seen)
        if is_seen:
            self.come_into_view()

    @property
    def times_s(self) -> Pair:
        """Where on the axis the vertical lines are, the earlier one first."""
        return _sorted_values(self._times)

    @property
    def levels_v(self) -> Pair:
        """Where on the axis the horizontal lines are, the lower one first."""
        return _sorted_values(self._levels)

    @property
    def readout(self) -> str:
        """Differences of the lines: Δt, 1/Δt and of levels, a line of text each.

        Then each channel's values at the two times, and where the cursors are if they are not seen.
        """
        span_s = self.times_s[1] - self.times_s[0]
        rate_hz = 1 / span_s if span_s else math.nan
        span_v = self.levels_v[1] - self.levels_v[0]
        lines = [
            f"Δt {si(span_s, 's')}",
            f"1/Δt {si(rate_hz, 'Hz')}",
            f"{'ΔV' if self._axis_unit == 'V' else 'Δ'} {si(span_v, self._axis_unit)}",
        ]
        for name, (first_v, second_v) in self._values_v.items():
            unit = self._units.get(name, "V")
            change_v = 0.0 if is_rounding(first_v, second_v) else second_v - first_v
            first, second = si_alike((first_v, second_v), unit)
            lines.append(f"{shown_name(name)}: {first} → {second}, Δ {si(change_v, unit)}")
        return "\n".join([*lines, *self._absence()])

    def show_values(
        self, values_v: Mapping[str, Sequence[float]], units: Mapping[str, str]
    ) -> None:
        """Show the voltages of channels at the earlier and the later time.

        :param units: of channels that are in other units than V.
        """
        self._values_v, self._units = dict(values_v), dict(units)
        self._write()

    def count_levels_in(self, unit: str) -> None:
        """Say what the axis counts; levels that it does not reach come into view."""
        if unit != self._axis_unit:
            self._axis_unit = unit
            self.come_into_view()

    def come_into_view(self) -> None:
        """Put the lines into what is shown, those that are not there, unless they are hidden."""
        if not self.visible:
            return
        times_s, (low_v, high_v) = self._view.viewRange()
        levels_v = max(low_v, self._floor()), high_v
        if not _are_inside(self.times_s, times_s):
            self._place(self._times, times_s)
        if not _are_inside(self.levels_v, levels_v):
            self._place(self._levels, levels_v)
        self._show()

    def _absence(self) -> list[str]:
        """Where the cursors are when both are out of sight."""
        begin_s, end_s = self._view.viewRange()[0]
        first_s, last_s = self.times_s
        if last_s < begin_s:
            return [f"◀ {si(begin_s - last_s, 's', 3)} before this picture (Shift+C brings them)"]
        if first_s > end_s:
            return [f"▶ {si(first_s - end_s, 's', 3)} after this picture (Shift+C brings them)"]
        return []

    def place(self, view_range: tuple[Pair, Pair]) -> None:
        """Put the lines at a quarter and three quarters of a view.

        :param view_range: times in s and levels in V, as of ``ViewBox.viewRange``.
        """
        for lines, limits in zip((self._times, self._levels), view_range, strict=True):
            self._place(lines, limits)

    def _place(self, lines: tuple[pyqtgraph.InfiniteLine, ...], limits: Pair) -> None:
        for line, share in zip(lines, (0.25, 0.75), strict=True):
            line.setValue(limits[0] + share * (limits[1] - limits[0]))

    def nudge(self, right_px: int, up_px: int) -> bool:
        """Move the selected line by pixels; return whether one of them is along its way."""
        step_px = right_px if self._selected in self._times else up_px
        if not (self.visible and step_px):
            return False
        pixel = self._view.viewPixelSize()[0 if self._selected in self._times else 1]
        self._selected.setValue(self._selected.value() + step_px * pixel)
        self._keep_above_floor(self._selected)
        return True

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        for line in self._lines:
            line.setHoverPen(pyqtgraph.mkPen(theme.foreground, width=3))
            line.tag.set_looks(theme.foreground, theme)
        self._colour = theme.foreground
        self._draw_selection()

    def _drag(self, line: pyqtgraph.InfiniteLine) -> None:
        self._keep_above_floor(line)
        self._select(line)

    def _keep_above_floor(self, line: pyqtgraph.InfiniteLine) -> None:
        if line in self._levels and line.value() < self._floor():
            line.setValue(self._floor())

    def _select(self, line: pyqtgraph.InfiniteLine) -> None:
        self._selected = line
        self._draw_selection()

    def _draw_selection(self) -> None:
        styles = QtCore.Qt.PenStyle
        for line in self._lines:
            style = styles.SolidLine if line is self._selected else styles.DashLine
            line.setPen(pyqtgraph.mkPen(self._colour, style=style))

    def _follow_view(self) -> None:
        if self.visible:
            self._write()
            self._label()

    def _write(self) -> None:
        """The label grows with its text, and never shrinks: the plot above it keeps its size."""
        if self.visible:
            self.label.setText(self.readout.replace("\n", _SEPARATOR))
            height_px = self.label.heightForWidth(self.label.width())
            self.label.setMinimumHeight(max(self.label.minimumHeight(), height_px))

    def _show(self) -> None:
        self._write()
        self._label()
        self.changed.emit()

    def _label(self) -> None:
        """Write at the lines where they are, as finely as the readout says what lies between.

        But of lines that lie close together no finer than they can be told apart.
        """
        kinds = zip((self._times, self._levels), ("s", self._axis_unit), strict=True)
        for (lines, unit), pixel in zip(kinds, self._view.viewPixelSize(), strict=True):
            first, second = _sorted_values(lines)
            finest = max(_last_place(pixel, _PIXEL_DIGITS), _last_place(second - first, SI_DIGITS))
            for line in lines:
                line.tag.say(si(line.value(), unit, _digits(line.value(), finest)))


def _line(angle: int) -> pyqtgraph.InfiniteLine:
    horizontal = angle == 0
    line = pyqtgraph.InfiniteLine(angle=angle, movable=True)
    line.setZValue(_ABOVE_MARKS)
    shapes = QtCore.Qt.CursorShape
    line.setCursor(shapes.SizeVerCursor if horizontal else shapes.SizeHorCursor)
    return line


def _sorted_values(lines: tuple[pyqtgraph.InfiniteLine, pyqtgraph.InfiniteLine]) -> Pair:
    first, second = sorted(line.value() for line in lines)
    return first, second


def _are_inside(values: Pair, limits: Pair) -> bool:
    return limits[0] <= values[0] < values[1] <= limits[1]


def _last_place(value: float, n_digits: int) -> int:
    """Power of ten of the last of a number's digits; that of 0 is below all others."""
    return math.floor(math.log10(abs(value))) + 1 - n_digits if value else _LOWEST_PLACE


def _digits(value: float, last_place: int) -> int:
    """Digits of a number down to a power of ten."""
    n_digits = _last_place(value, 1) + 1 - last_place if value else 0
    return min(max(n_digits, _FEWEST_DIGITS), _MOST_DIGITS)
