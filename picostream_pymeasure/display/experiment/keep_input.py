"""The input that says which events the next run keeps, tied to the live plot."""

from __future__ import annotations

from collections.abc import Callable

from pymeasure.display.inputs import StringInput
from pymeasure.experiment import Parameter

from ...config import CHANNEL_NAMES
from ..controls.event_watch import EventWatch
from ..painting.theme import redden
from .inputs import ExperimentInputs

_LEVEL_ALONE = "A level alone, as in 6sigma or -20 mV, changes that of the rule before."


class KeepInput(StringInput):
    """A rule, or a level alone, which is completed as in the panel of events."""

    _events: EventWatch | None = None

    def set_parameter(self, parameter: Parameter) -> None:
        """Take over value and help of a parameter."""
        super().set_parameter(parameter)
        self._help = f"{parameter.description or ''}\n{_LEVEL_ALONE}".strip()
        self.setToolTip(self._help)

    def tie(self, events: EventWatch, first_channel: Callable[[], str]) -> None:
        """Let the live plot show the rule that is typed, and change it; what is none is red.

        :param first_channel: the one that a level alone is for where no rule was before.
        """

        def take(text: str) -> None:
            events.set_text(text, first_channel())
            redden(self, events.problem)
            self.setToolTip(events.problem or self._help)

        self._events, self._first_channel = events, first_channel
        self.textChanged.connect(take)
        self.editingFinished.connect(lambda: self.setText(self.value()))
        events.chosen.connect(self.setText)

    def value(self) -> str:
        """The whole rule, also while no more than its level is typed."""
        text = str(self.text())
        return self._events.completed(text, self._first_channel()) if self._events else text


def first_recorded(inputs: ExperimentInputs) -> str:
    """The first channel that the next run records."""
    boxes = {name: getattr(inputs, f"channel_{name.lower()}", None) for name in CHANNEL_NAMES}
    return next((name for name, box in boxes.items() if box and box.isChecked()), "")
