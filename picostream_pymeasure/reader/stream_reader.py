"""``PicoStreamReader``: blocks of a recording in seconds and millivolts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py

from ..errors import StorageError
from .ahead import AheadArray
from .arguments import DecimationMode, check_decimation, check_pieces, clip
from .blocks import BlockReader, Samples
from .recording_reader import RecordingReader

#: Blocks of an iteration whose voltages are made while the caller uses the one before.
_BLOCKS_AHEAD = 2


class PicoStreamReader(RecordingReader):
    """Reads recordings of this package and of PicoStream; use it as a context manager.

    ::

        with PicoStreamReader("data.hdf5") as reader:
            for times_s, voltages_mv in reader.get_block_iter(decimation_factor=10):
                ...

    *Samples* are what the scope delivered: in aggregate recordings each is a (min, max) pair.
    Blocks that are not decimated give both values of a pair, in this order and at the same time.

    *Decimation* reduces groups of ``decimation_factor`` neighbours in the file. Groups are counted
    from the first sample of a block, and blocks that follow each other hold whole groups, so that
    their size never shows in the result. A last group that is not full is reduced over what it
    holds. ``"mean"`` gives one value a group, at the time of its first sample; ``"min_max"`` two,
    the min at that time and the max half a group later. In aggregate recordings ``"mean"`` averages
    all values, and ``"min_max"`` takes the min of the mins and the max of the maxes. Of a digital
    port both are of its numbers, not of its bits: the mean of two patterns is none. Read ports
    without decimation, or draw them with :meth:`window`.

    *Times* count from the first sample that was recorded; gaps move what follows them.

    A file that is still being recorded is read as far as it was when it was opened, or at the last
    :meth:`refresh`. A last group that was cut short by the end of the file then stays so, and its
    rest begins a new one. A *live-only* file loses its oldest samples meanwhile: sample 0 is the
    oldest that was there at the last look (``first_sample`` tells its number), blocks that follow
    each other go on with the oldest that is left, and what has been overwritten cannot be read.

    :param hdf5_path: the file; it may be finished, growing, or left by a crash.
    :param channel: ``"A"`` to ``"D"``, or a digital port (``"PORT0"``, ``"PORT1"``), whose samples
        are the numbers 0 to 255 in the place of millivolts; by default the first one recorded.

    Once it is open: ``num_samples`` stored samples per channel, ``sample_interval_ns`` between two
    of them (the raw interval times the down-sampling ratio), ``voltage_range_v``, ``max_adc_val``
    (counts at full scale), ``analog_offset_v``, ``hardware_downsample_ratio``, ``downsample_mode``
    (``"aggregate"``, or ``"average"`` of whatever has one value a sample). Before it is open they
    say nothing, and the numbers are 0, as PicoStream's are.
    """

    def __init__(self, hdf5_path: str | Path, channel: str | None = None) -> None:
        super().__init__(hdf5_path, channel)
        self._position = 0
        self._file: h5py.File | None = None

    def open(self) -> None:
        """See :meth:`.RecordingReader.open`; :meth:`get_next_block` begins at the first sample."""
        super().open()
        self.reset()

    def close(self) -> None:
        """See :meth:`.RecordingReader.close`."""
        super().close()
        self._close_dataset()

    def refresh(self) -> int:
        """See :meth:`.RecordingReader.refresh`; :attr:`dset` is another one from then on."""
        self._close_dataset()
        return super().refresh()

    def _close_dataset(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    @property
    def dset(self) -> h5py.Dataset | None:
        """The channel's counts as h5py has them, or None while the reader is closed.

        :raises StorageError: HDF5 cannot open the file.
        """
        if self._opened is None:
            return None
        if self._file is None:
            import hdf5plugin  # noqa: F401 - makes its filters known to HDF5

            self._file = _open_hdf5(self.hdf5_path)
        name = f"channels/{self.channel}/adc_counts" if self.channel else "adc_counts"
        return self._file[name]

    def reset(self) -> None:
        """Let :meth:`get_next_block` begin at the first sample again."""
        # counted from the first sample ever, which a live-only file loses when it is refreshed
        self._position = 0

    def get_block_iter(
        self,
        chunk_size: int = 1_000_000,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Iterator[Samples]:
        """Iterate over the whole recording; arguments and blocks as :meth:`get_next_block`.

        Each iteration has a position of its own. While one block is used, the voltages of the next
        two are made, unless they are very short or long.
        Long blocks are the fastest where they are decimated; without decimation those of 500 000
        samples, which stay in the processor's cache.
        """
        self._source()
        size, factor = check_pieces(chunk_size, decimation_factor, decimation_mode)
        return self._iterate(size, factor, decimation_mode)

    def _iterate(self, whole: int, factor: int, mode: DecimationMode) -> Iterator[Samples]:
        position = 0
        coming: dict[tuple[BlockReader, int, int], AheadArray] = {}
        while True:
            start, size = self._following(position, whole)
            if not size:
                return
            blocks, position = self._blocks, self.first_sample + start + size
            if not blocks.can_be_ahead(size, factor, mode):
                yield blocks.read(start, size, factor, mode)
                continue
            behind = (self._following(position + n * whole, whole) for n in range(_BLOCKS_AHEAD))
            wanted = [(blocks, begin, count) for begin, count in behind if count]
            wanted.insert(0, (blocks, start, size))
            coming = {
                key: coming.get(key) or blocks.read_ahead(*key[1:], factor, mode) for key in wanted
            }
            times_s = blocks.times_s(start, size, factor, mode)
            yield times_s, coming.pop(wanted[0]).result(coming.values())

    def _following(self, position: int, whole: int) -> tuple[int, int]:
        """First sample and size of the block that follows an absolute position."""
        start = max(position - self.first_sample, 0)
        return start, max(min(whole, self.num_samples - start), 0)

    def get_next_block(
        self,
        chunk_size: int,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Samples | None:
        """Read the next block, or return None at the end.

        :param chunk_size: samples to read; rounded down to whole groups, at least one.
        :returns: times in s and voltages in mV, both float64 and of the same length.
        :raises ConfigurationError: an argument is impossible.
        """
        self._source()
        size, factor = check_pieces(chunk_size, decimation_factor, decimation_mode)
        start, size = self._following(self._position, size)
        if not size:
            return None
        block = self._blocks.read(start, size, factor, decimation_mode)
        self._position = self.first_sample + start + size
        return block

    def get_block(
        self,
        size: int,
        start: int = 0,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
    ) -> Samples:
        """Read ``size`` samples from ``start`` on, as many of them as there are.

        Negative numbers mean what they mean in the slice ``[start : start + size]``: a ``start``
        of -5 with a ``size`` of 5 or more is therefore empty.

        :returns: times in s and voltages in mV, both float64 and of the same length; empty
            beyond the end.
        :raises ConfigurationError: an argument is impossible.
        """
        source = self._source()
        factor = check_decimation(decimation_factor, decimation_mode)
        start, size = clip(start, size, source.num_samples)
        return self._blocks.read(start, size, factor, decimation_mode)


def _open_hdf5(path: str) -> h5py.File:
    """Open a file as the rest of the process does: HDF5 wants one way of locking a file in it.

    That way is refused by a recording on Windows; then it is opened without locks.
    """
    try:
        return h5py.File(path, "r")
    except OSError:
        try:
            return h5py.File(path, "r", locking=False)
        except OSError as error:
            raise StorageError(f"HDF5 cannot open {path} ({error}).") from error
