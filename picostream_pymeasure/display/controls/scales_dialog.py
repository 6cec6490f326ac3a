"""Asks what channels' voltages stand for, and which channel is taken from which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from pymeasure.display.Qt import QtWidgets

from ...config import ChannelScale
from ...errors import ConfigurationError
from ...quantities import parse_scale, scale_text
from ..painting.theme import redden, theme_of
from ..reading.recording_facts import ChannelFacts, shown_name

_HELP = "such as 1 nA/mV or 100 mV/A; empty: as recorded"


class ScalesDialog(QtWidgets.QDialog):
    """A field for each channel, and a choice of differences.

    :param channels: of the recording that is shown.
    :param scales: what is chosen already; ``pairs`` of channels likewise.
    """

    def __init__(
        self,
        channels: Mapping[str, ChannelFacts],
        scales: Mapping[str, ChannelScale],
        pairs: Sequence[tuple[str, str]],
        parent: QtWidgets.QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Scales and difference")
        self._kept = dict(scales)
        names = [n for n, of in channels.items() if not (of.is_digital or of.difference_of)]
        self.fields = {name: self._field(scales.get(name)) for name in names}
        self.difference_box = QtWidgets.QComboBox()
        self.difference_box.addItem("none", None)
        for pair in permutations(names, 2):
            self.difference_box.addItem(shown_name("-".join(pair)), pair)
        for pair in pairs[:1]:  # Qt finds texts, not tuples
            self.difference_box.setCurrentText(shown_name("-".join(pair)))
        for field in self.fields.values():
            field.textChanged.connect(self._judge)
        self.problem = QtWidgets.QLabel()
        self.problem.setWordWrap(True)
        self.problem.setStyleSheet(f"color: {theme_of(parent).warning}")
        self._lay_out()

    def _field(self, scale: ChannelScale | None) -> QtWidgets.QLineEdit:
        field = QtWidgets.QLineEdit("" if scale is None else scale_text(scale))
        field.setPlaceholderText(_HELP)
        field.setToolTip("What one of the channel's volts stands for")
        field.setMinimumWidth(field.fontMetrics().horizontalAdvance(_HELP + "____"))
        return field

    def _lay_out(self) -> None:
        buttons = QtWidgets.QDialogButtonBox(
            QtWidgets.QDialogButtonBox.Ok | QtWidgets.QDialogButtonBox.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QtWidgets.QFormLayout(self)
        for name, field in self.fields.items():
            layout.addRow(shown_name(name), field)
        layout.addRow("Difference", self.difference_box)
        layout.addRow(self.problem)
        layout.addRow(buttons)

    def scales(self) -> dict[str, ChannelScale]:
        """What was typed, with the scales of channels that this recording has not.

        :raises ConfigurationError: a text is no scale.
        """
        typed = {name: field.text() for name, field in self.fields.items() if field.text().strip()}
        others = {name: scale for name, scale in self._kept.items() if name not in self.fields}
        return others | {name: parse_scale(text) for name, text in typed.items()}

    def differences(self) -> list[tuple[str, str]]:
        """The chosen pair, if there is one."""
        pair = self.difference_box.currentData()
        return [] if pair is None else [pair]

    def accept(self) -> None:
        """Close it, unless something typed is no scale."""
        if not self._judge():
            super().accept()

    def _judge(self) -> str:
        """Let fields be red whose text is no scale, and say why of the first one."""
        problems = {name: _problem(field.text()) for name, field in self.fields.items()}
        for name, field in self.fields.items():
            redden(field, problems[name])
        first = next(filter(None, problems.values()), "")
        self.problem.setText(first)
        room_px = self.layout().totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), room_px))
        return first


def _problem(text: str) -> str:
    try:
        parse_scale(text) if text.strip() else None
    except ConfigurationError as error:
        return str(error)
    return ""
