"""Recordings of any length and layout for the tests of the reader, and what they must give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.records import StreamDescription
from tests.support.plain_writer import PlainWriter, describe

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
    **settings: Any,
) -> Path:
    """A finished recording; gaps are (sample index, missing samples).

    :param chunk: samples of a chunk at most; the largest power of two is taken, 4096 or more.
    :param settings: root attributes.
    """
    if isinstance(channels, np.ndarray):
        channels = {"A": channels}
    settings = {**SETTINGS, **settings}
    samples = len(next(iter(channels.values()))) // _width(settings)
    chunk_samples = max(1 << (chunk.bit_length() - 1), 4096)
    writer = PlainWriter(
        path,
        _description(tuple(channels), settings),
        segments=samples // (32 * chunk_samples) + 1,
        chunk_samples=chunk_samples,
    )
    writer.append(*channels.values())
    for at, missing in gaps:
        writer.add_row("gaps", at, at, at, missing, missing, 0.0, b"pool full")
    for at, text in events:
        writer.add_row("events", at, 0.5, 1.5, text.encode())
    writer.finish()
    writer.close()
    with h5py.File(path, "r+") as file:
        for name, value in settings.items():
            if not np.array_equal(file.attrs.get(name), value):
                file.attrs[name] = value
    return path


def _width(settings: Mapping[str, Any]) -> int:
    return 2 if settings["downsample_mode"] == "aggregate" else 1


def _description(names: tuple[str, ...], settings: Mapping[str, Any]) -> StreamDescription:
    mode = settings["downsample_mode"]
    fields = {
        "sample_interval_ns": settings["sample_interval_ns"],
        "max_adc": settings["max_adc"],
        "start_time": settings.get("start_time", "2024-05-06T07:08:09+00:00"),
    }
    ratio = settings["hardware_downsample_ratio"]
    return describe(
        names,
        range_v=settings["voltage_range_v"],
        offset_v=settings["analog_offset_v"],
        mode=mode,
        ratio=max(ratio, 2) if mode != "none" else 1,
        resolution_bits=12,
        **{name: value for name, value in fields.items() if isinstance(value, (int, float, str))},
    )


def write_picostream(path: Path, counts: NDArray[np.int16], **settings: Any) -> Path:
    """What PicoStream itself writes: one dataset, and attributes at the root."""
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("adc_counts", (0,), "<i2", chunks=(500,), maxshape=(None,))
        file.attrs.update({**SETTINGS, **settings})
        for start in range(0, len(counts), 500):
            file.flush()
            dataset.resize((min(start + 500, len(counts)),))
            dataset[start:] = counts[start : start + 500]
    return path


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
