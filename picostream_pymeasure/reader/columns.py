"""One column of a table: a channel, or the difference of two."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..quantities import base_unit
from .blocks import BlockReader
from .metadata import Metadata
from .source import Source

#: Stands for the one channel of PicoStream's own files, which has no name.
_UNNAMED = "voltage"

_MINUS = "-"


class Column(Protocol):
    """Numbers of one name.

    :param first: tells what all columns share: times and numbers of rows.
    :param step: what one count is, in the column's unit.
    :param largest: what no number exceeds by much.
    """

    name: str
    title: str
    unit: str
    step: float
    largest: float
    first: BlockReader

    def read(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Numbers of ``size`` samples."""


class ChannelColumn:
    """A channel or digital port."""

    def __init__(self, source: Source, name: str) -> None:
        self.metadata: Metadata = source.channels[name].metadata
        self.channel, self.name = name, name or _UNNAMED
        self.first = BlockReader(source, name)
        self.unit, self._per_milli = _unit(self.metadata)
        suffix = "mv" if self.unit == "mV" else self.unit
        self.title = self.name if self.metadata.is_digital else f"{self.name}_{suffix}"
        self.step = self.metadata.scale_mv * self._per_milli
        self.largest = self.metadata.voltage_range_v * 1e3 * self._per_milli

    def read(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Numbers of ``size`` samples."""
        values = self.first.voltages_mv(start, size, factor, mode)
        if self._per_milli != 1:
            values *= self._per_milli
        return values

    def counts(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The counts that numbers came from; of means with decimals."""
        return self.metadata.count_scale.counts(values / self._per_milli * 1e-3)


class DifferenceColumn:
    """One channel less another one.

    :raises ConfigurationError: they are no quantities of one kind.
    """

    def __init__(self, minuend: ChannelColumn, subtrahend: ChannelColumn) -> None:
        if minuend.unit != subtrahend.unit or minuend.metadata.is_digital:
            raise ConfigurationError(
                f"{minuend.name} in {minuend.unit} less {subtrahend.name} in {subtrahend.unit} "
                "has no meaning; subtract channels that have the same unit."
            )
        self._parts = minuend, subtrahend
        self.name = f"{minuend.name}{_MINUS}{subtrahend.name}"
        self.title = f"{self.name}_{minuend.title.removeprefix(f'{minuend.name}_')}"
        self.unit = minuend.unit
        self.step = min(minuend.step, subtrahend.step)
        self.largest = minuend.largest + subtrahend.largest
        self.first = minuend.first

    def read(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Numbers of ``size`` samples; of a mean the difference of the means.

        :raises ConfigurationError: extremes are wanted, which those of the parts do not tell.
        """
        if self.first.row_samples(factor, mode) < factor:
            raise ConfigurationError(
                f"The extremes of {self.name} do not follow from those of its channels; take every "
                "sample, or means."
            )
        values, less = (part.read(start, size, factor, mode) for part in self._parts)
        values -= less
        return values


def column_of(source: Source, name: str) -> Column:
    """The column that a name means: a channel's, or such as ``A-B``.

    :raises ConfigurationError: there is none, or it has no meaning.
    """
    minuend, minus, subtrahend = name.partition(_MINUS) if isinstance(name, str) else (name, "", "")
    if not minus:
        return ChannelColumn(source, source.channel_name(name))
    parts = (source.channel_name(part.strip()) for part in (minuend, subtrahend))
    return DifferenceColumn(*(ChannelColumn(source, part) for part in parts))


def _unit(metadata: Metadata) -> tuple[str, float]:
    """The unit of a column, and how many of it a thousandth of the unit without a prefix is."""
    if metadata.is_digital:
        return "1", 1.0
    if metadata.scale is None:
        return "mV", 1.0
    return metadata.scale.unit, 1e-3 / base_unit(metadata.scale.unit)[1]
