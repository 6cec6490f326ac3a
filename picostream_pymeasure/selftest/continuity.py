"""Whether the phase of a signal is continuous over a stream: a lost sample is a jump.

The generator and the converter of the scope share a clock, so that two tones of the generator turn
by the same angle from each sample to the next. Both have a whole number of periods in one pattern,
with no common divisor: only a loss of a whole pattern would go unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Block, Sink, StreamDescription

#: Periods of the tones in a pattern, and the patterns a second that are asked for: about 500 and
#: 750 Hz. The generator's grid may be coarse enough for a tenth more or less.
PERIODS = (1009, 1511)
PATTERN_HZ = 0.5
_PATTERN_POINTS = 16384

_WANTED_RATE_HZ, _BLOCK_S = 50e3, 0.05
_MOST_DETUNED_TURNS = 2
#: So many times the noise of both tones is a chance of 1 in 1000 in an hour.
_SIGNIFICANT = 6.0
_FEWEST_BLOCKS = 8
#: However quiet the input is, the arithmetic is not.
_QUIETEST_TURN = 3e-8


def pattern_v(amplitude_v: float) -> NDArray[np.float64]:
    """One pattern with both tones, for ``scope.generator.arbitrary``."""
    turns = np.arange(_PATTERN_POINTS) / _PATTERN_POINTS
    tones = sum(np.sin(2 * np.pi * periods * turns) for periods in PERIODS)
    return np.asarray(amplitude_v / 2 * tones)


@dataclass(frozen=True)
class Jump:
    """Where the phase jumps.

    :param index: about the sample where it is, good to 0.1 s.
    :param samples: how many are missing there; negative for samples that came twice.
    """

    index: int
    samples: int


class ContinuitySink(Sink):
    """Follows the phase of both tones in the samples of the first input, 20 times a second.

    Nothing else is kept, so that hours need little memory.

    :param interval_s: between two samples, until the stream tells its own.
    :param pattern_hz: patterns a second that the generator really puts out.
    """

    def __init__(self, interval_s: float, pattern_hz: float) -> None:
        self.tones_hz = np.array(PERIODS) * pattern_hz
        self._rest: NDArray[np.int16] = np.empty(0, np.int16)
        self._means = np.empty(0)  # about 50 000 a second, of a block that is not full yet
        self._tones: list[NDArray[np.complex128]] = []
        self.group = max(1, round(1 / (_WANTED_RATE_HZ * interval_s)))
        self._measure(interval_s)

    def _measure(self, interval_s: float) -> None:
        self.interval_s = interval_s
        self._waves = _waves(self.group * interval_s, self.tones_hz)

    def open(self, description: StreamDescription) -> None:
        """Measure with the interval that the scope has taken."""
        self._measure(1e-9 * description.sample_interval_ns)

    def write(self, block: Block) -> None:
        """Take a block."""
        values = np.concatenate((self._rest, block.rows[0]))
        whole = values.size // self.group * self.group
        means = values[:whole].reshape(-1, self.group).mean(axis=1)
        self._rest = values[whole:].copy()
        self._means = np.concatenate((self._means, means))
        size = len(self._waves)
        if n_blocks := self._means.size // size:
            self._tones.append(self._means[: n_blocks * size].reshape(-1, size) @ self._waves)
            self._means = self._means[n_blocks * size :]

    @property
    def block_samples(self) -> int:
        """Samples of each block whose phase is known."""
        return self.group * len(self._waves)

    def _turns(self) -> _Turns | None:
        return _Turns.of(self._all_tones(), self.block_samples * self.interval_s, self.tones_hz)

    def _all_tones(self) -> NDArray[np.complex128]:
        """Complex amplitudes of both tones in each block, shape ``(2, n_blocks)``."""
        return np.concatenate((np.empty((0, 2), np.complex128), *self._tones)).T

    def jumps(self) -> list[Jump]:
        """Find where samples are missing or came twice."""
        turns = self._turns()
        return _find_jumps(turns, self.block_samples, self.interval_s) if turns else []

    def smallest_jump(self) -> float:
        """How many samples must be missing at once to be more than noise; inf if too short."""
        turns = self._turns()
        return turns.smallest_jump_s / self.interval_s if turns else math.inf

    def amplitudes(self) -> NDArray[np.float64]:
        """Amplitude of each tone in counts, shape ``(2,)``; the median over the stream."""
        tones = self._all_tones()
        return np.asarray(np.median(np.abs(tones), axis=1)) if tones.size else np.zeros(2)


@dataclass(frozen=True)
class _Turns:
    """How far each tone turns from one block to the next, beyond what it should.

    :param steps: turns from each block to the next, shape ``(2, n)``.
    :param middle: what was taken off the steps of each tone, shape ``(2, 1)``.
    :param noise: of two steps in a row, shape ``(2, 1)``.
    :param tones_hz: shape ``(2,)``.
    """

    steps: NDArray[np.float64]
    middle: NDArray[np.float64]
    noise: NDArray[np.float64]
    tones_hz: NDArray[np.float64]

    @classmethod
    def of(
        cls, tones: NDArray[np.complex128], block_s: float, tones_hz: NDArray[np.float64]
    ) -> _Turns | None:
        """The turns of a stretch; None if it is too short for any.

        :param tones: complex amplitudes of each block of ``block_s``, shape ``(2, n)``.
        """
        if tones.shape[1] < _FEWEST_BLOCKS:
            return None
        steps = np.diff(np.angle(tones), axis=1) / (2 * np.pi)
        steps -= tones_hz[:, np.newaxis] * block_s
        steps -= np.round(steps)
        middle = _middle_turn(steps)
        steps -= middle
        steps -= np.round(steps)
        pairs = steps[:, :-1] + steps[:, 1:]
        noise = 1.4826 * np.median(np.abs(pairs), axis=1, keepdims=True)
        return cls(steps, middle, np.maximum(noise, _QUIETEST_TURN), tones_hz)

    @property
    def pairs(self) -> NDArray[np.float64]:
        """Two steps in a row: a jump inside a block shows in both, and only both have it whole."""
        return self.steps[:, :-1] + self.steps[:, 1:]

    @property
    def is_jump(self) -> NDArray[np.bool_]:
        """Which of them are more than noise."""
        return np.asarray(((self.pairs / self.noise) ** 2).sum(axis=0) > _SIGNIFICANT**2)

    @property
    def smallest_jump_s(self) -> float:
        """The shortest stretch whose loss is more than noise."""
        significances = self.tones_hz[:, np.newaxis] / self.noise
        return float(_SIGNIFICANT / np.sqrt((significances**2).sum()))


def _find_jumps(turns: _Turns, block_samples: int, interval_s: float) -> list[Jump]:
    tones_hz = turns.tones_hz
    pace = 1 + _detuning(turns.middle[:, 0], tones_hz * block_samples * interval_s)
    return [
        Jump(
            (first + last + 3) * block_samples // 2,
            _samples(turns.steps[:, first : last + 2], tones_hz * interval_s * pace),
        )
        for first, last in _runs(turns.is_jump)
    ]


def _waves(mean_s: float, tones_hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    """What gives both tones of a block of means, shape ``(n, 2)``: 0.05 s, at least 8 means."""
    size = max(8, round(_BLOCK_S / mean_s))
    times_s = np.arange(size) * mean_s
    turned = np.exp(-2j * np.pi * tones_hz * times_s[:, np.newaxis])
    return np.asarray(_blackman_harris(size)[:, np.newaxis] * turned)


def _blackman_harris(size: int) -> NDArray[np.float64]:
    """A window in which the tones do not disturb each other (side lobes at -92 dB)."""
    turns = 2 * np.pi * (np.arange(size) + 0.5) / size
    shape = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns)
    shape -= 0.01168 * np.cos(3 * turns)
    return np.asarray(shape * 2 / shape.sum())


def _middle_turn(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The usual step of each tone, also where steps lie around half a turn."""
    around = np.angle(
        np.median(np.exp(2j * np.pi * steps).real, axis=1, keepdims=True)
        + 1j * np.median(np.exp(2j * np.pi * steps).imag, axis=1, keepdims=True)
    )
    rough = around / (2 * np.pi)
    rest = steps - rough
    return np.asarray(rough + np.median(rest - np.round(rest), axis=1, keepdims=True))


def _detuning(middle: NDArray[np.float64], turns: NDArray[np.float64]) -> float:
    """By how much the generator is faster than it was said to be, as its scope counts time.

    :param middle: turns that each tone makes in a block beyond what it should, but for whole ones.
    :param turns: that each should make.
    """
    whole = np.arange(-_MOST_DETUNED_TURNS, _MOST_DETUNED_TURNS + 1)
    candidates = (middle[0] + whole) / turns[0]
    second = candidates * turns[1] - middle[1]
    return float(candidates[np.abs(second - np.round(second)).argmin()])


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last of each run of flags; one in between that is not set does not divide it."""
    places = np.flatnonzero(flags)
    if not places.size:
        return []
    breaks = np.flatnonzero(np.diff(places) > 2)
    firsts = places[np.concatenate(([0], breaks + 1))]
    lasts = places[np.concatenate((breaks, [places.size - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _samples(steps: NDArray[np.float64], turns_a_sample: NDArray[np.float64]) -> int:
    """Samples that both tones' turns together mean; the fewest that fit best."""
    turns = steps.sum(axis=1)
    candidates = (turns[0] + np.arange(-PERIODS[0] // 2, PERIODS[0])) / turns_a_sample[0]
    second = candidates * turns_a_sample[1] - turns[1]
    misfit = np.abs(second - np.round(second))
    good = np.flatnonzero(misfit <= misfit.min() + 3e-5)
    nearest = good[np.abs(candidates[good]).argmin()]
    samples: int = math.floor(candidates[nearest] + 0.5)
    return samples
