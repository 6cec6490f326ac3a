"""Where runs are put: PyMeasure's fields, with a name that shows what files will be called."""

from __future__ import annotations

import re
from typing import Any

from pymeasure.display.Qt import QtWidgets
from pymeasure.display.widgets import FileInputWidget
from pymeasure.display.widgets.filename_widget import FilenameValidator

from .names import FORBIDDEN

#: A placeholder, also one that is being typed, or a character that no file name has.
_PARTS = re.compile(rf"(\{{[^{{}}]*(?:\}}|$))|{FORBIDDEN.pattern}")


class FileInput(FileInputWidget):
    """Takes any pasted name; what a file name cannot have becomes a hyphen at once."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        name = self.filename_input
        name.setValidator(_Validator(name.placeholders, name))
        self.directory_input.setToolTip("Where both files of a run are put")


class _Validator(FilenameValidator):
    """PyMeasure's would take nothing of a text that has such a character."""

    def validate(self, text: str, position: int) -> Any:
        """Say whether a text can be a name, as it is then."""
        return super().validate(_PARTS.sub(lambda found: found[1] or "-", text), position)
