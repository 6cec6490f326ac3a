"""Lists what keys and mouse do."""

from __future__ import annotations

from collections.abc import Iterable

from pymeasure.display.Qt import QtCore, QtWidgets

from .actions import GROUPS, MOUSE

#: A small screen scrolls.
_SCREEN_SHARE = 0.9


class HelpDialog(QtWidgets.QDialog):
    """All keys, in groups."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        label = QtWidgets.QLabel(help_text())
        label.setTextFormat(QtCore.Qt.RichText)
        area = QtWidgets.QScrollArea()
        area.setFrameShape(QtWidgets.QFrame.NoFrame)
        area.setWidget(label)
        close = QtWidgets.QDialogButtonBox(QtWidgets.QDialogButtonBox.Close)
        close.rejected.connect(self.reject)
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(close)
        bars_px = 2 * self.style().pixelMetric(QtWidgets.QStyle.PM_ScrollBarExtent)
        around = self.sizeHint() - area.sizeHint() + QtCore.QSize(bars_px, bars_px)
        room = parent.screen().availableGeometry().size() * _SCREEN_SHARE
        self.resize((label.sizeHint() + around).boundedTo(room))


def help_text() -> str:
    """Two columns of tables, as rich text."""
    tables = [
        _table(title, [(", ".join(kind.keys), kind.help) for kind in kinds])
        for title, kinds in GROUPS
    ]
    tables.append(_table("Mouse", MOUSE))
    half = 3
    columns = ("".join(tables[:half]), "".join(tables[half:]))
    return (
        "<table><tr>" + "".join(f"<td width=470>{part}</td>" for part in columns) + "</tr></table>"
    )


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f"<tr><td width=110><b>{key}</b></td><td>{text}</td></tr>" for key, text in rows
    )
    return f"<h3>{title}</h3><table cellpadding=2>{lines}</table>"
