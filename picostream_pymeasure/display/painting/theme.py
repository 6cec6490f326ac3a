"""Colours of the display, light and dark."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from .program_style import ROLES, ProgramStyle

#: Share of the foreground in the colours of a run's channels, of the ground where it is negative.
_SHADES = (0.0, 0.6, -0.45, 0.3)

#: Contrast from which on a text can be read (WCAG 2, level AA).
READABLE = 4.5

_WINDOWS_COLOURS = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"

#: Property of an application: which palette it was given here, and the desktop's theme.
_DRESSED = "picostream_dressed"


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``; texts of all kinds have a contrast of 4.5 or more to their ground.

    :param window: ground of ordinary widgets; ``base`` that of fields and lists.
    :param muted: text that matters less.
    :param error: text of what failed, on ``error_background``; the others likewise.
    :param grid_alpha: strength of the graticule, 0 to 1.
    :param difference: of two channels, and of what else has no colour of its own.
    :param channels: by name; the sockets of the 5000A series are blue, red, green and yellow.
    """

    name: str
    background: str
    foreground: str
    window: str
    base: str
    muted: str
    warning: str
    gap: str
    event: str
    trigger: str
    selection: str
    error: str
    error_background: str
    caution: str
    caution_background: str
    notice: str
    notice_background: str
    grid_alpha: float
    difference: str
    channels: Mapping[str, str] = field(default_factory=dict)

    def channel_colour(self, name: str) -> str:
        """Colour of a channel's trace; PicoStream's only channel has no name."""
        return self.channels.get(name or "A", self.difference)

    def palette(self) -> QtGui.QPalette:
        """Colours of ordinary widgets."""
        window = QtGui.QColor(self.window)
        palette = QtGui.QPalette(window, window)  # its shades too
        text, disabled = QtGui.QColor(self.foreground), QtGui.QColor(self.muted)
        for role in (ROLES.WindowText, ROLES.Text, ROLES.ButtonText, ROLES.ToolTipText):
            palette.setColor(role, text)
            palette.setColor(QtGui.QPalette.ColorGroup.Disabled, role, disabled)
        for role in (ROLES.Window, ROLES.Button, ROLES.AlternateBase, ROLES.ToolTipBase):
            palette.setColor(role, window)
        palette.setColor(ROLES.Base, QtGui.QColor(self.base))
        palette.setColor(ROLES.Highlight, QtGui.QColor(self.selection))
        palette.setColor(ROLES.HighlightedText, QtGui.QColor("#ffffff"))
        palette.setColor(ROLES.Link, QtGui.QColor(self.notice))
        palette.setColor(ROLES.PlaceholderText, disabled)
        return palette

    def paint_plot(self, plot: pyqtgraph.PlotWidget) -> None:
        """Give a plot's background, axes and grid these colours."""
        plot.setBackground(self.background)
        item = plot.getPlotItem()
        for side in ("left", "bottom", "right", "top"):
            axis = item.getAxis(side)
            axis.setPen(self.muted)
            axis.setTextPen(self.foreground)

    def shade(self, colour: str, number: int) -> str:
        """The colour of a run's channel: of the first one the run's own, of others a shade of it.

        :param number: of the channel, from 0 on.
        """
        share = _SHADES[number % len(_SHADES)]
        other = self.foreground if share >= 0 else self.background
        pairs = zip(*(QtGui.QColor(each).getRgb()[:3] for each in (colour, other)), strict=True)
        parts = (round(one + abs(share) * (another - one)) for one, another in pairs)
        return str(QtGui.QColor(*parts).name())

    def contrast_colour(self, colour: str) -> str:
        """The colour itself, or a darker or brighter one that can be read as text here."""
        ground = max if self.name == "dark" else min
        worst = ground((self.window, self.background, self.base), key=_luminance)
        pairs = tuple(
            zip(*(QtGui.QColor(c).getRgb()[:3] for c in (colour, self.foreground)), strict=True)
        )
        steps = [[(a * (10 - n) + b * n) // 10 for a, b in pairs] for n in range(10)]
        names = [QtGui.QColor(*step).name() for step in steps]
        readable = (name for name in names if contrast(name, worst) >= READABLE)
        return next(readable, self.foreground)


LIGHT = Theme(
    name="light",
    background="#ffffff",
    foreground="#1f2933",
    window="#f2f4f7",
    base="#ffffff",
    muted="#5b6773",
    warning="#b91c1c",
    gap="#c62828",
    event="#7b4fb5",
    trigger="#a85000",
    selection="#2563cf",
    error="#9b1c1c",
    error_background="#fde8e8",
    caution="#7a5200",
    caution_background="#fff4d6",
    notice="#1d4f91",
    notice_background="#e8f1fd",
    grid_alpha=0.22,
    difference="#8250b4",
    channels={
        "A": "#1f5fd0",
        "B": "#d32f2f",
        "C": "#17803a",
        "D": "#956a00",
        "PORT0": "#007680",
        "PORT1": "#8e24aa",
    },
)

DARK = Theme(
    name="dark",
    background="#11151a",
    foreground="#dfe5ec",
    window="#1d232b",
    base="#2b333d",
    muted="#93a0af",
    warning="#ff6b6b",
    gap="#ff6b6b",
    event="#c39bff",
    trigger="#ffa94d",
    selection="#2f6ad9",
    error="#ffb0b0",
    error_background="#4a1d1d",
    caution="#ffd98a",
    caution_background="#463510",
    notice="#b5d3ff",
    notice_background="#1b3558",
    grid_alpha=0.25,
    difference="#b08ae0",
    channels={
        "A": "#4d9bff",
        "B": "#ff6161",
        "C": "#45d06f",
        "D": "#f4c430",
        "PORT0": "#35d0dc",
        "PORT1": "#d98cff",
    },
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def system_theme() -> Theme:
    """The theme that fits the desktop's own colours."""
    if sys.platform == "win32":  # Qt 5 does not ask
        settings = QtCore.QSettings(_WINDOWS_COLOURS, QtCore.QSettings.NativeFormat)
        if not settings.value("AppsUseLightTheme", True, bool):
            return DARK
    palette = QtWidgets.QApplication.palette()
    dressed, name = QtWidgets.QApplication.instance().property(_DRESSED) or (None, "")
    return THEMES[name] if dressed == palette.cacheKey() else _theme_by(palette)


def dress(application: QtWidgets.QApplication, name: str | None) -> None:
    """Give all windows of a program a theme, by default the desktop's.

    In a style of ours, because some systems' own styles keep their light colours.
    """
    application.setStyle(ProgramStyle())
    application.setPalette(QtGui.QPalette())  # the desktop's again
    desktop = system_theme()
    application.setPalette((desktop if name is None else THEMES[name]).palette())
    application.setProperty(_DRESSED, (application.palette().cacheKey(), desktop.name))


def theme_of(widget: QtWidgets.QWidget) -> Theme:
    """The theme that fits the colours of a widget."""
    return _theme_by(widget.palette())


def redden(edit: QtWidgets.QLineEdit, problem: str) -> None:
    """Let a field be red while there is a problem with what stands in it.

    :param problem: empty for none.
    """
    theme = theme_of(edit.parentWidget() or edit)
    palette = QtGui.QPalette()
    if problem:
        palette.setColor(ROLES.Base, QtGui.QColor(theme.error_background))
        palette.setColor(ROLES.Text, QtGui.QColor(theme.error))
    edit.setPalette(palette)


def _theme_by(palette: QtGui.QPalette) -> Theme:
    return DARK if palette.color(ROLES.Window).lightness() < 128 else LIGHT


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    darker, brighter = sorted((_luminance(one), _luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[begin : begin + 2], 16) / 255 for begin in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_name(colour: Any) -> str:
    """A colour of any kind that pyqtgraph knows as ``#rrggbb``.

    :raises ValueError: it is none.
    """
    try:
        return str(pyqtgraph.mkColor(colour).name())
    except Exception as error:
        raise ValueError(f"{colour!r} is no colour.") from error
