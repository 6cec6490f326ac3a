"""The file that a reader has open: opened, looked at anew, and closed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import ChannelScale
from ..errors import ConfigurationError, SessionStateError
from ..storage import file_name
from .arguments import read_scales
from .blocks import BlockReader
from .source import Scales, Source

if TYPE_CHECKING:
    from typing_extensions import Self


class OpenedFile:
    """What :class:`~.stream_reader.PicoStreamReader` is before anything is read of it."""

    def __init__(self, hdf5_path: str | Path, channel: str | None = None) -> None:
        self.hdf5_path = file_name(hdf5_path)
        self.channel = channel
        self.num_samples = 0
        self.sample_interval_ns = 0.0
        self.voltage_range_v = 0.0
        self.max_adc_val = 0
        self.analog_offset_v = 0.0
        self.downsample_mode = "average"
        self.hardware_downsample_ratio = 1
        self._opened: Source | None = None
        self._scales: Scales | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def open(self) -> None:
        """Open the file; what was open before is closed.

        :raises FileFormatError: not a recording, or damaged.
        :raises StorageError: there is no such file, or it may not be read.
        :raises ConfigurationError: it has no such channel.
        """
        self._take(Source(Path(self.hdf5_path)))

    def close(self) -> None:
        """Close the file; harmless when it is closed."""
        source, self._opened = self._opened, None
        if source is not None:
            source.close()

    def refresh(self) -> int:
        """Look for what has been recorded since, and return the new ``num_samples``.

        When the file cannot be read any more, the reader stays as it was.

        :raises StorageError: as :meth:`open`.
        """
        grown = self._source().grown()
        if grown is None:
            self._take(Source(Path(self.hdf5_path)))
        else:
            self._show(grown)
        return self.num_samples

    def use_units(self, scales: Mapping[str, ChannelScale | str] | None = None) -> None:
        """Give quantities in place of voltages from now on, for channels that have a scale.

        What is called millivolts and volts are thousandths and whole ones of the scale's unit
        without its prefix then: of a channel of 1 nA/mV, mA and A.

        :param scales: by channel, in place of what the file says; a text such as ``"1 nA/mV"`` is
            taken as well.
        :raises ConfigurationError: one of them is none; the reader stays as it was.
        """
        self._scales = read_scales(scales)
        if self._opened is not None:
            self._show(self._opened)

    def _take(self, source: Source) -> None:
        try:
            self.channel = source.channel_name(self.channel)
        except ConfigurationError:
            source.close()
            raise
        self.close()
        self._show(source)

    def _show(self, source: Source) -> None:
        if self._scales is not None:
            source = source.in_units(self._scales)
        self._opened, channel = source, source.channel_name(self.channel)
        self._blocks = BlockReader(source, channel)
        metadata = source.channels[channel].metadata
        self.num_samples = source.num_samples
        self.sample_interval_ns = metadata.sample_interval_ns
        self.voltage_range_v = metadata.voltage_range_v
        self.max_adc_val = metadata.max_adc_val
        self.analog_offset_v = metadata.analog_offset_v
        self.downsample_mode = "aggregate" if source.values_per_sample == 2 else "average"
        self.hardware_downsample_ratio = metadata.hardware_downsample_ratio

    def _source(self) -> Source:
        if self._opened is None:
            raise SessionStateError("The reader is not open; use it in a with statement.")
        return self._opened
