"""What counts as an event, as it is typed, dragged in the picture, or set by the window."""

from __future__ import annotations

from contextlib import suppress

from pymeasure.display.Qt import QtCore

from ...config import CHANNEL_NAMES, EventRule
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
        self._last_rule: EventRule | None = None
        #: Why what was typed is no rule; empty when it is one.
        self.problem = ""
        self._panel, self._lines = panel, lines
        self._frame: Frame | None = None
        self._hidden: set[str] = set()
        panel.rule_typed.connect(self._take_typed)
        lines.dragged.connect(self._drag)

    def set_text(self, text: str, first_channel: str = "") -> None:
        """Take a rule such as ``A:falling:5sigma``, or nothing; what is no rule is told.

        :param first_channel: as of :meth:`completed`.
        """
        self.problem, rule = "", None
        try:
            rule = self._read(text, first_channel) if text.strip() else None
        except ConfigurationError as error:
            self.problem = str(error)
        self._panel.show_rule(text, self.problem)
        self._last_rule = rule or self._last_rule
        if rule != self.rule:
            self.rule = rule
            self.changed.emit()

    def completed(self, text: str, first_channel: str = "") -> str:
        """A level alone as that of the last rule; any other text as it is.

        :param first_channel: what it is for while there was no rule, by default the first one of
            the picture.
        """
        with suppress(ConfigurationError):
            if text.strip() and ":" not in text:
                return rule_text(self._read(text, first_channel))
        return text

    def show_frame(self, frame: Frame) -> None:
        """Show where the levels are in a frame."""
        self._frame = frame
        self._show_lines()

    def set_hidden(self, hidden: set[str]) -> None:
        """Show no lines for these channels."""
        self._hidden = set(hidden)
        self._show_lines()

    def _show_lines(self) -> None:
        levels = self._frame.event_levels if self._frame is not None else None
        facts = self._frame.facts if self._frame is not None else None
        name = levels.rule.channel if levels is not None else ""
        if facts is None or name not in facts.channels or name in self._hidden:
            self._lines.show_levels(None, 1.0)
        else:
            self._lines.show_levels(levels, facts.channels[name].per_volt)

    def _take_typed(self, text: str) -> None:
        self._choose(self.completed(text))

    def _read(self, text: str, first_channel: str) -> EventRule:
        direction = "falling" if text.strip()[:1] in ("-", "\u2212") else EventRule.direction
        first = EventRule(first_channel or self._first_channel(), direction)
        return parse_rule(text, like=self._last_rule or first)

    def _first_channel(self) -> str:
        facts = self._frame.facts if self._frame is not None else None
        names = facts.channels if facts is not None else ()
        return next((name for name in names if name in CHANNEL_NAMES), "A")

    def _choose(self, text: str) -> None:
        self.set_text(text)
        self.chosen.emit(text)

    def _drag(self, level_v: float) -> None:
        levels = self._frame.event_levels if self._frame is not None else None
        if levels is not None:
            self._choose(rule_text(levels.through(level_v)))
