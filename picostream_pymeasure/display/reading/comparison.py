"""Other recordings that are shown beside one, on the same axis of time."""

from __future__ import annotations

from ...reader import Scales
from .failures import FILE_ERRORS, words
from .frame import Comparison
from .kept_source import KeptSource
from .trace_reader import read_traces


class ComparisonReader:
    """Reads their traces; for one thread."""

    def __init__(self) -> None:
        self._files: dict[str, KeptSource] = {}

    def read(
        self, paths: tuple[str, ...], begin_s: float, end_s: float, n_columns: int, scales: Scales
    ) -> tuple[Comparison, ...]:
        """The traces of all of them in a stretch of time; a file that fails says why."""
        for path in set(self._files) - set(paths):
            self._files.pop(path).close()
        return tuple(self._read_one(path, begin_s, end_s, n_columns, scales) for path in paths)

    def close(self) -> None:
        """Keep nothing open."""
        for files in self._files.values():
            files.close()

    def _read_one(
        self, path: str, begin_s: float, end_s: float, n_columns: int, scales: Scales
    ) -> Comparison:
        files = self._files.setdefault(path, KeptSource())
        try:
            with files.open(path, scales) as (source, facts):
                # patterns are no voltages, and lanes would hide those of the shown recording
                names = [name for name, of in facts.channels.items() if not of.is_digital]
                traces = read_traces(source, names, begin_s, end_s, n_columns)
        except FILE_ERRORS as error:
            return Comparison(path, message=words(error))
        return Comparison(path, traces)
