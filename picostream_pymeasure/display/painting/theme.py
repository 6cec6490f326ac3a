"""Colours of the display, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtGui, QtWidgets

_OTHER_CHANNEL = "#9467bd"


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``.

    :param grid_alpha: strength of the graticule, 0 to 1.
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
    grid_alpha: float
    channels: Mapping[str, str] = field(default_factory=dict)

    def channel_colour(self, name: str) -> str:
        """Colour of a channel's trace; PicoStream's only channel has no name."""
        return self.channels.get(name or "A", _OTHER_CHANNEL)

    def palette(self) -> QtGui.QPalette:
        """Colours of ordinary widgets."""
        palette = QtGui.QPalette()
        text, disabled = QtGui.QColor(self.foreground), QtGui.QColor(self.muted)
        for role in (palette.WindowText, palette.Text, palette.ButtonText, palette.ToolTipText):
            palette.setColor(role, text)
            palette.setColor(palette.Disabled, role, disabled)
        for role in (palette.Window, palette.Button, palette.AlternateBase, palette.ToolTipBase):
            palette.setColor(role, QtGui.QColor(self.window))
        palette.setColor(palette.Base, QtGui.QColor(self.base))
        palette.setColor(palette.Highlight, QtGui.QColor(self.selection))
        palette.setColor(palette.HighlightedText, QtGui.QColor("#ffffff"))
        palette.setColor(palette.PlaceholderText, disabled)
        return palette

    def paint_plot(self, plot: pyqtgraph.PlotWidget) -> None:
        """Give a plot's background, axes and grid these colours."""
        plot.setBackground(self.background)
        item = plot.getPlotItem()
        for side in ("left", "bottom", "right", "top"):
            axis = item.getAxis(side)
            axis.setPen(self.muted)
            axis.setTextPen(self.foreground)


LIGHT = Theme(
    name="light",
    background="#ffffff",
    foreground="#1f2933",
    window="#f2f4f7",
    base="#ffffff",
    muted="#7b8794",
    warning="#c62828",
    gap="#c62828",
    event="#7b4fb5",
    trigger="#d9730d",
    selection="#2f6fde",
    grid_alpha=0.22,
    channels={
        "A": "#1f5fd0",
        "B": "#d32f2f",
        "C": "#1b8a3a",
        "D": "#b58100",
        "PORT0": "#00838f",
        "PORT1": "#8e24aa",
    },
)

DARK = Theme(
    name="dark",
    background="#11151a",
    foreground="#dfe5ec",
    window="#1d232b",
    base="#151a20",
    muted="#7d8a99",
    warning="#ff6b6b",
    gap="#ff6b6b",
    event="#c39bff",
    trigger="#ffa94d",
    selection="#3f7ff0",
    grid_alpha=0.25,
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
    window = QtWidgets.QApplication.palette().color(QtGui.QPalette.Window)
    return DARK if window.lightness() < 128 else LIGHT


def colour_name(colour: Any) -> str:
    """A colour of any kind that pyqtgraph knows as ``#rrggbb``.

    :raises ValueError: it is none.
    """
    try:
        return pyqtgraph.mkColor(colour).name()
    except Exception as error:
        raise ValueError(f"{colour!r} is no colour.") from error
