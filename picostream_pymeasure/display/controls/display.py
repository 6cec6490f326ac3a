"""What commands and saved states need of the display they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ...config import ChannelScale
from ..captures.page import CapturesPage
from ..painting.theme import Theme
from ..painting.vertical_scales import VerticalScales
from ..reading.frame import Frame
from .actions import Actions
from .navigator import Navigator
from .screen import Screen
from .status_line import StatusLine
from .view_history import ViewHistory


class Display(Protocol):
    """A live plot, as far as its controls work with it."""

    hdf5_path: str
    frame: Frame | None
    theme: Theme
    theme_name: str | None
    colours: dict[str, str]
    lane_names: dict[str, list[str]]
    channel_scales: dict[str, ChannelScale]
    differences: tuple[tuple[str, str], ...]
    scales: VerticalScales
    navigator: Navigator
    history: ViewHistory
    actions_by_name: Actions
    screen_parts: Screen
    status: StatusLine
    captures: CapturesPage
    display_window_seconds: Any
    updated: Any
    auto_found: Any

    def set_hdf5_path(self, hdf5_path: str) -> None:
        """Show another file from now on."""

    def set_theme(self, name: str | None) -> None:
        """Use a theme, or with None the desktop's."""

    def set_channel_colour(self, name: str, colour: Any) -> None:
        """Give a channel a colour of its own."""

    def set_lane_names(self, port: str, names: Sequence[str]) -> None:
        """Name the lanes of a digital port."""

    def set_channel_scales(self, scales: Mapping[str, ChannelScale]) -> None:
        """Say what voltages of channels stand for."""

    def set_differences(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show the differences of these pairs of channels too."""

    def save_screenshot(self, path: str | Path | None = None) -> str:
        """Save what is shown and return where."""

    def request_analysis(self) -> None:
        """Work out what the open panels show."""
