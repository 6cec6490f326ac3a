"""How fast are blocks, pictures, verification and the kernels under them?

Blocks: ``get_block_iter`` against a bare h5py loop over the same file and blocks, in turn.
Verification: against ``cat FILE >/dev/null``, in turn.
Pictures: recordings of 10^8 to 10^10 samples, in turn, whose overview is real and whose samples are
holes in the file. Everything is in the page cache.
Kernels: one thread, 10^8 samples; tsdownsample's ``MinMaxDownsampler`` and a copy beside them.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import h5py
import numpy as np

from picostream_pymeasure.kernels import decimation
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import verify
from tests.support.plain_writer import PlainWriter, describe

from .sparse_recordings import CHUNK, write_sparse

_BLOCK = 1_000_000
#: What is not decimated is 8 times as large in memory as in the file: blocks of this length, with
#: those that are made ahead, stay in the cache.
_CACHED_BLOCK = 500_000
_COLUMNS = 1920
_ROUNDS = 7
_SAMPLES = 1000 * (1 << 20)


def measure(folder: Path, seconds: float) -> None:
    _measure_blocks(folder / "blocks.hdf5")
    paths = [write_sparse(folder / f"10^{n}.hdf5", 10**n) for n in (8, 9, 10)]
    _measure_pictures(paths)
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
    writer = PlainWriter(
        path, describe("A"), segments=_SAMPLES // (32 * CHUNK) + 1, chunk_samples=CHUNK
    )
    writer.append(_noise(_SAMPLES))
    writer.finish()
    writer.close()
    del writer
    decimations = ((10, "min_max"), (10, "mean"), (1000, "min_max"), (1, "mean"))
    actions: dict[str, Callable[[], Any]] = {}
    beside: dict[str, str] = {}
    for size in (_BLOCK, _CACHED_BLOCK):
        raw = f"h5py alone, blocks of {size}"
        actions[raw] = lambda size=size: _read_raw(path, size)
        for factor, mode in decimations:
            name = f"get_block_iter, {mode} by {factor}"
            actions[f"{name}, of {size}"] = lambda size=size, factor=factor, mode=mode: (
                _read_blocks(path, size, factor, mode)
            )
            beside[f"{name}, of {size}"] = raw
    actions["cat"] = lambda: subprocess.run(f"cat {path} > /dev/null", shell=True, check=True)
    actions["verify"] = lambda: verify(path)
    beside["verify"] = "cat"
    rounds = [{name: _taken_s(action) for name, action in actions.items()} for _ in range(_ROUNDS)]
    for name in actions:
        other = beside.get(name, name)
        taken_s = median(taken[name] for taken in rounds[1:])
        ratio = median(taken[other] / taken[name] for taken in rounds[1:])
        print(f"{name}: {_SAMPLES / taken_s / 1e9:.2f} GS/s, {ratio:.2f} of {other}", flush=True)
    path.unlink()


def _read_raw(path: Path, size: int) -> None:
    with h5py.File(path) as file:
        counts = file["adc_counts"]
        for start in range(0, len(counts), size):
            counts[start : start + size]


def _read_blocks(path: Path, size: int, factor: int, mode: Any) -> None:
    with PicoStreamReader(path) as reader:
        for _ in reader.get_block_iter(size, factor, mode):
            pass


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
    taken_s = _median_s(lambda: decimation.scaled(part, 0.1, 0.0, millivolts))
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
