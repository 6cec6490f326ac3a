"""PyMeasure's sequencer, which says what is wrong with a sequence instead of raising it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymeasure.display.widgets import SequencerWidget


class ExperimentSequencer(SequencerWidget):
    """Queues runs over nested values of parameters.

    :param inputs: names of the parameters that can be swept.
    :param tell: called with one sentence when something is wrong.
    """

    def __init__(
        self, inputs: list[str] | None, tell: Callable[[str], None], **settings: Any
    ) -> None:
        self._tell = tell
        super().__init__(inputs, **settings)
        for column, width in enumerate((60, 180)):
            self.tree.setColumnWidth(column, width)
        for button, help_ in (
            (self.queue_button, "Queue a run for each set of values"),
            (self.add_root_item_btn, "Add a parameter that all others are nested in"),
            (self.add_tree_item_btn, "Add a parameter that varies within the chosen one"),
            (self.remove_tree_item_btn, "Take the chosen parameter out of the sequence"),
        ):
            button.setToolTip(help_)

    @property
    def changes(self) -> tuple[Any, ...]:
        """Signals, of which one tells each change of the sequence."""
        model = self.tree.model()
        return model.dataChanged, model.rowsInserted, model.rowsRemoved, model.modelReset

    def queue_sequence(self, *_: object) -> None:
        """Queue one run for each set of values."""
        try:
            self.get_sequence()
            super().queue_sequence()
        except Exception as error:  # noqa: BLE001 - expressions are typed by the user
            self._tell(f"The sequence is not queued: {error}.")

    def load_sequence(self, *_: object, filename: str | None = None) -> None:
        """Load a sequence from a file, or from one that is asked for."""
        try:
            super().load_sequence(filename=filename)
        except (OSError, ValueError, AttributeError) as error:
            self._tell(f"The sequence cannot be loaded: {error}.")
