"""Recordings of many simulated scopes at once, and what in them is true by their samples."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import counted
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal, load_simulated
from picostream_pymeasure.storage import Recorder, Report, verify
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.patience import PATIENCE_S
from tests.support.truth import FOREIGN, Seam, absolute_indices, seams

#: Slow, so that dozens of scopes fit a small machine; nothing of the ledger depends on it.
RATE_HZ = 20e3
_INDEX = {"A": SimulatedSignal("index")}

#: Habits of the drivers' table that may be combined with any loss.
HABITS: dict[str, dict[str, Any]] = {
    "hands over all there is": {"packet": "all"},
    "packets of 1 ms": {"packet": "1ms"},
    "packets of 25 ms": {"packet": "25ms"},
    "packets of 500 samples": {"packet": "500"},
    "packets of 1 kB": {"packet": "1kB"},
    "few packets a call": {"packet": "1ms", "packets_a_call": 30},
    "nothing for three calls, then much": {"quiet_calls": 3},
    "nothing new: 0, count 0": {"nothing_new": "0"},
    "nothing new: 37": {"nothing_new": "37"},
    "nothing new: 39": {"nothing_new": "39"},
    "nothing new: 67": {"nothing_new": "67"},
    "nothing new: 0 and no callback": {"nothing_new": "silent"},
    "always a little": {"nothing_new": "never"},
    "wraps at the next call": {"wrap": "next_call"},
    "wraps later": {"wrap": "later"},
    "wraps within a call": {"wrap": "same_call"},
    "wraps early": {"wrap": "early"},
    "interval rounded to ns": {"interval_answer": "ns", "interval_ppm": 10.0},
    "interval wrong by 300 ppm": {"interval_answer": "nominal", "interval_ppm": 300.0},
    "clock slower by 100 ppm": {"clock_ppm": -100.0},
    "clock faster by 100 ppm, drifting": {"clock_ppm": 100.0, "clock_drift_ppm_h": 10.0},
    "calls of up to 30 ms": {"call_s": 0.03},
}


@dataclass(frozen=True)
class Recorded:
    """What a file says, and what is true by its samples.

    :param lost_accuracy_ms: so far ``lost`` may be from the truth, says the file.
    :param unseen: the smallest loss that would have been seen if nobody told it, says the file.
    :param truth: every place where samples are missing or come again.
    :param foreign: samples that are none of the stream's.
    """

    gaps: NDArray[Any]
    lost: int
    lost_accuracy_ms: float
    unseen: int
    truth: list[Seam]
    foreign: int
    report: Report

    @property
    def true_lost(self) -> int:
        """Samples that are missing."""
        return sum(seam.missing for seam in self.truth)

    @property
    def missed_ms(self) -> float:
        """How far the told loss is from the true one."""
        return (self.lost - self.true_lost) / RATE_HZ * 1e3

    def reaches_an_end(self, begin_s: float) -> bool:
        """Whether a gap may lie before the first sample or behind the last.

        :param begin_s: what was told before that may lie before the first sample.
        """
        is_first = self.gaps["noticed_s"] < begin_s
        return bool((is_first | (self.gaps["latest"] >= self.report.samples)).any())

    def too_short_ms(self, unseen: int) -> float:
        """How much is missing in losses that are too short to be seen."""
        lengths = (seam.missing for seam in self.truth)
        return sum(length for length in lengths if 0 < length <= unseen) / RATE_HZ * 1e3

    @property
    def misplaced(self) -> list[Seam]:
        """True losses of 1 ms and more that lie in no gap of the file."""
        return [
            seam
            for seam in self.truth
            if seam.missing > RATE_HZ / 1e3 and not self._is_listed(seam.position)
        ]

    def _is_listed(self, position: int) -> bool:
        listed = (self.gaps["earliest"] <= position) & (position <= self.gaps["latest"])
        return bool(listed.any())

    @property
    def said(self) -> str:
        """What the file says, in a few words."""
        return f"{self.lost} in {counted(len(self.gaps), 'gap')}" if len(self.gaps) else "no loss"

    @property
    def true(self) -> str:
        """What was true, and how far from it the file is."""
        return f"{self.true_lost}, off by {self.missed_ms:+.2f} ms"


def record_all(
    folder: Path, scopes: Mapping[str, Mapping[str, Any]], duration_s: float
) -> dict[str, Recorded]:
    """Record from all scopes at the same time, each into a file.

    :param scopes: settings of :class:`SimulatedScope` by a title.
    """
    described = [
        SimulatedScope(serial=f"HABIT/{number}", signals=_INDEX, **settings)
        for number, settings in enumerate(scopes.values())
    ]
    library = load_simulated(described)
    config = StreamConfig(
        channels=(ChannelConfig("A", 5.0),), sample_rate_hz=RATE_HZ, duration_s=duration_s
    )
    paths = {title: folder / f"{number}.hdf5" for number, title in enumerate(scopes)}
    with contextlib.ExitStack() as stack:
        sessions = []
        for scope, path in zip(described, paths.values(), strict=True):
            unit = stack.enter_context(Unit.open(library, scope.serial))
            sessions.append(StreamSession(unit, config, Recorder(path)))
            sessions[-1].start()
        for session in sessions:
            session.wait(PATIENCE_S)
    assert not library.simulation.open_handles()
    return {title: _recorded(path) for title, path in paths.items()}


def _recorded(path: Path) -> Recorded:
    with h5py.File(path, locking=False) as file:
        indices = absolute_indices(file["adc_counts"][:])
        gaps, lost = file["gaps"][:], int(file.attrs["lost_samples"])
        lost_accuracy_ms = file.attrs["lost_accuracy_s"] * 1e3
        unseen = int(file.attrs["smallest_visible_loss"])
    foreign = int(np.count_nonzero(indices == FOREIGN))
    truth = seams(indices)
    return Recorded(gaps, lost, lost_accuracy_ms, unseen, truth, foreign, verify(path))
