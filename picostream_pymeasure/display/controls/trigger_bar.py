"""Knobs of the trigger that holds the picture still."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pymeasure.display.Qt import QtCore, QtWidgets

from ...quantities import shortened
from ..painting.lanes_item import LANE_NAMES
from ..reading.edge import Edge
from ..reading.recording_facts import ChannelFacts, shown_name
from .choice_box import ChoiceBox
from .number_field import NumberField

#: Part of the full scale that the signal must have been on the other side.
_HYSTERESIS = 0.01


#: Between a digital port and the number of one of its inputs.
_BIT = "."


def _key(channel: str, bit: int | None) -> str:
    return channel if bit is None else f"{channel}{_BIT}{bit}"


def _sources(channels: Mapping[str, ChannelFacts]) -> dict[str, str]:
    """What can be watched, with its name: channels, and each input of a digital port."""
    found = {}
    for name, facts in channels.items():
        if facts.is_digital:
            lanes = enumerate(LANE_NAMES.get(name, ()))
            found.update({_key(name, bit): lane for bit, lane in lanes})
        else:
            found[name] = shown_name(name)
    return found


class TriggerBar(QtWidgets.QToolBar):
    """Channel, slope, level and place of the edge."""

    #: The edge is another one.
    changed = QtCore.Signal()

    def __init__(self) -> None:
        super().__init__("Trigger")
        self.setObjectName("trigger")
        self.setMovable(False)
        self._spans_v: dict[str, float] = {}
        self._units: dict[str, str] = {}
        self._level_actions: list[QtWidgets.QAction] = []
        self._wanted = ""
        self._unit = "V"
        self._per_volts: dict[str, float] = {}
        self._per_volt: float | None = None  # of the unit that the level is in, once that is known
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.channel_box = ChoiceBox("Channel that is looked at")
        self.slope_box = ChoiceBox("Direction of the edge")
        self.slope_box.addItems(["↗ rising", "↘ falling"])
        self.level_box = NumberField("V", -1e6, 1e6)
        self.level_box.setToolTip("Level; the dashed line in the picture can be dragged too")
        self.place_box = NumberField("%", 0, 100, step=10)
        self.place_box.setValue(50)
        self.place_box.setToolTip("Where in the picture the edge is: 0 % left, 100 % right")
        self.wait_box = ChoiceBox("What is shown while there is no edge")
        self.wait_box.addItems(["auto: roll on", "normal: wait"])
        for title, knob in (
            ("Hold at an edge of ", self.channel_box),
            ("", self.slope_box),
            (" at ", self.level_box),
            (" position ", self.place_box),
            (" without an edge ", self.wait_box),
        ):
            actions = [self.addWidget(QtWidgets.QLabel(title)), self.addWidget(knob)]
            if knob is self.level_box:
                self._level_actions = actions
        for box in (self.channel_box, self.slope_box, self.wait_box):
            box.setFocusPolicy(QtCore.Qt.TabFocus)
            box.currentIndexChanged.connect(self.changed)
        for box in (self.level_box, self.place_box):
            box.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.channel_box.currentIndexChanged.connect(self._show_unit)
        self.level_box.valueChanged.connect(self.changed)
        self.place_box.valueChanged.connect(self.changed)

    @property
    def edge(self) -> Edge:
        """What the knobs say."""
        channel, bit = self._watched()
        return Edge(
            channel=channel,
            bit=bit,
            level_v=self.level_box.last_value,
            rising=self.slope_box.currentIndex() == 0,
            hysteresis_v=_HYSTERESIS * self._spans_v.get(channel, 0.0),
            position=self.place_box.last_value / 100,
            keeps_waiting=self.wait_box.currentIndex() == 1,
        )

    def set_edge(self, edge: Edge) -> None:
        """Turn the knobs; a channel that is not there yet is chosen when it comes."""
        self._wanted = _key(edge.channel, edge.bit)
        blocker = QtCore.QSignalBlocker(self)
        self.channel_box.setCurrentIndex(max(self.channel_box.findData(self._wanted), 0))
        self.slope_box.setCurrentIndex(0 if edge.rising else 1)
        self.level_box.setValue(edge.level_v)
        self.place_box.setValue(round(edge.position * 100))
        self.wait_box.setCurrentIndex(int(edge.keeps_waiting))
        self._per_volt = self._per_volts.get(edge.channel)
        del blocker
        self.changed.emit()

    def _watched(self) -> tuple[str, int | None]:
        channel, _, bit = (self.channel_box.currentData() or "").partition(_BIT)
        return channel, int(bit) if bit else None

    def set_level(self, level_v: float) -> None:
        """Turn the knob of the level, to as many digits as the range of the channel is worth."""
        span_v = self._spans_v.get(self._watched()[0], 0.0) or 1.0
        decimals = 4 - math.floor(math.log10(span_v))
        self.level_box.setValue(round(level_v, decimals))

    def _show_unit(self) -> None:
        """A level has the unit of its channel; at the input it stays. A digital input has none."""
        channel, bit = self._watched()
        for action in self._level_actions:
            action.setVisible(bit is None)
        unit = self._units.get(channel, "V")
        if unit != self._unit:
            self._unit = unit
            self.level_box.set_unit(unit)
        before, self._per_volt = self._per_volt, self._per_volts.get(channel, self._per_volt)
        if before and self._per_volt and self._per_volt != before:
            level = self.level_box.last_value * self._per_volt / before
            self.level_box.setValue(shortened(level))

    def show_channels(self, channels: Mapping[str, ChannelFacts]) -> None:
        """Offer a recording's channels."""
        channels = {name: facts for name, facts in channels.items() if not facts.difference_of}
        self._spans_v = {
            name: facts.full_scale_v[1] - facts.full_scale_v[0] for name, facts in channels.items()
        }
        self._units = {name: facts.unit for name, facts in channels.items()}
        self._per_volts = {name: facts.per_volt for name, facts in channels.items()}
        self._show_unit()
        sources = _sources(channels)
        known = [self.channel_box.itemData(i) for i in range(self.channel_box.count())]
        if known == list(sources):
            return
        wanted = self._wanted or self.channel_box.currentData()
        self.channel_box.clear()
        for key, text in sources.items():
            self.channel_box.addItem(text, key)
        self.channel_box.setCurrentIndex(max(self.channel_box.findData(wanted), 0))
