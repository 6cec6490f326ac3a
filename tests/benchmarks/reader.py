"""How fast are blocks, pictures and the kernels under them?

Blocks: ``get_block_iter`` against a bare h5py loop over the same file and blocks, in turn.
Pictures: recordings of 10^8 to 10^10 samples, in turn, whose overview is real and whose samples are
holes in the file; HDF5 has all chunks in its index. Everything is in the page cache.
Kernels: one thread, 10^8 samples; tsdownsample's ``MinMaxDownsampler`` and a copy beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import h5py
import numpy as np

from picostream_pymeasure.kernels import decimation
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage.overview import FACTORS
from picostream_pymeasure.storage.schema import create_tables

_CHUNK = 1 << 19
_BLOCK = 1_000_000
_COLUMNS = 1920
_ROUNDS = 7

_ATTRIBUTES = {
    "format": "picostream-pymeasure",
    "format_version": 1,
    "status": "complete",
    "channels": ["A"],
    "sample_interval_ns": 16.0,
    "voltage_range_v": 20.0,
    "max_adc": 32767,
    "analog_offset_v": 0.0,
    "downsample_mode": "none",
    "hardware_downsample_ratio": 1,
}


def measure(folder: Path, seconds: float) -> None:
    _measure_blocks(folder / "blocks.hdf5")
    _measure_pictures([_write_picture(folder, exponent) for exponent in (8, 9, 10)])
    _measure_kernels()


def _median_s(action: Callable[[], Any]) -> float:
    """Median of some rounds after one that does not count."""
    return median([_taken_s(action) for _ in range(_ROUNDS + 1)][1:])


def _taken_s(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _noise(samples: int) -> np.ndarray:
    return np.random.default_rng(1).integers(-9000, 9000, samples, dtype=np.int16)


def _measure_blocks(path: Path) -> None:
    samples = 400 * _CHUNK
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        counts = _lay_out(file, samples, sparse=False)
        for start in range(0, samples, _CHUNK):
            counts.write_direct_chunk((start,), _noise(_CHUNK))
    raw_s = _median_s(lambda: _read_raw(path))
    print(f"h5py alone: {samples / raw_s / 1e9:.2f} GS/s")
    for factor, mode in ((10, "min_max"), (10, "mean"), (1000, "min_max"), (1, "mean")):
        taken_s = _median_s(lambda: _read_blocks(path, factor, mode))  # noqa: B023
        print(
            f"get_block_iter, {mode} by {factor}: {samples / taken_s / 1e9:.2f} GS/s, "
            f"{raw_s / taken_s:.2f} of h5py alone",
            flush=True,
        )
    path.unlink()


def _read_raw(path: Path) -> None:
    with h5py.File(path) as file:
        counts = file["adc_counts"]
        for start in range(0, len(counts), _BLOCK):
            counts[start : start + _BLOCK]


def _read_blocks(path: Path, factor: int, mode: Any) -> None:
    with PicoStreamReader(path) as reader:
        for _ in reader.get_block_iter(_BLOCK, factor, mode):
            pass


def _write_picture(folder: Path, exponent: int) -> Path:
    path = folder / f"10^{exponent}.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        _lay_out(file, 10**exponent, sparse=True)
        for factor in FACTORS:
            _fill_level(file["channels/A"], factor, -(-(10**exponent) // factor))
    return path


def _measure_pictures(paths: list[Path]) -> None:
    rounds = [[_taken_s(lambda: _draw_all(path)) for path in paths] for _ in range(4 * _ROUNDS)]  # noqa: B023
    drawn_s = np.median(rounds[1:], axis=0)
    for path, taken_s in zip(paths, drawn_s, strict=True):
        print(
            f"{path.stem} samples: open and draw all {taken_s * 1e3:.2f} ms, "
            f"{taken_s / drawn_s[0]:.2f} of the shortest's; "
            f"slowest of all zooms {_slowest_zoom_s(path) * 1e3:.2f} ms",
            flush=True,
        )
        path.unlink()


def _draw_all(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        reader.window(0, reader.duration_s, _COLUMNS)


def _slowest_zoom_s(path: Path) -> float:
    with PicoStreamReader(path) as reader:
        lengths_s = reader.duration_s / 2.0 ** np.arange(np.log2(reader.duration_s / 1e-6))
        begins_s = (reader.duration_s - lengths_s) * 0.37
        return max(
            _median_s(lambda: reader.window(begin_s, begin_s + length_s, _COLUMNS))  # noqa: B023
            for begin_s, length_s in zip(begins_s, lengths_s, strict=True)
        )


def _lay_out(file: Any, samples: int, sparse: bool) -> Any:
    """An empty recording; the chunks of a sparse one are allocated and never written."""
    file.attrs.update(_ATTRIBUTES)
    create_tables(file)
    group = file.create_group("channels/A")
    group.create_dataset("checksums", (0,), "<u8", maxshape=(None,), chunks=(512,))
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((_CHUNK,))
    if sparse:
        settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        settings.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    space = h5py.h5s.create_simple((samples,), (h5py.h5s.UNLIMITED,))
    counts = h5py.h5d.create(group.id, b"adc_counts", h5py.h5t.STD_I16LE, space, settings)
    file["adc_counts"] = group["adc_counts"]
    return counts


def _fill_level(group: Any, factor: int, rows: int) -> None:
    level = group.create_dataset(
        f"overview/{factor}", (rows, 4), "<i2", maxshape=(None, 4), chunks=(16384, 4)
    )
    step = 1 << 20
    for start in range(0, rows, step):
        bins = np.sort(_noise(4 * min(step, rows - start)).reshape(-1, 4), axis=1)
        level[start : start + step] = bins[:, [1, 0, 3, 2]]


def _measure_kernels() -> None:
    counts = _noise(100_000_000)
    copy = np.empty_like(counts)
    copied_s = _median_s(lambda: np.copyto(copy, counts))
    print(f"copy: {2 * counts.nbytes / copied_s / 1e9:.1f} GB/s read and written")
    _measure_min_max(counts)
    out = np.empty(100_000)
    taken_s = _median_s(lambda: decimation.mean_mv(counts, 1000, 0.1, 0.0, out))
    print(f"mean by 1000: {counts.nbytes / taken_s / 1e9:.1f} GB/s read")
    part, millivolts = counts[:20_000_000], np.empty(20_000_000)
    taken_s = _median_s(lambda: decimation.to_mv(part, 0.1, 0.0, millivolts))
    filled_s = _median_s(lambda: millivolts.fill(1.0))
    print(
        f"counts to mV: {part.size / taken_s / 1e9:.2f} GS/s; to fill the same output with a "
        f"constant: {part.size / filled_s / 1e9:.2f} GS/s"
    )


def _measure_min_max(counts: np.ndarray) -> None:
    try:
        from tsdownsample import MinMaxDownsampler
    except ImportError:
        print("tsdownsample is not installed; no comparison")
        return
    downsampler = MinMaxDownsampler()
    for n_out in (4_000, 100_000, 2_000_000):
        out = np.empty(n_out)
        group = 2 * counts.size // n_out
        ours_s = _median_s(lambda: decimation.min_max_mv(counts, group, 0.1, 0.0, out))  # noqa: B023
        theirs_s = _median_s(lambda: downsampler.downsample(counts, n_out=n_out))  # noqa: B023
        print(
            f"min_max to {n_out} values: {counts.size / ours_s / 1e9:.1f} GS/s, "
            f"MinMaxDownsampler {counts.size / theirs_s / 1e9:.1f} GS/s",
            flush=True,
        )
