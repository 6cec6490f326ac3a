"""What a window remembers between starts, as JSON takes it, and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtWidgets
from pymeasure.display.widgets import FileInputWidget, PlotWidget, SequencerWidget

from .layout import keep_on_screen
from .window_state import from_text, to_text


@dataclass(frozen=True)
class Remembered:
    """One thing that is remembered: how it is read off, and how it is brought back."""

    save: Callable[[], Any]
    restore: Callable[[Any], object]


class Memory:
    """Everything that a window remembers, by name."""

    def __init__(self, things: Mapping[str, Remembered]) -> None:
        self._things = things

    def state(self) -> dict[str, Any]:
        """Collect what the window should look like when it is opened again."""
        return {name: thing.save() for name, thing in self._things.items()}

    def apply(self, state: Mapping[str, Any]) -> None:
        """Make the window look like that; what is missing or foreign is left."""
        for name, thing in self._things.items():
            if name in state:
                with suppress(TypeError, ValueError, KeyError, AttributeError):
                    thing.restore(state[name])


def of_window(window: QtWidgets.QMainWindow) -> dict[str, Remembered]:
    """Size, place and docks."""

    def restore_geometry(text: Any) -> None:
        window.restoreGeometry(from_text(text))
        keep_on_screen(window)

    return {
        "geometry": Remembered(lambda: to_text(window.saveGeometry()), restore_geometry),
        "docks": Remembered(
            lambda: to_text(window.saveState()),
            lambda text: window.restoreState(from_text(text)),
        ),
    }


def of_parts(**parts: QtWidgets.QSplitter | QtWidgets.QHeaderView) -> dict[str, Remembered]:
    """Whatever has Qt's ``saveState`` and ``restoreState``."""
    return {name: _of_part(part) for name, part in parts.items()}


def _of_part(part: QtWidgets.QSplitter | QtWidgets.QHeaderView) -> Remembered:
    return Remembered(
        lambda: to_text(part.saveState()), lambda text: part.restoreState(from_text(text))
    )


def of_axes(page: PlotWidget) -> Remembered:
    """What PyMeasure's graph draws over what."""

    def restore(axes: Any) -> None:
        x_axis, y_axis = axes
        for box, axis, change in (
            (page.columns_x, x_axis, page.plot_frame.change_x_axis),
            (page.columns_y, y_axis, page.plot_frame.change_y_axis),
        ):
            if box.findText(axis) >= 0:
                box.setCurrentIndex(box.findText(axis))
                change(axis)

    return Remembered(lambda: [page.columns_x.currentText(), page.columns_y.currentText()], restore)


def of_file(inputs: FileInputWidget) -> Remembered:
    """Where runs are stored, and whether; a folder that is gone is not made again."""

    def restore(file: Any) -> None:
        directory, inputs.filename, inputs.store_measurement = file
        if os.path.isdir(Path(directory)):  # noqa: PTH112 - which raises of a long name
            inputs.directory = directory

    return Remembered(
        lambda: [inputs.directory, inputs.filename, inputs.store_measurement], restore
    )


def of_sequence(sequencer: SequencerWidget) -> Remembered:
    """The nested values that are queued."""

    def save() -> str:
        text = StringIO()
        sequencer.data.save(text)
        return text.getvalue()

    def restore(text: Any) -> None:
        sequencer.tree.model().load(StringIO(text))
        sequencer.tree.expandAll()

    return Remembered(save, restore)
