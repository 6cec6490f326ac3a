"""The state of a window as JSON takes it, and back."""

from __future__ import annotations

from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING, Any

from .window_state import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from .window import ExperimentWindow


def state_of(window: ExperimentWindow) -> dict[str, Any]:
    """Collect what a window should look like when it is opened again."""
    state: dict[str, Any] = {
        "geometry": to_text(window.saveGeometry()),
        "docks": to_text(window.saveState()),
        "splitter": to_text(window.splitter.saveState()),
        "browser": to_text(window.browser.header().saveState()),
        "tab": window.tabs.currentIndex(),
        "axes": [
            window.plot_widget.columns_x.currentText(),
            window.plot_widget.columns_y.currentText(),
        ],
        "recording": window.recording_tab.save_state(),
        "inputs": window.inputs.values(),
    }
    if window.enable_file_input:
        state["file"] = [window.directory, window.filename, window.store_measurement]
    if window.use_sequencer:
        text = StringIO()
        window.sequencer.data.save(text)
        state["sequence"] = text.getvalue()
    return state


def apply_state(window: ExperimentWindow, state: dict[str, Any]) -> None:
    """Make a window look as :func:`state_of` found it; what is missing or foreign is left."""
    window.restoreGeometry(from_text(state.get("geometry")))
    window.restoreState(from_text(state.get("docks")))
    window.splitter.restoreState(from_text(state.get("splitter")))
    window.browser.header().restoreState(from_text(state.get("browser")))
    for part, restore in _PARTS.items():
        if part in state:
            with suppress(TypeError, ValueError, KeyError, AttributeError):
                restore(window, state[part])


def _restore_axes(window: ExperimentWindow, axes: list[str]) -> None:
    x_axis, y_axis = axes
    plot = window.plot_widget
    for box, axis, change in (
        (plot.columns_x, x_axis, plot.plot_frame.change_x_axis),
        (plot.columns_y, y_axis, plot.plot_frame.change_y_axis),
    ):
        if box.findText(axis) >= 0:
            box.setCurrentIndex(box.findText(axis))
            change(axis)


def _restore_file(window: ExperimentWindow, file: list[Any]) -> None:
    if window.enable_file_input:
        window.directory, window.filename, window.store_measurement = file


def _restore_sequence(window: ExperimentWindow, text: str) -> None:
    if window.use_sequencer:
        window.sequencer.tree.model().load(StringIO(text))
        window.sequencer.tree.expandAll()


def _restore_tab(window: ExperimentWindow, index: int) -> None:
    window.tabs.setCurrentIndex(index)


def _restore_recording(window: ExperimentWindow, state: dict[str, Any]) -> None:
    window.recording_tab.restore_state(state)


def _restore_inputs(window: ExperimentWindow, values: dict[str, Any]) -> None:
    window.inputs.set_values(values)


_PARTS: dict[str, Callable[[ExperimentWindow, Any], None]] = {
    "tab": _restore_tab,
    "axes": _restore_axes,
    "recording": _restore_recording,
    "inputs": _restore_inputs,
    "file": _restore_file,
    "sequence": _restore_sequence,
}
