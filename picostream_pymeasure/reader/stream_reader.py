"""``PicoStreamReader``: blocks of a recording in seconds and millivolts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, FileFormatError, SessionStateError
from ..kernels import decimation
from ..storage.recording import PICOSTREAM, Recording, open_recording, reading
from .timeline import Timeline

DecimationMode = Literal["mean", "min_max"]
Samples = tuple[NDArray[np.float64], NDArray[np.float64]]

_MODES = ("mean", "min_max")


class PicoStreamReader:
    """Reads recordings of this package and of PicoStream; use it as a context manager.

    ::

        with PicoStreamReader("data.hdf5") as reader:
            for times_s, voltages_mv in reader.get_block_iter(decimation_factor=10):
                ...

    Decimation: groups of ``decimation_factor`` samples are counted from the first sample of the
    block (of the whole iteration, for blocks that follow each other), so that the chunk size
    never shows in the result. A last group that is not full is reduced over what it holds.
    ``"mean"`` gives one value a group, ``"min_max"`` two (min, then max, half a group later).
    In aggregate recordings each sample is a (min, max) pair: undecimated blocks give both, in this
    order and at the same time; ``"mean"`` averages all, ``"min_max"`` takes the min of the mins
    and the max of the maxes.

    :param hdf5_path: the file; it may be finished, growing, or left by a crash.
    :param channel: ``"A"`` to ``"D"``; by default the first one recorded.

    ``num_samples`` stored samples per channel, ``sample_interval_ns`` between two of them (the
    raw interval times the down-sampling ratio), ``voltage_range_v``, ``max_adc_val``,
    ``analog_offset_v``, ``downsample_mode`` and ``hardware_downsample_ratio`` are known once it
    is open.
    """

    def __init__(self, hdf5_path: str | Path, channel: str | None = None) -> None:
        self.hdf5_path = Path(hdf5_path)
        self.channel = channel
        self.num_samples = 0
        self.sample_interval_ns = 0.0
        self.voltage_range_v = 0.0
        self.max_adc_val = 0
        self.analog_offset_v = 0.0
        self.downsample_mode = "none"
        self.hardware_downsample_ratio = 1
        self._stack = ExitStack()
        self._recording: Recording | None = None
        self._position = 0

    def __enter__(self) -> PicoStreamReader:
        self.open()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def open(self) -> None:
        """Open the file.

        :raises FileFormatError: not a recording, or damaged.
        :raises StorageError: there is no such file.
        :raises ConfigurationError: it has no such channel.
        """
        with ExitStack() as stack:
            recording = stack.enter_context(open_recording(self.hdf5_path))
            with reading(self.hdf5_path):
                self._take_attributes(recording)
            self._recording = recording
            self._stack = stack.pop_all()
        self.reset()

    def close(self) -> None:
        """Close the file; harmless when it is closed."""
        self._recording = None
        self._stack.close()

    def _take_attributes(self, recording: Recording) -> None:
        self.channel = self._find_channel(recording)
        self._counts = recording.channels[self.channel].counts
        own = self._counts.parent.attrs if recording.format != PICOSTREAM else {}
        values = {**recording.attributes, **dict(own)}
        self.downsample_mode = str(values.get("downsample_mode", "none"))
        self.hardware_downsample_ratio = int(values.get("hardware_downsample_ratio", 1))
        self.sample_interval_ns = recording.stored_interval_ns
        self.voltage_range_v = float(values["voltage_range_v"])
        self.max_adc_val = int(values["max_adc"])
        self.analog_offset_v = float(values.get("analog_offset_v", 0.0))
        self._values_per_sample = recording.values_per_sample
        self.num_samples = recording.stored_samples
        self._require_sane()
        self._gaps = recording.gaps
        self._timeline = Timeline.from_gaps(self.sample_interval_ns * 1e-9, self._gaps)

    def _find_channel(self, recording: Recording) -> str:
        name = next(iter(recording.channels)) if self.channel is None else self.channel
        if name not in recording.channels:
            raise ConfigurationError(
                f"{self.hdf5_path} has no channel {name}; use {', '.join(recording.channels)}."
            )
        return name

    def _require_sane(self) -> None:
        numbers = (self.sample_interval_ns, self.voltage_range_v, self.max_adc_val)
        if not all(math.isfinite(number) and number > 0 for number in numbers):
            raise FileFormatError(
                f"{self.hdf5_path} is damaged: interval, range and full scale must be above 0."
            )
        if not math.isfinite(self.analog_offset_v):
            raise FileFormatError(f"{self.hdf5_path} is damaged: its offset is no number.")

    # -- blocks, as PicoStream gives them

    def reset(self) -> None:
        """Let :meth:`get_next_block` begin at the first sample again."""
        self._position = 0

    def get_block_iter(
        self,
        chunk_size: int = 1_000_000,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Iterator[Samples]:
        """Iterate over the whole recording; arguments and blocks as :meth:`get_next_block`."""
        self._check(chunk_size, decimation_factor, decimation_mode)
        self.reset()
        while (
            block := self.get_next_block(chunk_size, decimation_factor, decimation_mode)
        ) is not None:
            yield block

    def get_next_block(
        self,
        chunk_size: int,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Samples | None:
        """Read the next block, or return None at the end.

        :param chunk_size: samples to read; rounded down to whole groups.
        :returns: times in s and voltages in mV, both float64 and of the same length.
        :raises ConfigurationError: an argument is impossible.
        """
        self._check(chunk_size, decimation_factor, decimation_mode)
        whole = chunk_size // decimation_factor * decimation_factor
        size = min(whole, self.num_samples - self._position)
        if size <= 0:
            return None
        block = self._read(size, self._position, decimation_factor, decimation_mode)
        self._position += size
        return block

    def get_block(
        self,
        size: int,
        start: int = 0,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Samples:
        """Read ``size`` samples from ``start`` on.

        :returns: times in s and voltages in mV, both float64 and of the same length.
        :raises ConfigurationError: the stretch is not in the file, or an argument is impossible.
        """
        self._check(size, decimation_factor, decimation_mode)
        if not 0 <= start <= self.num_samples - size:
            raise ConfigurationError(
                f"Samples {start} to {start + size} are not in the file; "
                f"use 0 to {self.num_samples}."
            )
        return self._read(size, start, decimation_factor, decimation_mode)

    def _check(self, size: int, factor: int, mode: str) -> None:
        self._require_open()
        if mode not in _MODES:
            raise ConfigurationError(f"There is no decimation mode {mode!r}; use mean or min_max.")
        if size < 1:
            raise ConfigurationError(f"A block needs 1 sample or more, not {size}.")
        if not 1 <= factor <= size:
            raise ConfigurationError(
                f"The decimation factor must be 1 to the block's size ({size}), not {factor}."
            )

    def _require_open(self) -> Recording:
        if self._recording is None:
            raise SessionStateError("The reader is not open; use it in a with statement.")
        return self._recording

    def _read(self, size: int, start: int, factor: int, mode: str) -> Samples:
        counts = self.read_counts(start, size)
        scale_mv = self.voltage_range_v / self.max_adc_val * 1e3
        offset_mv = self.analog_offset_v * 1e3
        n_groups = -(-size // factor)
        if factor == 1 and (mode == "mean" or self._values_per_sample == 2):
            return self._convert(counts, start, scale_mv, offset_mv)
        group = factor * self._values_per_sample
        if mode == "mean":
            voltages = np.empty(n_groups)
            decimation.mean_mv(counts, group, scale_mv, offset_mv, voltages)
            return self._timeline.times(start, n_groups, factor), voltages
        voltages = np.empty(2 * n_groups)
        decimation.min_max_mv(counts, group, scale_mv, offset_mv, voltages)
        return self._timeline.times(start, 2 * n_groups, factor / 2), voltages

    def _convert(
        self, counts: NDArray[np.int16], start: int, scale_mv: float, offset_mv: float
    ) -> Samples:
        voltages = np.empty(counts.size)
        decimation.to_mv(counts, scale_mv, offset_mv, voltages)
        n_samples = counts.size // self._values_per_sample
        times = self._timeline.times(start, n_samples)
        return np.repeat(times, self._values_per_sample), voltages

    # -- beyond PicoStream

    def read_counts(self, start: int, size: int) -> NDArray[np.int16]:
        """Read raw counts: int16, shape ``(size * values per sample,)``."""
        recording = self._require_open()
        values = self._values_per_sample
        with reading(recording.path):
            counts = self._counts[start * values : (start + size) * values]
        return np.ascontiguousarray(counts, np.int16)

    @property
    def channels(self) -> tuple[str, ...]:
        """Recorded channels; of PicoStream's own files one without a name."""
        return tuple(self._require_open().channels)

    @property
    def gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps`` (fields as in :class:`~picostream_pymeasure.records.Gap`)."""
        self._require_open()
        return self._gaps

    @property
    def events(self) -> NDArray[Any]:
        """Rows of ``/events`` (fields as in :class:`~picostream_pymeasure.records.Event`)."""
        return self._require_open().events
