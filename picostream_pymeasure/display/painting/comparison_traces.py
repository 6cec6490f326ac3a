"""Traces of other recordings beside the one that is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pyqtgraph

from ..reading.frame import Comparison
from .column_item import ColumnItem
from .theme import Theme, system_theme
from .trace_item import TraceItem
from .vertical_scales import VerticalScales

#: They stand back behind the run that is shown, and shine through each other.
_OPACITY = 0.55
_BELOW_CHANNELS = 0


class ComparisonTraces:
    """Shows the channels of each recording in shades of its colour, on the scales of the channels.

    :param plot: where they are shown.
    """

    def __init__(self, plot: pyqtgraph.PlotItem, scales: VerticalScales) -> None:
        self._plot, self._scales = plot, scales
        self._items: dict[tuple[str, str], TraceItem] = {}
        self._colours: Mapping[str, str] = {}
        self._theme = system_theme()
        self._is_density = False

    @property
    def is_shown(self) -> bool:
        """Whether there are any."""
        return bool(self._items)

    @property
    def columns(self) -> list[ColumnItem]:
        """What of them is painted in columns and not hidden."""
        return [item.columns for item in self._items.values() if item.columns.isVisible()]

    @property
    def seen(self) -> dict[str, tuple[str, ...]]:
        """Colours of the channels that are seen of each recording, by its path."""
        found: dict[str, tuple[str, ...]] = {}
        for path, name in sorted(self._items):
            item = self._items[path, name]
            if item.is_seen:
                found[path] = (*found.get(path, ()), item.colour)
        return {path: found[path] for path in self._colours if path in found}

    def set_theme(self, theme: Theme) -> None:
        """Use its shades."""
        self._theme = theme
        self._paint()

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the recordings by path; those not named any more are taken away."""
        self._colours = dict(colours)
        self._keep([key for key in self._items if key[0] in colours])
        self._paint()

    def set_density(self, on: bool) -> None:
        """Draw by how often a place is passed."""
        self._is_density = on
        for item in self._items.values():
            item.set_density(on)

    def show(
        self, comparisons: Sequence[Comparison], origin_s: float, hidden: Collection[str]
    ) -> None:
        """Show these and no others.

        :param origin_s: the time that the axis calls zero.
        :param hidden: channels that are not shown.
        """
        traces = {
            (compared.path, name): trace
            for compared in comparisons
            for name, trace in compared.traces.items()
            if compared.path in self._colours
        }
        self._keep(traces)
        made = [key for key in traces if key not in self._items]
        for key in made:
            self._items[key] = self._make()
        if made:
            self._paint()
        for key, trace in traces.items():
            self._items[key].set_visible(key[1] not in hidden)
            self._items[key].show(trace, origin_s, *self._scales.mapping(key[1]))

    def apply_scales(self, origin_s: float) -> None:
        """Show the voltages that the scales say."""
        for (_, name), item in self._items.items():
            item.show(item.trace, origin_s, *self._scales.mapping(name))

    def _keep(self, keys: Collection[tuple[str, str]]) -> None:
        for key in set(self._items).difference(keys):
            self._items.pop(key).remove()

    def _make(self) -> TraceItem:
        item = TraceItem(self._plot)
        item.set_opacity(_OPACITY)
        item.set_density(self._is_density)
        item.set_order(_BELOW_CHANNELS)
        return item

    def _paint(self) -> None:
        for path, colour in self._colours.items():
            names = sorted(name for of, name in self._items if of == path)
            for number, name in enumerate(names):
                self._items[path, name].set_colour(self._theme.shade(colour, number))
