"""Recordings of 8 bit, one byte a sample from the driver to whoever reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, DownsampleMode, StreamConfig
from picostream_pymeasure.display.analysis.measurement import measure
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.reader.arguments import DecimationMode
from picostream_pymeasure.reader.exporting.export import export_recording as export
from picostream_pymeasure.simulated import Fault
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.verification import verify
from tests.support.patience import PATIENCE_S

SAMPLES = 300_001
CHANNELS = (ChannelConfig("A", 5.0), ChannelConfig("B", 0.5, offset_v=0.1))


def record(library: Any, path: Path, **settings: Any) -> Path:
    config = StreamConfig(
        CHANNELS, resolution_bits=8, sample_rate_hz=5e6, samples=SAMPLES, pool_s=0.5, **settings
    )
    with Unit.open(library) as unit, StreamSession(unit, config, Recorder(path)) as session:
        session.wait(PATIENCE_S)
    return path


@pytest.fixture(params=["none", "aggregate"])
def both(
    request: pytest.FixtureRequest, simulated: Callable[..., Any], tmp_path: Path
) -> tuple[Path, Path]:
    """The same samples in one byte and in two."""
    mode = DownsampleMode(request.param)
    settings = {"downsample_mode": mode, "downsample_ratio": 4 if mode.values_per_sample > 1 else 1}
    fault = Fault("over_range", at_sample=1000, samples=5000, channel="A")
    return (
        record(simulated(faults=(fault,)), tmp_path / "bytes.hdf5", **settings),
        record(simulated(faults=(fault,)), tmp_path / "words.hdf5", int16=True, **settings),
    )


def blocks(path: Path, factor: int, mode: DecimationMode) -> np.ndarray:
    with PicoStreamReader(path, "B") as reader:
        values = reader.get_block_iter(100_000, factor, mode)
        return np.concatenate([millivolts for _, millivolts in values])


def test_same_as_in_two_bytes(both: tuple[Path, Path]) -> None:
    """Proof, file, overview, reader."""
    for path in both:
        report = verify(path)
        assert report.exit_code == 0, report
        assert report.proven_samples == SAMPLES
    with h5py.File(both[0]) as narrow, h5py.File(both[1]) as wide:
        assert narrow["adc_counts"].attrs["volts_per_count"] == pytest.approx(5 / 127)
        for name in ("channels/A/adc_counts", "channels/B/overview/b256"):
            few, many = narrow[name], wide[name]
            assert (few.dtype, many.dtype) == (np.int8, np.int16)
            np.testing.assert_array_equal(few[()].astype(np.int16) * 256, many[()])
    for factor, mode in ((1, "mean"), (7, "mean"), (10, "min_max"), (1000, "min_max")):
        of_bytes, of_words = (blocks(path, factor, mode) for path in both)
        np.testing.assert_allclose(of_bytes, of_words, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("both", ["none"], indirect=True)
def test_what_is_made_of_them_is_the_same(both: tuple[Path, Path], tmp_path: Path) -> None:
    """Exports and figures of the analysis."""
    tables = []
    for path in both:
        export(path, tmp_path / f"{path.stem}.npy", to_s=0.01)
        export(path, tmp_path / f"{path.stem}.wav", to_s=0.01)
        tables.append(np.load(tmp_path / f"{path.stem}.npy"))
    for name in tables[0].dtype.names:
        np.testing.assert_allclose(tables[0][name], tables[1][name], rtol=1e-9, atol=1e-6)
    of_bytes, of_words = (tmp_path / f"{path.stem}.wav" for path in both)
    assert of_bytes.read_bytes() == of_words.read_bytes()
    with PicoStreamReader(both[0]) as narrow, PicoStreamReader(both[1]) as wide:
        found = [measure(reader, "A", 0.0, 0.05) for reader in (narrow, wide)]
    for name, value in asdict(found[0]).items():
        assert value == pytest.approx(asdict(found[1])[name], nan_ok=True), name
