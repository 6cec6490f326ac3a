"""A channel as a lazy dask array (optional; extra ``analysis``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..kernels import decimation
from .arguments import whole_number
from .datasets import import_optional
from .source import Source

if TYPE_CHECKING:
    import dask.array

_DTYPES: dict[str, np.dtype[Any]] = {
    "mv": np.dtype(np.float64),
    "counts": np.dtype(np.int16),
}


@dataclass(frozen=True)
class RecordedArray:
    """Stands for the samples of one channel; opens the file whenever it is indexed.

    It holds no open file and travels to other processes and machines.

    :param unit: ``"mv"`` or ``"counts"``.
    :param shape: ``(num_samples,)``, or ``(num_samples, 2)`` in aggregate mode.
    """

    path: Path
    channel: str
    unit: str
    shape: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """float64 for millivolts, int16 for counts."""
        return _DTYPES[self.unit]

    @property
    def ndim(self) -> int:
        """2 in aggregate mode, else 1."""
        return len(self.shape)

    def __getitem__(self, index: tuple[slice, ...]) -> NDArray[Any]:
        start, stop, _ = index[0].indices(self.shape[0])
        source = Source.open(self.path)
        try:
            counts = source.read_counts(self.channel, start, stop)
            metadata = source.channels[self.channel].metadata
        finally:
            source.close()
        values = counts if self.unit == "counts" else np.empty(counts.size)
        if self.unit == "mv":
            decimation.to_mv(counts, metadata.scale_mv, metadata.offset_mv, values)
        return values.reshape(-1, *self.shape[1:])[(slice(None), *index[1:])]


def as_dask(source: Source, channel: str, unit: str, chunks_per_block: Any) -> dask.array.Array:
    """Make the array; see ``PicoStreamReader.to_dask``."""
    array = import_optional("dask.array")
    if unit not in _DTYPES:
        raise ConfigurationError(f"There is no unit {unit!r}; use mv or counts.")
    n_chunks = whole_number(chunks_per_block, "The number of chunks in a block")
    if n_chunks < 1:
        raise ConfigurationError(f"A block holds 1 chunk of the file or more, not {n_chunks}.")
    pair = (2,) if source.values_per_sample == 2 else ()
    recorded = RecordedArray(
        source.recording.path.absolute(), channel, unit, (source.num_samples, *pair)
    )
    samples = max(1, source.channels[channel].counts.chunk_rows // source.values_per_sample)
    blocks = (min(samples * n_chunks, max(source.num_samples, 1)), *pair)
    meta = np.empty((0,) * recorded.ndim, recorded.dtype)
    return array.from_array(recorded, blocks, name=False, asarray=False, meta=meta)
