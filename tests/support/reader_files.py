"""Recordings of any length and layout for the tests of the reader, and what they must give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.storage.overview import FACTORS, OverviewBuilder
from picostream_pymeasure.storage.schema import create_tables

INTERVAL_NS = 16.0
RANGE_V = 2.0
OFFSET_V = 0.25
MAX_ADC = 32512

SETTINGS: dict[str, Any] = {
    "sample_interval_ns": INTERVAL_NS,
    "voltage_range_v": RANGE_V,
    "max_adc": MAX_ADC,
    "analog_offset_v": OFFSET_V,
    "downsample_mode": "none",
    "hardware_downsample_ratio": 1,
    "resolution": "PS5000A_DR_12BIT",
}


def noise(size: int, seed: int = 1) -> NDArray[np.int16]:
    return np.random.default_rng(seed).integers(-32768, 32768, size).astype(np.int16)


def to_mv(counts: Any) -> NDArray[np.float64]:
    return np.asarray(counts, np.float64) * (RANGE_V / MAX_ADC * 1e3) - OFFSET_V * 1e3


def write_recording(
    path: Path,
    channels: Mapping[str, NDArray[np.int16]] | NDArray[np.int16],
    *,
    chunk: int = 1000,
    gaps: Sequence[tuple[int, int]] = (),
    events: Sequence[tuple[int, str]] = (),
    overview: bool = False,
    **settings: Any,
) -> Path:
    """A finished recording of format version 1; gaps are (sample index, missing samples)."""
    if isinstance(channels, np.ndarray):
        channels = {"A": channels}
    settings = {**SETTINGS, **settings}
    width = 2 if settings["downsample_mode"] == "aggregate" else 1
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.update({**settings, "format": "picostream-pymeasure", "format_version": 1})
        file.attrs.update({"status": "complete", "channels": list(channels)})
        create_tables(file)
        _fill(file["gaps"], [(at, at, at, n, n, b"pool full", 0.0) for at, n in gaps])
        _fill(file["events"], [(at, 0.5, text.encode(), 1.5) for at, text in events])
        for name, counts in channels.items():
            group = file.create_group(f"channels/{name}")
            group.create_dataset("adc_counts", data=counts, chunks=(chunk,), maxshape=(None,))
            group.create_dataset("checksums", (0,), "<u8", maxshape=(None,), chunks=(512,))
            if overview:
                add_overview(group, counts, width)
        file["adc_counts"] = file[f"channels/{next(iter(channels))}/adc_counts"]
    return path


def write_picostream(path: Path, counts: NDArray[np.int16], **settings: Any) -> Path:
    """What PicoStream itself writes: one dataset, and attributes at the root."""
    with h5py.File(path, "w") as file:
        file.create_dataset("adc_counts", data=counts, chunks=(500,), maxshape=(None,))
        file.attrs.update({**SETTINGS, **settings})
    return path


def add_overview(group: Any, counts: NDArray[np.int16], width: int = 1) -> None:
    builder = OverviewBuilder(width)
    levels = zip(FACTORS, builder.add(counts), builder.finish(), strict=True)
    for factor, full, rest in levels:
        group.create_dataset(
            f"overview/{factor}",
            data=np.concatenate((full, rest)),
            chunks=(64, 4),
            maxshape=(None, 4),
        )


def _fill(table: Any, rows: list[tuple[Any, ...]]) -> None:
    table.resize((len(rows),))
    if rows:
        table[...] = np.array(rows, table.dtype)


def sample_times_s(count: int, gaps: Sequence[tuple[int, int]] = ()) -> NDArray[np.float64]:
    """Time of every sample, one by one."""
    missing = [sum(n for at, n in gaps if at <= index) for index in range(count)]
    return (np.arange(count) + np.array(missing, np.int64)) * (INTERVAL_NS * 1e-9)


def decimated(
    counts: NDArray[np.int16], factor: int, mode: str, width: int = 1
) -> NDArray[np.float64]:
    """Voltages of a decimated block, group by group."""
    found: list[float] = []
    for start in range(0, counts.size, factor * width):
        group = counts[start : start + factor * width].astype(np.int64)
        found += [group.mean()] if mode == "mean" else [group.min(), group.max()]
    return to_mv(found)


def columns(
    values: NDArray[np.int16], times_s: NDArray[np.float64], edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """First, min, max and last of the samples in each column, (n, 4) in mV."""
    width = values.size // times_s.size
    samples = values.reshape(-1, width)
    found = np.full((edges_s.size - 1, 4), np.nan)
    for index in range(edges_s.size - 1):
        inside = samples[(times_s >= edges_s[index]) & (times_s < edges_s[index + 1])].ravel()
        if inside.size:
            found[index] = to_mv([inside[0], inside.min(), inside.max(), inside[-1]])
    return found
