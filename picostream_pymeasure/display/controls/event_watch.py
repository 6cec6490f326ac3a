"""What counts as an event, as it is typed, dragged in the picture, or set by the window."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore

from ...config import EventRule
from ...errors import ConfigurationError
from ...reader import parse_rule, rule_text
from ..analysis.events_panel import EventsPanel
from ..painting.event_lines import EventLines
from ..reading.frame import Frame


class EventWatch(QtCore.QObject):
    """Holds the rule for events, and keeps the field and the lines of it alike.

    :param panel: where it is typed.
    :param lines: can be dragged.
    """

    #: Another rule holds.
    changed = QtCore.Signal()
    #: The user has chosen it, by this text.
    chosen = QtCore.Signal(str)

    def __init__(self, panel: EventsPanel, lines: EventLines) -> None:
        super().__init__()
        self.rule: EventRule | None = None
        self._panel, self._lines = panel, lines
        self._frame: Frame | None = None
        panel.rule_typed.connect(self._choose)
        lines.dragged.connect(self._drag)

    def set_text(self, text: str) -> None:
        """Take a rule such as ``A:falling:5sigma``, or nothing; what is no rule is told."""
        problem, rule = "", None
        try:
            rule = parse_rule(text) if text.strip() else None
        except ConfigurationError as error:
            problem = str(error)
        self._panel.show_rule(text, problem)
        if rule != self.rule:
            self.rule = rule
            self.changed.emit()

    def show_frame(self, frame: Frame, hidden: set[str]) -> None:
        """Show where the levels are in a frame."""
        self._frame = frame
        levels = frame.event_levels
        channels = frame.facts.channels if frame.facts is not None else {}
        if levels is None or levels.rule.channel not in channels:
            self._lines.show_levels(None, 1.0, True)
        else:
            name = levels.rule.channel
            self._lines.show_levels(levels, channels[name].per_volt, name in hidden)

    def _choose(self, text: str) -> None:
        self.set_text(text)
        self.chosen.emit(text)

    def _drag(self, level_v: float) -> None:
        levels = self._frame.event_levels if self._frame is not None else None
        if levels is not None:
            self._choose(rule_text(levels.through(level_v)))
