"""Judges recordings of the driver of ``random_driver.c``: what a file says against its log.

Nothing of the program is used here but what its documentation promises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from .random_log import DriverLog

#: How far a told length or place may be from the truth (docs/how_it_works/time_and_loss.md).
_ERROR_NS = 5e6
_PLACE_ERROR_NS = 2e6
#: A stream ends so long after what was asked for, and after the last samples.
_LATE_S, _PATIENCE_S = 3.0, 5.5
GAPS = np.dtype(
    [
        *((name, np.int64) for name in ("sample_index", "earliest", "latest")),
        *((name, np.int64) for name in ("missing", "estimated_missing")),
        ("cause", "S80"),
    ]
)
_INPUTS = ("A", "B", "C", "D", "PORT0", "PORT1")


@dataclass(frozen=True)
class Claims:
    """What a recording says.

    :param inputs: values of each input, as they are in the file.
    :param width: values a sample.
    :param counts_samples: a number of samples was asked for, and no time.
    """

    inputs: dict[str, NDArray[Any]]
    width: int
    bits: int
    first_stream_sample: int
    gaps: NDArray[Any]
    lost: int
    accuracy_s: float
    visible: int
    status: str
    ended_by: str
    counts_samples: bool = False

    @classmethod
    def of_file(cls, path: Path) -> Claims:
        with h5py.File(path, locking=False) as file:
            attributes = dict(file.attrs)
            inputs = {name: group["adc_counts"][()] for name, group in file["channels"].items()}
            gaps = np.sort(file["gaps"][()], order="sample_index")
        return cls(
            inputs,
            2 if attributes["downsample_mode"] in (b"aggregate", "aggregate") else 1,
            int(attributes["resolution_bits"]),
            int(attributes["first_stream_sample"]),
            gaps,
            int(attributes["lost_samples"]),
            float(attributes["lost_accuracy_s"]),
            int(attributes["smallest_visible_loss"]),
            attributes["status"].decode(),
            attributes["ended_by"].decode(),
        )

    @property
    def samples(self) -> int:
        return len(next(iter(self.inputs.values()))) // self.width


def _scrambled(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    word = (word ^ word >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ word >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return word ^ word >> np.uint64(31)


def values(
    seed: int, name: str, indices: NDArray[np.int64], bits: int, width: int, dtype: np.dtype[Any]
) -> NDArray[Any]:
    """What an input of the driver delivers at true indices."""
    number = np.array([(seed * len(_INPUTS) + _INPUTS.index(name)) & (2**64 - 1)], np.uint64)
    words = indices.astype(np.uint64)
    if width == 2:
        words = (words[:, None] * np.uint64(2) + np.arange(2, dtype=np.uint64)).reshape(-1)
    found = (_scrambled(_scrambled(number) + words) >> np.uint64(32)).astype(np.uint16)
    if name.startswith("PORT"):
        return (found & 0xFF).astype(dtype)
    step = 1 << (16 - bits)
    counts = found.astype(np.int16).astype(np.int64) // step * step
    counts[counts == -32768] = -32768 + step
    if width == 2:
        counts = np.sort(counts.reshape(-1, 2), axis=1).reshape(-1)
    return (counts >> 8 if dtype.itemsize == 1 else counts).astype(dtype)


class Judge:
    """One recording and what was true."""

    def __init__(self, claims: Claims, log: DriverLog) -> None:
        self.claims = claims
        self.log = log
        self.interval_ns = log.told_interval_ns

    def violations(self, *, is_timed: bool = True) -> Iterator[str]:
        """What is not as it is promised.

        :param is_timed: the clock shows no more time than the stream takes.
        """
        if is_timed:
            yield from self._end()
        if not self.claims.samples:
            return
        if wrong := self._wrong_samples():
            yield wrong
            return
        yield from self._total()
        yield from self._places()
        yield from self._times()
        yield from self._status()

    # -- the truth

    @cached_property
    def _true(self) -> NDArray[np.int64]:
        """The true index of each sample of the file, without what the pool had no room for."""
        handed, said = self.log.handed_over(), self.claims
        rows = said.gaps[said.gaps["cause"] == b"pool full"]
        for row in rows:
            at = said.first_stream_sample + int(row["sample_index"])
            handed = np.delete(handed, slice(at, at + int(row["missing"])))
        return handed[said.first_stream_sample : said.first_stream_sample + said.samples]

    @cached_property
    def holes(self) -> list[tuple[int, int, bool]]:
        """Place in the file, length, and whether the driver told of it."""
        true = self._true
        (before,) = np.nonzero(np.diff(true) != 1)
        return [
            (at + 1, behind - first, self.log.is_told(first, behind, int(true[-1])))
            for at in map(int, before)
            for first, behind in [(int(true[at]) + 1, int(true[at + 1]))]
        ]

    @property
    def true_lost(self) -> int:
        return sum(length for _, length, _ in self.holes)

    def _is_unseen(self, length: int, is_told: bool) -> bool:
        visible = self.claims.visible
        error = _ERROR_NS / self.interval_ns
        return not is_told and (visible < 0 or length <= visible + error)

    @cached_property
    def _drift_ns(self) -> float:
        """What clocks that differ may add to all that is an estimate."""
        length = int(self._true[-1] - self._true[0]) if len(self._true) else 0
        return abs(self.log.habits["slower_ppm"]) * 1e-6 * length * self.interval_ns

    # -- what is asked

    def _wrong_samples(self) -> str:
        said, true = self.claims, self._true
        if len(true) < said.samples:
            return f"{said.samples - len(true)} samples more than were handed over"
        seed = int(self.log.habits["seed"])
        for name, found in said.inputs.items():
            wanted = values(seed, name, true, said.bits, said.width, found.dtype)
            wrong = np.flatnonzero(found != wanted)
            if len(wrong):
                return (
                    f"{len(wrong)} of {len(found)} values of {name} are wrong, from {wrong[0]} on"
                )
        return ""

    def _total(self) -> Iterator[str]:
        said = self.claims
        unseen = sum(length for _, length, told in self.holes if self._is_unseen(length, told))
        error_ns = said.accuracy_s * 1e9 + self._drift_ns + self.interval_ns * (2 + len(said.gaps))
        if not said.accuracy_s:
            error_ns = 0
        error = error_ns / self.interval_ns
        if not self.true_lost - unseen - error <= said.lost <= self.true_lost + error:
            yield (
                f"total: {said.lost} told, {self.true_lost} lost, of which {unseen} could not be "
                f"seen, ± {error:.0f} ({said.accuracy_s * 1e3:.0f} ms)"
            )

    def _places(self) -> Iterator[str]:
        rows = self.claims.gaps
        for place, length, is_told in self.holes:
            error_ns = max(_ERROR_NS, self.log.habits["packet_ms"] * 1e6)
            if self._is_unseen(length, is_told) or length * self.interval_ns <= error_ns:
                continue
            error = _PLACE_ERROR_NS / self.interval_ns
            is_in = (rows["earliest"] - error <= place) & (place <= rows["latest"] + error)
            if not is_in.any():
                told = "told" if is_told else "silent"
                yield f"place: {length} lost at {place} ({told}) are in no gap"

    def _times(self) -> Iterator[str]:
        """Each sample is when the file says, but for what is uncertain there."""
        rows, true = self.claims.gaps, self._true
        if not len(true):
            return
        edges = [place for place, _, _ in self.holes]
        for name in ("sample_index", "earliest", "latest"):
            edges += rows[name].tolist()
        points = np.unique(np.clip([p + d for p in edges for d in (-1, 0, 1)], 0, len(true) - 1))
        points = points.astype(np.int64)
        if not len(points):
            return
        lengths = np.maximum(rows["estimated_missing"], 0)
        before = np.concatenate(([0], np.cumsum(lengths)))
        told = points + before[np.searchsorted(rows["sample_index"], points, side="right")]
        late = told - (true[points] - true[0])  # samples
        allowed = np.full(len(points), (self.claims.accuracy_s * 1e9 + self._drift_ns))
        if len(rows):
            allowed += _ERROR_NS
        if len(rows) > 1:  # how a sum is shared among its gaps
            allowed += self.log.habits["memory_ms"] * 1e6
        for row, length in zip(rows, lengths, strict=True):
            is_in = (row["earliest"] <= points + 1) & (points <= row["latest"] + 1)
            within = [h for p, h, _ in self.holes if row["earliest"] <= p <= row["latest"]]
            allowed[is_in] += max(length, sum(within)) * self.interval_ns
        unseen = np.zeros(len(points))
        for place, length, is_told in self.holes:
            if self._is_unseen(length, is_told):
                unseen[points >= place] += length
        allowed = allowed / self.interval_ns + 2 + len(rows)
        off = np.maximum(late - allowed, -late - allowed - unseen)
        worst = int(np.argmax(off))
        if off[worst] > 0:
            yield (
                f"time: sample {points[worst]} is {late[worst] * self.interval_ns / 1e6:+.0f} ms "
                f"off, {off[worst] * self.interval_ns / 1e6:.0f} ms more than it may"
            )

    def _status(self) -> Iterator[str]:
        said = self.claims
        is_proper = said.ended_by in ("target", "stopped", "finished")
        if said.status != ("complete" if is_proper and not len(said.gaps) else "incomplete"):
            yield f"status: {said.status}, ended by {said.ended_by} with {len(said.gaps)} gaps"
        words = self.log.of("told", "fails", "mishap")
        if len(said.gaps) and not (said.lost or self.holes or words):
            yield f"rows for nothing: {len(said.gaps)}"

    def _end(self) -> Iterator[str]:
        """It ends in time, by the clock of the driver."""
        habits = self.log.habits
        begin_ns = self.log.of("asked")[0].at_ns
        end_ns = self.log.of("stop")[-1].at_ns
        arrived_ns = max((line.at_ns for line in self.log.of("portion", "run")), default=begin_ns)
        calls_ms = sum(habits[f"takes_ms{number}"] for number in range(1, 5)) + habits["call_ms"]
        waited_s = (end_ns - arrived_ns) / 1e9 - calls_ms / 1e3
        if waited_s > _PATIENCE_S:
            yield f"end: {waited_s:.1f} s behind the last portion"
        took_s = (end_ns - begin_ns) / 1e9 - calls_ms / 1e3 - habits["start_takes_ms"] / 1e3
        true = self._true
        asked_s = habits["length_ms"] / 1e3
        if self.claims.counts_samples and len(true):
            asked_s = max(asked_s, (true[-1] - true[0]) * self.interval_ns / 1e9)
        if took_s > 1.02 * asked_s + _LATE_S + _PATIENCE_S:
            yield f"end: after {took_s:.1f} s instead of {asked_s:.1f} s"
