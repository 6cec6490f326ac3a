"""Several channels over one axis of time, each in the unit of what its voltage stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, shown
from .columns import Column, column_of
from .source import Source


@dataclass(frozen=True)
class Table:
    """A block of several channels.

    :param times_s: float64, shape ``(n,)``.
    :param values: channel or difference → float64, shape ``(n,)``: mV, or the unit of its scale;
        of digital ports the numbers 0 to 255.
    :param columns: their names in a table: ``A_mv``, ``B_nA``, ``A-C_mv``, ``PORT0`` …
    """

    times_s: NDArray[np.float64]
    values: Mapping[str, NDArray[np.float64]]
    columns: tuple[str, ...]


class TableReader:
    """Reads blocks of several channels.

    :param source: opened such that it reads quantities.
    :param channels: names, and differences such as ``"A-B"``, or one of them; by default all.
    :raises ConfigurationError: there is no such channel, one is named twice, or quantities of
        different kinds are to be subtracted.
    """

    def __init__(self, source: Source, channels: Iterable[str] | None) -> None:
        if isinstance(channels, str):
            channels = [channels]
        try:
            wanted = [] if channels is None else list(channels)
        except TypeError:
            raise ConfigurationError(
                f"Channels are given as a list of names, not as {shown(channels)}."
            ) from None
        columns = [column_of(source, name) for name in wanted or source.channels]
        names = [column.name for column in columns]
        if len(set(names)) != len(names):
            raise ConfigurationError(f"Name each channel once, not {', '.join(names)}.")
        self.by_name: dict[str, Column] = dict(zip(names, columns, strict=True))
        self._first = columns[0].first

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, with units."""
        return tuple(column.title for column in self.by_name.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Channels in the order of the table."""
        return tuple(self.by_name)

    def rows(self, size: int, factor: int, mode: str) -> int:
        """How many rows ``size`` samples give."""
        return self._first.rows(size, factor, mode)

    def row_samples(self, factor: int, mode: str) -> float:
        """How many samples one row stands for."""
        return self._first.row_samples(factor, mode)

    def read(self, start: int, size: int, factor: int, mode: str) -> Table:
        """Read ``size`` samples from ``start`` on, as ``PicoStreamReader.get_block`` says.

        :raises ConfigurationError: they do not fit into the memory that is free, or extremes of a
            difference are wanted, which those of its parts do not tell.
        """
        self._first.require_memory(size, factor, mode, 1 + len(self.by_name))
        return Table(
            self._first.times_s(start, size, factor, mode),
            {name: column.read(start, size, factor, mode) for name, column in self.by_name.items()},
            self.columns,
        )
