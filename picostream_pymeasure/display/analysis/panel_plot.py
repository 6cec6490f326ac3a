"""A plot in the colours of the widgets around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtWidgets

from ..painting.edge_axis import EdgeAxis
from ..painting.theme import theme_of

#: Room for the axes, the hint and some of a curve.
_LEAST_PX = (220, 90)

_WAIT = "This is being worked out …"


class PanelPlot(pyqtgraph.PlotWidget):
    """A plot with a grid that follows the palette, light or dark.

    :param hint: what to do to see something; shown when it is known that there is nothing.
    :param axes: in the place of pyqtgraph's own, by side.
    """

    #: None while the base class constructs itself, which changes the palette already.
    _hint: Any = None

    def __init__(
        self,
        hint: str,
        parent: QtWidgets.QWidget | None = None,
        axes: Mapping[str, pyqtgraph.AxisItem] | None = None,
    ) -> None:
        super().__init__(parent, axisItems={"left": EdgeAxis("left"), **(axes or {})})
        self.plotItem.getAxis("left").foot_px = self.fontMetrics().height() / 2
        self.setMinimumSize(*_LEAST_PX)
        self.plotItem.showGrid(x=True, y=True, alpha=0.2)
        self.plotItem.hideButtons()
        self._text = hint
        self._hint = QtWidgets.QLabel(hint, self)
        self._hint.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QtWidgets.QVBoxLayout(self).addWidget(self._hint)
        self._hint.hide()
        self._follow_palette()

    def show_hint(self, visible: bool) -> None:
        """Show or hide the hint; where it is, axes have no numbers, which would mean nothing."""
        self._hint.setText(self._text)
        self._hint.setVisible(visible)
        for side in ("left", "bottom"):
            self.plotItem.getAxis(side).setStyle(showValues=not visible)

    def show_wait(self) -> None:
        """Say that something will be shown as soon as it is known."""
        self.show_hint(True)
        self._hint.setText(_WAIT)

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.Type.PaletteChange and self._hint is not None:
            self._follow_palette()

    def _follow_palette(self) -> None:
        theme_of(self).paint_plot(self)
