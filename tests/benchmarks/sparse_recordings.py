"""Very long recordings whose overview is real and whose samples are holes in the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.storage.schema import FACTORS, counts_path, level_path
from tests.support.plain_writer import PlainWriter, describe

CHUNK = 1 << 19


class _SparseWriter(PlainWriter):
    """Claims samples that nobody wrote."""

    samples = 0

    def _write_levels(self, name: str, *, finished: bool = False) -> None:
        """They are written once, by :func:`write_sparse`."""


def write_sparse(
    path: Path,
    samples: int,
    interval_ns: float = 16.0,
    stretches: Mapping[int, tuple[int, int]] | None = None,
    channels: str = "A",
) -> Path:
    """A finished recording, noise where it is written.

    :param stretches: begins and ends of the bins that are written, by samples a bin, and with 1 of
        the samples; by default all bins and no samples.
    """
    description = describe(channels, sample_interval_ns=interval_ns, max_adc=32767)
    segments = samples // (32 * CHUNK) + 1
    writer = _SparseWriter(path, description, segments=segments, chunk_samples=CHUNK)
    writer.file.truncate(writer.plan.segment_position(segments))
    if stretches is None:
        stretches = {factor: (0, -(-samples // factor)) for factor in FACTORS}
    for factor, (start, stop) in stretches.items():
        for channel in channels:
            _write_noise(writer, channel, factor, start, min(stop, -(-samples // factor)))
    writer.samples = samples
    writer.finish()
    writer.close()
    return path


def _write_noise(writer: PlainWriter, channel: str, factor: int, start: int, stop: int) -> None:
    name = counts_path(channel) if factor == 1 else level_path(channel, factor)
    dataset = writer.plan.datasets[name]
    while start < stop:
        chunk, within = divmod(start, dataset.chunk_rows)
        end = min(stop, (chunk + 1) * dataset.chunk_rows)
        writer.file.seek(writer.plan.chunk_position(dataset, chunk) + within * dataset.row_bytes)
        writer.file.write(_noise(end - start, factor).tobytes())
        start = end


def _noise(count: int, factor: int) -> NDArray[Any]:
    """Samples, or bins: first, min, max, last."""
    rng = np.random.default_rng(factor)
    if factor == 1:
        return rng.integers(-9000, 9000, count, dtype=np.int16)
    values = rng.integers(-9000, 9000, (count, 4), dtype=np.int16)
    return np.sort(values, axis=1)[:, [1, 0, 3, 2]]
