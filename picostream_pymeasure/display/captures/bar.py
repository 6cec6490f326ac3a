"""The bar above captures: what stands out, and in words what is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

from pymeasure.display.Qt import QtCore, QtWidgets

from ...quantities import si
from ..painting.cut_label import CutLabel
from ..painting.theme import Theme, theme_of
from ..reading.recording_facts import shown_name
from .picture import CapturesPicture, SingleCapture


class Showing(Enum):
    """What stands out."""

    ALL = "Overlaid"
    ONE = "One by one"
    MEAN = "Mean"


class CapturesBar(QtWidgets.QWidget):
    """Buttons for what stands out, and for the recording over its time."""

    #: One of :class:`Showing` was chosen.
    chosen = QtCore.Signal(object)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {showing: _button(showing.value) for showing in Showing}
        self.timeline_button = _button("Timeline", checkable=False)
        self.timeline_button.setToolTip("Show the recording over its time (P)")
        self.text = QtWidgets.QLabel()
        self.message = CutLabel()
        self.message.setMinimumWidth(1)
        self.legend = QtWidgets.QLabel()
        bar = QtWidgets.QHBoxLayout(self)
        bar.setContentsMargins(6, 4, 6, 4)
        group = QtWidgets.QButtonGroup(self)
        for showing, button in self.buttons.items():
            group.addButton(button)
            button.clicked.connect(lambda _=False, showing=showing: self.chosen.emit(showing))
            bar.addWidget(button)
        bar.addSpacing(8)
        bar.addWidget(self.text, 1)
        bar.addWidget(self.message)
        bar.addSpacing(8)
        bar.addWidget(self.legend)
        bar.addSpacing(8)
        bar.addWidget(self.timeline_button)

    def check(self, showing: Showing) -> None:
        """Press the button of what stands out."""
        self.buttons[showing].setChecked(True)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        plain = f"background: {theme.base}; color: {theme.foreground}"
        border = f"border: 1px solid {theme.muted}; border-radius: 3px; padding: 2px 6px"
        chosen = f"background: {theme.selection}; color: #ffffff"
        for button in (*self.buttons.values(), self.timeline_button):
            button.setStyleSheet(
                f"QToolButton {{ {plain}; {border} }} QToolButton:checked {{ {chosen} }}"
            )
        self.text.setStyleSheet(f"color: {theme.foreground}; background: transparent")
        self.message.setStyleSheet(
            f"color: {theme.contrast_colour(theme.selection)}; font-weight: bold"
        )

    def tell(self, picture: CapturesPicture, showing: Showing) -> None:
        """Say what is seen."""
        self.text.setText(" · ".join(filter(None, (_words(picture, showing), picture.note))))

    def show_legend(self, colours: Mapping[str, str]) -> None:
        """Show the names of what is drawn in their colours."""
        readable = theme_of(self).contrast_colour
        names = [
            f'<b style="color: {readable(colour)}">{shown_name(name)}</b>'
            for name, colour in colours.items()
        ]
        self.legend.setText(" &nbsp; ".join(names))


def _words(picture: CapturesPicture, showing: Showing) -> str:
    if picture.message:
        return picture.message
    if showing is Showing.ONE and picture.single is not None:
        return _words_of_one(picture.single, picture.captures)
    what = "laid over each other" if showing is Showing.ALL else "averaged"
    some = "" if picture.drawn == picture.captures else f"{picture.drawn:,} of "
    noun = "capture" if picture.captures == 1 else "captures"
    return f"{some}{picture.captures:,} {noun}, {what}"


def _words_of_one(single: SingleCapture, captures: int) -> str:
    words = [f"Capture {single.number + 1:,} of {captures:,}"]
    if math.isfinite(single.trigger_time_s) and single.number:
        words.append(f"{si(single.trigger_time_s, 's')} after the first")
    if single.over_range:
        words.append(f"{', '.join(single.over_range)} beyond the range")
    return " · ".join(words)


def _button(text: str, *, checkable: bool = True) -> QtWidgets.QToolButton:
    button = QtWidgets.QToolButton()
    button.setText(text)
    button.setCheckable(checkable)
    button.setFocusPolicy(QtCore.Qt.TabFocus)
    return button
