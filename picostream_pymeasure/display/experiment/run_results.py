"""Results of a run that can be read at any moment: whole lines only, each of them once."""

from __future__ import annotations

import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Lock

import pandas as pd
from pymeasure.experiment import Procedure, Results

from ...system.files import discard

#: The first line that is no comment names the columns.
_LABELS = re.compile(rb"^[^#\r\n][^\n]*\n", re.MULTILINE)


class RunResults(Results):
    """PyMeasure's results, of which a row counts when its line has ended.

    PyMeasure reads whatever is there. Half of a line becomes a text among numbers, which graphs
    refuse with a ``TypeError``; it happens while a row is written, and to a file that a crash has
    cut. Nothing is read while the metadata are put in front of all rows.
    """

    _moving = Lock()  # of all results: they are pickled
    _rows: pd.DataFrame | None = None
    _labels = b""
    _begin = _end = 0  # of the lines that were read, in bytes; the labels stand before them

    @classmethod
    def new(cls, procedure: Procedure, path: Path) -> RunResults:
        """Make the file of a run, under a name that nobody else gets.

        PyMeasure takes a file that another window has made meanwhile for that of a finished run.

        :raises FileExistsError: there is such a file.
        :raises OSError: it cannot be made.
        """
        path.open("x").close()
        try:
            status = procedure.status
            results = cls(procedure, str(path))
            procedure.status = status
            with path.open("w", encoding=cls.ENCODING) as file:
                file.write(results.header() + results.labels())
            results.reload()
        except BaseException:  # such as a full disk
            discard(path)
            raise
        return results

    @classmethod
    def from_file(cls, path: Path) -> RunResults:
        """Load what a run wrote.

        :raises OSError: it cannot be read.
        :raises Exception: of any kind: it is something else, or its procedure is not to be found.
        """
        with path.open(encoding=cls.ENCODING) as file:
            lines = []
            while (line := file.readline()).startswith(cls.COMMENT):
                lines.append(line.strip("\t\v\n\r\f"))
        return cls(cls.parse_header(cls.LINE_BREAK.join(lines)), str(path))

    def store_metadata(self) -> None:
        """Put them in front of the rows, which are written anew behind them."""
        with self._moving:
            super().store_metadata()

    @property
    def data(self) -> pd.DataFrame:
        """The rows until now, one column for each of the procedure's."""
        with suppress(OSError, ValueError):  # what is known stays
            self._read()
        return pd.DataFrame(columns=self._names) if self._rows is None else self._rows

    def reload(self) -> None:
        """Read all of it again.

        :raises OSError: it cannot be read.
        :raises ValueError: rows are damaged.
        """
        self._rows, self._labels, self._begin = None, b"", 0
        self._read()

    def _read(self) -> None:
        with self._moving, Path(self.data_filename).open("rb") as file:
            if not self._are_there(file.read(self._begin)):
                file.seek(0)
                self._find_labels(file.read())
            file.seek(self._end)
            self._add(file.read())

    @property
    def _names(self) -> list[str]:
        names = self._labels.decode(self.ENCODING).strip()
        return names.split(self.DELIMITER) if names else list(self.procedure.DATA_COLUMNS)

    def _are_there(self, head: bytes) -> bool:
        """Whether the lines before the rows are as long as they were."""
        return bool(self._labels) and head.endswith(b"\n" + self._labels)

    def _find_labels(self, content: bytes) -> None:
        found = _LABELS.search(content)
        self._rows = None
        self._labels = found[0] if found else b""
        self._begin = self._end = found.end() if found else len(content)

    def _add(self, content: bytes) -> None:
        whole = content[: content.rfind(b"\n") + 1]
        if not (whole and self._labels):
            return
        rows = pd.read_csv(
            BytesIO(whole),
            names=self._names,
            header=None,
            comment=self.COMMENT,
            encoding=self.ENCODING,
        )
        self._end += len(whole)
        if not rows.empty:
            before = [] if self._rows is None else [self._rows]
            self._rows = pd.concat([*before, rows], ignore_index=True)
