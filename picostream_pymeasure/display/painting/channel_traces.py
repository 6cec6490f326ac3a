"""Traces of the channels of the recording that is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pyqtgraph

from ..reading.frame import Frame
from .column_layer import ColumnLayer
from .comparison_traces import ComparisonTraces
from .trace_item import TraceItem
from .vertical_scales import VerticalScales

_CHANNEL_ORDER, _ACTIVE_ORDER = 10, 20


class ChannelTraces:
    """Shows a trace for each channel: the active one above the others, and none hides another.

    :param plot: where they are shown.
    :param comparisons: traces of other recordings below them.
    """

    def __init__(
        self, plot: pyqtgraph.PlotItem, scales: VerticalScales, comparisons: ComparisonTraces
    ) -> None:
        self._plot, self._scales, self._comparisons = plot, scales, comparisons
        self._items: dict[str, TraceItem] = {}
        self._colours: dict[str, str] = {}
        self._visible: set[str] = set()
        self._is_density = False
        self._layer = ColumnLayer()
        plot.addItem(self._layer, ignoreBounds=True)

    @property
    def items(self) -> Mapping[str, TraceItem]:
        """By channel."""
        return self._items

    @property
    def colours(self) -> Mapping[str, str]:
        """Of all channels that were ever given one, as ``#rrggbb``."""
        return self._colours

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels; those that are not named keep theirs."""
        self._colours.update(colours)
        for name, item in self._items.items():
            item.set_colour(self._colours[name])
        self._layer.update()

    def set_ground(self, colour: str) -> None:
        """What is behind all traces, ``#rrggbb``."""
        self._layer.set_ground(colour)

    def set_density(self, on: bool) -> None:
        """Draw by how often a place is passed."""
        self._is_density = on
        for item in self._items.values():
            item.set_density(on)
        self._arrange()

    def set_visible(self, names: Collection[str]) -> None:
        """Show these and hide all others."""
        self._visible = set(names)
        for name, item in self._items.items():
            item.set_visible(name in self._visible)
        self._arrange()

    def show(self, frame: Frame, origin_s: float) -> None:
        """Show the traces of a frame and no others.

        :param origin_s: the time that the axis calls zero.
        """
        for name in set(self._items).difference(frame.traces):
            self._items.pop(name).remove()
        for name, trace in frame.traces.items():
            if name not in self._items:
                self._items[name] = self._make(name)
            self._items[name].set_persistence(frame.trigger_s is not None)
            self._items[name].show(trace, origin_s, *self._scales.mapping(name))

    def apply_scales(self, origin_s: float) -> None:
        """Show the voltages that the scales say."""
        for name, item in self._items.items():
            item.show(item.trace, origin_s, *self._scales.mapping(name))
        self._arrange()

    def extremes_v(self, hidden: Collection[str]) -> dict[str, tuple[float, float]]:
        """Lowest and highest voltage in view of each channel that is not hidden."""
        values = {
            name: item.trace.values_v
            for name, item in self._items.items()
            if item.trace is not None and name not in hidden
        }
        return {
            name: (float(np.nanmin(part)), float(np.nanmax(part)))
            for name, part in values.items()
            if np.isfinite(part).any()
        }

    def _make(self, name: str) -> TraceItem:
        item = TraceItem(self._plot)
        item.set_colour(self._colours[name])
        item.set_density(self._is_density)
        return item

    def _arrange(self) -> None:
        names = sorted(self._visible, key=lambda name: (name == self._scales.active, name))
        has_others = len(names) > 1 or self._comparisons.is_shown
        is_layered = has_others and not self._is_density
        layered = [self._items[n].columns for n in names] if is_layered else []
        self._layer.show_items(layered, self._comparisons.columns)
        for name, item in self._items.items():
            item.set_layered(is_layered)
            item.set_order(_ACTIVE_ORDER if name == self._scales.active else _CHANNEL_ORDER)
