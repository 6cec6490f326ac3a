"""Several channels over one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from .blocks import BlockReader
from .metadata import Metadata
from .source import Source

#: Stands for the one channel of PicoStream's own files, which has no name.
_UNNAMED = "voltage"


@dataclass(frozen=True)
class Table:
    """A block of several channels.

    :param times_s: float64, shape ``(n,)``.
    :param voltages_mv: channel → float64, shape ``(n,)``; of digital ports the numbers 0 to 255.
    :param columns: their names in a table: ``A_mv``, ``PORT0`` …
    """

    times_s: NDArray[np.float64]
    voltages_mv: Mapping[str, NDArray[np.float64]]
    columns: tuple[str, ...]


class TableReader:
    """Reads blocks of several channels.

    :param channels: by default all.
    :raises ConfigurationError: there is no such channel, or one is named twice.
    """

    def __init__(self, source: Source, channels: Sequence[str] | None) -> None:
        names = [source.channel_name(name) for name in channels or source.channels]
        if len(set(names)) != len(names):
            raise ConfigurationError(f"Name each channel once, not {', '.join(names)}.")
        self._readers = {name or _UNNAMED: BlockReader(source, name) for name in names}
        self.columns = tuple(
            source.channels[name].metadata.column(name or _UNNAMED) for name in names
        )
        self._first = next(iter(self._readers.values()))

    @property
    def names(self) -> tuple[str, ...]:
        """Channels in the order of the table."""
        return tuple(self._readers)

    def rows(self, size: int, factor: int, mode: str) -> int:
        """How many rows ``size`` samples give."""
        return self._first.rows(size, factor, mode)

    def row_samples(self, factor: int, mode: str) -> float:
        """How many samples one row stands for."""
        return self._first.row_samples(factor, mode)

    def read(self, start: int, size: int, factor: int, mode: str) -> Table:
        """Read ``size`` samples from ``start`` on, as ``PicoStreamReader.get_block`` says.

        :raises ConfigurationError: they do not fit into the memory that is free.
        """
        self._first.require_memory(size, factor, mode, 1 + len(self._readers))
        return Table(
            self._first.times_s(start, size, factor, mode),
            {
                name: reader.voltages_mv(start, size, factor, mode)
                for name, reader in self._readers.items()
            },
            self.columns,
        )


def metadata_of(source: Source, name: str) -> Metadata:
    """The settings of the channel that a table calls so."""
    return source.channels["" if name == _UNNAMED else name].metadata
