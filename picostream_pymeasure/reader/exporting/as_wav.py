"""WAV, 16-bit PCM: raw counts, one audio channel a channel; the rate is the sample rate.

A full-scale input is ``max_adc`` counts, or 256 times as many where a sample has one byte. WAV
knows no voltages and no gaps, and its sizes are 32-bit numbers.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

import numpy as np

from ...errors import ConfigurationError
from ..columns import ChannelColumn
from ..metadata import Metadata
from ..table import Table
from .plan import ExportPlan

_MAX_BYTES = 2**32 - 1
_HEADER_BYTES = 44


class WavWriter:
    """Writes rounded counts.

    :raises ConfigurationError: this stretch cannot be a WAV file.
    """

    def __init__(self, file: BinaryIO, plan: ExportPlan) -> None:
        check(plan)
        self._columns = _channels(plan)
        self._file = file
        file.write(_header(len(plan.names), _rate_hz(plan), plan.rows))

    def write(self, table: Table) -> None:
        """Append rows."""
        counts = [
            np.rint(column.counts(values) * _of_16_bits(column.metadata)).astype("<i2")
            for column, values in zip(self._columns, table.values.values(), strict=True)
        ]
        self._file.write(np.column_stack(counts).tobytes())

    def close(self) -> None:
        """Nothing more is needed."""


def check(plan: ExportPlan) -> None:
    """Raise :class:`ConfigurationError` unless the stretch can be a WAV file."""
    if len(_channels(plan)) < len(plan.names):
        raise ConfigurationError(
            "WAV holds counts of channels and no difference of them; leave the difference out, or "
            "choose another format."
        )
    if plan.has_gaps:
        raise ConfigurationError(
            "WAV cannot show that samples are missing, or that captures do not follow each other; "
            "choose a time range without a gap, or another format."
        )
    if estimate_bytes(plan) > _MAX_BYTES:
        raise ConfigurationError(
            "A WAV file ends at 4.3 GB; choose a shorter time range, decimate, or take another "
            "format."
        )
    if not 1 <= _rate_hz(plan) * 2 * len(plan.names) <= _MAX_BYTES:
        raise ConfigurationError("WAV knows rates of 1 Hz and more; choose another format.")


def _channels(plan: ExportPlan) -> list[ChannelColumn]:
    columns = plan.table.by_name.values()
    return [column for column in columns if isinstance(column, ChannelColumn)]


def estimate_bytes(plan: ExportPlan) -> int:
    """Size of the file."""
    return _HEADER_BYTES + plan.rows * 2 * len(plan.names)


def _header(n_channels: int, rate_hz: int, rows: int) -> bytes:
    """RIFF header, format chunk (1 is PCM) and the head of the data chunk."""
    row_bytes = 2 * n_channels
    data_bytes = rows * row_bytes
    return struct.pack(
        "<4sI8sIHHIIHH4sI",
        *(b"RIFF", data_bytes + _HEADER_BYTES - 8, b"WAVEfmt ", 16),
        *(1, n_channels, rate_hz, rate_hz * row_bytes, row_bytes, 16),
        *(b"data", data_bytes),
    )


def _of_16_bits(metadata: Metadata) -> int:
    """Counts of 16 bits in a count."""
    return 256 if metadata.max_adc_val < 256 else 1


def _rate_hz(plan: ExportPlan) -> int:
    return round(1 / plan.row_interval_s)
