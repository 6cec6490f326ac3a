"""A channel as a lazy dask array (optional; extra ``analysis``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, shown
from ..kernels import decimation
from .arguments import whole_number
from .datasets import import_optional
from .source import Source

if TYPE_CHECKING:
    import dask.array

_UNITS = ("mv", "counts")


@dataclass(frozen=True)
class RecordedArray:
    """Stands for the samples of one channel; opens the file whenever it is indexed.

    It holds no open file and travels to other processes and machines.

    :param unit: ``"mv"`` or ``"counts"``.
    :param shape: ``(num_samples,)``, or ``(num_samples, 2)`` in aggregate mode.
    :param dtype: float64 for millivolts, that of the recording for counts.
    """

    path: Path
    channel: str
    unit: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """2 in aggregate mode, else 1."""
        return len(self.shape)

    def __getitem__(self, index: tuple[Any, ...]) -> NDArray[Any]:
        """Slices, also with steps, and single positions: dask hands its own slicing down."""
        samples = range(self.shape[0])[index[0]]
        if isinstance(samples, int):
            found: NDArray[Any] = self._read(samples, samples + 1)[(0, *index[1:])]
            return found
        first, last = sorted((samples[0], samples[-1])) if samples else (0, -1)
        step = slice(None, None, samples.step)
        return self._read(first, last + 1)[(step, *index[1:])]

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        source = Source(self.path)
        try:
            counts = source.read_counts(self.channel, start, stop)
            metadata = source.channels[self.channel].metadata
        finally:
            source.close()
        values = counts if self.unit == "counts" else np.empty(counts.size)
        if self.unit == "mv":
            decimation.scaled(counts, metadata.scale_mv, metadata.offset_mv, values)
        return values.reshape(-1, *self.shape[1:])


def as_dask(source: Source, channel: str, unit: str, chunks_per_block: Any) -> dask.array.Array:
    """Make the array; see ``PicoStreamReader.to_dask``."""
    array = import_optional("dask.array")
    n_chunks = _check(source, unit, chunks_per_block)
    pair = (2,) if source.values_per_sample == 2 else ()
    counts = source.channels[channel].counts
    recorded = RecordedArray(
        source.recording.path.absolute(),
        channel,
        unit,
        (source.num_samples, *pair),
        counts.dtype if unit == "counts" else np.dtype(np.float64),
    )
    samples = max(1, counts.chunk_rows // source.values_per_sample)
    blocks = (min(samples * n_chunks, max(source.num_samples, 1)), *pair)
    meta = np.empty((0,) * recorded.ndim, recorded.dtype)
    lazy: dask.array.Array = array.from_array(
        recorded, blocks, name=False, asarray=False, fancy=False, meta=meta
    )
    return lazy


def _check(source: Source, unit: Any, chunks_per_block: Any) -> int:
    """The number of chunks, if all is possible."""
    if not isinstance(unit, str) or unit not in _UNITS:
        raise ConfigurationError(f"There is no unit {shown(unit)}; use mv or counts.")
    n_chunks = whole_number(chunks_per_block, "The number of chunks in a block")
    if n_chunks < 1:
        raise ConfigurationError(f"A block holds 1 chunk of the file or more, not {n_chunks}.")
    if source.recording.is_live_only and not source.recording.finished:
        raise ConfigurationError(
            "A live-only recording changes while it runs; make the array when it has ended."
        )
    return n_chunks
