"""Recordings of known signals for the tests of the analyses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from tests.support.reader_files import INTERVAL_NS, MAX_ADC, OFFSET_V, RANGE_V, write_recording

INTERVAL_S = INTERVAL_NS * 1e-9
SCALE_V = RANGE_V / MAX_ADC

Volts = NDArray[np.float64]


def times_s(size: int) -> Volts:
    return np.arange(size) * INTERVAL_S


def sine(size: int, frequency_hz: float, amplitude_v: float = 0.5, phase: float = 0.3) -> Volts:
    return amplitude_v * np.sin(2 * np.pi * frequency_hz * times_s(size) + phase)


def square(size: int, frequency_hz: float, duty: float, amplitude_v: float = 0.5) -> Volts:
    return np.where((times_s(size) * frequency_hz + 0.37) % 1 < duty, amplitude_v, -amplitude_v)


def white(size: int, deviation_v: float, seed: int = 5) -> Volts:
    return np.random.default_rng(seed).normal(0, deviation_v, size)


def digitised(volts: Volts, step: int = 1) -> NDArray[np.int16]:
    """Counts of a converter whose codes are multiples of ``step``."""
    codes = np.rint((volts + OFFSET_V) / SCALE_V / step) * step
    return np.clip(codes, -MAX_ADC, MAX_ADC).astype(np.int16)


def write_volts(path: Path, volts: Volts, **settings: Any) -> Path:
    return write_recording(path, digitised(volts), chunk=100_000, **settings)


def make_digital(path: Path, port: str) -> Path:
    """Turn a channel of a recording into a digital port."""
    with h5py.File(path, "r+") as file:
        file[f"channels/{port}"].attrs.update(
            {"kind": "digital", "voltage_range_v": MAX_ADC / 1e3, "analog_offset_v": 0.0}
        )
    return path
