"""PyMeasure's sequencer, which says what is wrong with a sequence instead of raising it.

What is typed is evaluated while it is typed. A step that is too small by a typo would take all of
the computer's memory, so that values and runs are counted first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from pymeasure.display.widgets import SequencerWidget
from pymeasure.experiment.sequencer import SequenceEvaluationError, SequenceHandler

#: Nobody waits for more.
MOST_RUNS = 10_000


def _require_few(number: float, what: str) -> None:
    if number > MOST_RUNS:
        raise SequenceEvaluationError(f"{number:,.0f} {what} are more than {MOST_RUNS:,}")


def _range(*bounds: int) -> range:
    values = range(*bounds)
    _require_few(len(values), "values")
    return values


def _arange(start: float, stop: float | None = None, step: float = 1, **options: Any) -> Any:
    if stop is None:
        start, stop = 0, start
    _require_few(math.ceil((stop - start) / step), "values")
    return np.arange(start, stop, step, **options)


def _linspace(start: float, stop: float, num: int = 50, **options: Any) -> Any:
    _require_few(num, "values")
    return np.linspace(start, stop, num, **options)


SequenceHandler.SAFE_FUNCTIONS.update(range=_range, arange=_arange, linspace=_linspace)


def _count_runs(sequence: SequenceHandler, item: Any = None) -> int:
    """How many runs an item asks for with all that is nested in it; by default all."""
    below = sum(_count_runs(sequence, child) for child in sequence.children(item))
    if item is None:
        return below
    values = SequenceHandler.eval_string(item.expression, item.parameter, item.level)
    return int(np.size(values)) * max(below, 1)


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

    def get_sequence(self) -> Any:
        """Give the values of each run, outer ones first.

        :raises SequenceEvaluationError: an expression is none, or there are too many runs.
        """
        _require_few(_count_runs(self.data), "runs")
        return super().get_sequence()

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
