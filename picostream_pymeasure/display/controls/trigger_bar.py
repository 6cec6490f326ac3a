"""Knobs of the trigger that holds the picture still."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pymeasure.display.Qt import QtCore, QtWidgets

from ..reading.recording_facts import ChannelFacts
from ..reading.trigger_search import Edge
from .choice_box import ChoiceBox
from .number_field import NumberField

#: Part of the full scale that the signal must have been on the other side.
_HYSTERESIS = 0.01


class TriggerBar(QtWidgets.QToolBar):
    """Channel, slope, level and place of the edge."""

    #: The edge is another one.
    changed = QtCore.Signal()

    def __init__(self) -> None:
        super().__init__("Trigger")
        self.setObjectName("trigger")
        self.setMovable(False)
        self._spans_v: dict[str, float] = {}
        self._wanted = ""
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.channel_box = ChoiceBox("Channel that is looked at")
        self.slope_box = ChoiceBox("Direction of the edge")
        self.slope_box.addItems(["↗ rising", "↘ falling"])
        self.level_box = NumberField("V", -1e6, 1e6)
        self.level_box.setToolTip("Level; the dashed line in the picture can be dragged too")
        self.place_box = NumberField("%", 0, 100, step=10)
        self.place_box.setValue(50)
        self.place_box.setToolTip("Where in the window the edge is shown")
        self.wait_box = ChoiceBox("What is shown while there is no edge")
        self.wait_box.addItems(["auto: roll on", "normal: wait"])
        for title, knob in (
            ("Trigger ", self.channel_box),
            ("", self.slope_box),
            (" at ", self.level_box),
            (" in place ", self.place_box),
            (" without an edge ", self.wait_box),
        ):
            self.addWidget(QtWidgets.QLabel(title))
            self.addWidget(knob)
        for box in (self.channel_box, self.slope_box, self.wait_box):
            box.setFocusPolicy(QtCore.Qt.NoFocus)
            box.currentIndexChanged.connect(self.changed)
        for box in (self.level_box, self.place_box):
            box.setFocusPolicy(QtCore.Qt.ClickFocus)
        self.level_box.valueChanged.connect(self.changed)
        self.place_box.valueChanged.connect(self.changed)

    @property
    def edge(self) -> Edge:
        """What the knobs say."""
        channel = self.channel_box.currentData() or ""
        return Edge(
            channel=channel,
            level_v=self.level_box.last_value,
            rising=self.slope_box.currentIndex() == 0,
            hysteresis_v=_HYSTERESIS * self._spans_v.get(channel, 0.0),
            position=self.place_box.last_value / 100,
            keeps_waiting=self.wait_box.currentIndex() == 1,
        )

    def set_edge(self, edge: Edge) -> None:
        """Turn the knobs; a channel that is not there yet is chosen when it comes."""
        self._wanted = edge.channel
        blocker = QtCore.QSignalBlocker(self)
        self.channel_box.setCurrentIndex(max(self.channel_box.findData(edge.channel), 0))
        self.slope_box.setCurrentIndex(0 if edge.rising else 1)
        self.level_box.setValue(edge.level_v)
        self.place_box.setValue(round(edge.position * 100))
        self.wait_box.setCurrentIndex(int(edge.keeps_waiting))
        del blocker
        self.changed.emit()

    def set_level(self, level_v: float) -> None:
        """Turn the knob of the level, to as many digits as the range of the channel is worth."""
        span_v = self._spans_v.get(self.channel_box.currentData() or "", 0.0) or 1.0
        decimals = 4 - math.floor(math.log10(span_v))
        self.level_box.setValue(round(level_v, decimals))

    def show_channels(self, channels: Mapping[str, ChannelFacts]) -> None:
        """Offer a recording's channels."""
        self._spans_v = {
            name: facts.full_scale_v[1] - facts.full_scale_v[0] for name, facts in channels.items()
        }
        known = [self.channel_box.itemData(i) for i in range(self.channel_box.count())]
        if known == list(channels):
            return
        wanted = self._wanted or self.channel_box.currentData()
        self.channel_box.clear()
        for name in channels:
            self.channel_box.addItem(name or "Input", name)
        self.channel_box.setCurrentIndex(max(self.channel_box.findData(wanted), 0))
