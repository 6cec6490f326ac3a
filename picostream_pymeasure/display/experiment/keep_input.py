"""The input that says which events the next run keeps, tied to the live plot."""

from __future__ import annotations

from pymeasure.display.Qt import QtWidgets

from ..controls.event_watch import EventWatch
from ..painting.theme import redden


def tie_keep(keep: QtWidgets.QLineEdit, events: EventWatch) -> None:
    """Let the live plot show the rule that is typed, and change it; what is no rule is red."""
    help_text = keep.toolTip()

    def take(text: str) -> None:
        events.set_text(text)
        redden(keep, events.problem)
        keep.setToolTip(events.problem or help_text)

    keep.textChanged.connect(take)
    events.chosen.connect(keep.setText)
