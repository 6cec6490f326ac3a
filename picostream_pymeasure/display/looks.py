"""How a live plot looks: its theme, the colours of channels and runs, and what lies beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..config import ChannelScale
from .captures.page import CapturesPage
from .controls.screen import Screen
from .painting.lanes_item import LANE_NAMES
from .painting.scope_plot import ScopePlot
from .painting.theme import THEMES, colour_name, system_theme
from .picostream_hooks import PicoStreamHooks
from .reading.frame import Frame


class PlotLooks(PicoStreamHooks):
    """The part of the live plot that knows colours; the other one knows files and time."""

    #: Another theme was chosen: its name, or None for the desktop's.
    themed = QtCore.Signal(object)

    captures: CapturesPage
    plot: ScopePlot
    screen_parts: Screen

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = system_theme()
        self.theme_name: str | None = None
        self.frame: Frame | None = None
        self.colours: dict[str, str] = {}
        self.comparisons: dict[str, str] = {}
        self.lane_names: dict[str, list[str]] = {}
        self.channel_scales: dict[str, ChannelScale] = {}
        self.differences: tuple[tuple[str, str], ...] = ()

    def request_analysis(self) -> None:
        """Work out what the open panels show."""
        raise NotImplementedError

    def _request_if_shown(self) -> None:
        raise NotImplementedError

    def add_comparison(self, hdf5_path: str, colour: Any) -> None:
        """Show another recording too, its channels in pale shades of a colour (any that Qt knows).

        One that is shown already gets this colour.
        """
        self.comparisons[str(hdf5_path)] = colour_name(colour)
        self._comparisons_changed()

    def remove_comparison(self, hdf5_path: str) -> None:
        """Show it no more; harmless if it is not shown."""
        self.comparisons.pop(str(hdf5_path), None)
        self._comparisons_changed()

    def _comparisons_changed(self) -> None:
        self.plot.comparisons.set_colours(self.comparisons)
        self._request_if_shown()

    def set_theme(self, name: str | None) -> None:
        """Use the theme ``"light"`` or ``"dark"``, or with None the desktop's.

        :raises KeyError: there is no such theme.
        """
        self.theme = system_theme() if name is None else THEMES[name]
        self.theme_name = name
        palette = QtGui.QPalette() if name is None else self.theme.palette()
        # some desktops have no colour for it, and what has this role would not be seen
        palette.setColor(QtGui.QPalette.ColorRole.PlaceholderText, QtGui.QColor(self.theme.muted))
        self.setPalette(palette)
        self.screen_parts.set_theme(self.theme)
        self.captures.view.set_theme(self.theme)
        self._show_colours()
        self.themed.emit(name)

    def set_lane_names(self, port: str, names: Sequence[str]) -> None:
        """Name the lanes of a digital port, the lowest bit first; empty ones keep theirs."""
        plain = LANE_NAMES.get(port, ())
        stripped = [name.strip() for name in names] + [""] * len(plain)
        self.lane_names[port] = [own or bit for own, bit in zip(stripped, plain, strict=False)]
        self.plot.set_lane_names(self.lane_names)

    def set_channel_scales(self, scales: Mapping[str, ChannelScale]) -> None:
        """Say what voltages of channels stand for, in place of what recordings say."""
        self.channel_scales = dict(scales)
        self.captures.view.set_scales(scales)
        self._request_if_shown()

    def set_differences(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show the differences of these pairs of channels too, the second taken from the first."""
        self.differences = tuple((one, other) for one, other in pairs)
        self.captures.view.set_differences(self.differences)
        self._request_if_shown()

    def set_channel_colour(self, name: str, colour: Any) -> None:
        """Give a channel a colour of its own."""
        self.colours[name] = colour_name(colour)
        self._show_colours()

    def channel_colours(self) -> Mapping[str, str]:
        """Colours of the channels that are shown, or were last."""
        facts = self.frame.facts if self.frame else None
        names = facts.channels if facts else self.screen_parts.channel_bar.controls
        return {name: self.colours.get(name) or self.theme.channel_colour(name) for name in names}

    def _show_colours(self) -> None:
        """Draw the picture anew: of a finished recording no other one would come."""
        if self.frame is not None:
            parts, origin_s = self.screen_parts, self.plot.origin_s
            parts.show_frame(self.frame, origin_s, self.channel_colours())
        self.captures.view.set_colours(self.channel_colours())
        self.request_analysis()

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the desktop from light to dark, unless a theme was chosen."""
        super().changeEvent(event)
        is_other = event.type() == QtCore.QEvent.ApplicationPaletteChange
        if is_other and self.theme_name is None and system_theme() is not self.theme:
            self.set_theme(None)
