"""The dialog that opens earlier runs, with a preview of both files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtWidgets
from pymeasure.display.widgets import ResultsDialog
from pymeasure.experiment import Procedure

from ...errors import FileFormatError
from .files import load_results, recording_of


class ExperimentDialog(ResultsDialog):
    """PyMeasure's dialog, which says why a file has no preview.

    :param procedure_class: whose runs are wanted.
    :param widget_list: the tabs of the window; each may offer a preview.
    """

    def __init__(
        self,
        procedure_class: type[Procedure],
        widget_list: tuple[Any, ...],
        parent: QtWidgets.QWidget | None = None,
    ) -> None:
        super().__init__(procedure_class, widget_list=widget_list, parent=parent)
        self.setWindowTitle("Open Runs")
        self.setNameFilters(["Runs (*.csv *.txt *.hdf5)", "All files (*)"])
        self.note = QtWidgets.QLabel(self)
        self.note.setWordWrap(True)
        self.layout().addWidget(self.note, 4, 5)

    def update_preview(self, filename: str) -> None:
        """Show what a file holds, or say why it cannot be shown."""
        path = Path(filename)
        if not filename or path.is_dir():
            return
        try:
            results = load_results(path, self.procedure_class)
        except FileFormatError as error:
            self._clear()
            self.note.setText(str(error))
            return
        recording = recording_of(results)
        missing = f"Its recording {recording.name} is missing: only the summary can be shown."
        self.note.setText("" if recording.exists() else missing)
        for widget in self.preview_widget_list:
            widget.clear_widget()
            widget.load(widget.new_curve(results))
        _list(self.preview_param, results.procedure.parameter_objects())
        _list(self.preview_metadata, results.procedure.metadata_objects())

    def done(self, result: int) -> None:
        """Close, and the files that were shown with it."""
        for widget in self.preview_widget_list:
            widget.close()
        super().done(result)

    def _clear(self) -> None:
        for widget in self.preview_widget_list:
            widget.clear_widget()
        self.preview_param.clear()
        self.preview_metadata.clear()


def _list(tree: QtWidgets.QTreeWidget, values: Mapping[str, Any]) -> None:
    tree.clear()
    for each in values.values():
        tree.addTopLevelItem(QtWidgets.QTreeWidgetItem([each.name, str(each)]))
