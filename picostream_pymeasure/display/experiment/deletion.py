"""The question before recorded data are deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pymeasure.display.Qt import QtWidgets

from ... import quantities

#: More files than this are only counted.
_MOST_NAMES = 8


def wants_to_delete(parent: QtWidgets.QWidget, files: Sequence[Path]) -> bool:
    """Ask whether files shall be deleted; whoever only presses Enter or Escape keeps them."""
    sizes = [path.stat().st_size for path in files]
    lines = [
        f"{path.name} ({quantities.size(size)})" for path, size in zip(files, sizes, strict=True)
    ]
    if len(lines) > _MOST_NAMES:
        lines[_MOST_NAMES - 1 :] = [f"and {len(lines) - _MOST_NAMES + 1} more"]
    folder = f"\nin {files[0].parent}" if files else ""
    box = QtWidgets.QMessageBox(parent)
    box.setWindowTitle("Delete Runs")
    box.setIcon(QtWidgets.QMessageBox.Warning)
    box.setText(f"Delete {quantities.size(sum(sizes))} for ever?")
    box.setInformativeText("\n".join(lines) + folder)
    keep = box.addButton("Keep", QtWidgets.QMessageBox.RejectRole)
    delete = box.addButton("Delete", QtWidgets.QMessageBox.DestructiveRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec_()
    return box.clickedButton() is delete
