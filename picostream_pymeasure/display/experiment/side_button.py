"""The button that folds away what stands beside the pages of a window."""

from __future__ import annotations

from collections.abc import Sequence

from pymeasure.display.Qt import QtWidgets


class SideButton(QtWidgets.QToolButton):
    """Shows docks while it is down; without them the plot has all of the width.

    :param docks: the first one is in front.
    """

    def __init__(self, docks: Sequence[QtWidgets.QDockWidget]) -> None:
        super().__init__()
        self._docks = docks
        self.setText("Inputs")
        self.setToolTip("Show the inputs, or give their room to the plot (Ctrl+I)")
        self.setCheckable(True)
        self.setChecked(True)
        self.toggled.connect(self._show)

    def _show(self, visible: bool) -> None:
        for dock in self._docks:
            dock.setVisible(visible)
        if visible:
            self._docks[0].raise_()
