"""Proves a simulated recording: every sample is what the simulated scope delivered.

The simulated scope makes each sample a function of channel and index in the stream, so that
loss, doubling or reordering shows in the file alone. Sample ``i`` of the file is sample
``i + first_stream_sample + (missing before i)`` of the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .alignment import find_alignment
from .recording import READ_ERRORS, Recording, reading

#: ``f(simulation, channel, first_sample, count)`` gives int16, ``count * values_per_sample``.
ExpectedValues = Callable[[Mapping[str, Any], str, int, int], NDArray[np.int16]]

_PIECE_SAMPLES = 1 << 20

#: How far the host's clock may be wrong about the length of a gap.
_SEARCH_S = 2.0


@dataclass(frozen=True)
class Proof:
    """How far the proof goes.

    :param proven_samples: samples per channel from the start that are right on all channels.
    :param text: what was found.
    :param holds: whether that is all of them.
    """

    proven_samples: int
    text: str
    holds: bool


@dataclass(frozen=True)
class _Stretch:
    """Samples ``start`` to ``stop`` without a gap, and what is missing before them."""

    start: int
    stop: int
    missing: int
    is_known: bool


class _MismatchError(Exception):
    """The file is not what the simulated scope delivered."""

    def __init__(self, sample: int, text: str) -> None:
        super().__init__(text)
        self.sample = sample


def prove(
    recording: Recording, samples: int, expected_values: ExpectedValues | None = None
) -> Proof:
    """Compare the first ``samples`` samples of all channels with what was simulated.

    A gap whose length nobody could know is searched for around its estimate.

    :param expected_values: in the place of the simulated scope's own.
    """
    simulation = recording.json_attribute("simulation")
    if not isinstance(simulation, dict):
        return Proof(0, "The file does not say what was simulated.", False)
    comparison = _Comparison(recording, simulation, expected_values or _simulated_values())
    try:
        with reading(recording.path):
            found = comparison.run(samples)
    except _MismatchError as error:
        return Proof(error.sample, str(error), False)
    text = f"All {samples} samples per channel are what the simulated scope delivered."
    return Proof(samples, " ".join([text, *found]), True)


def _simulated_values() -> ExpectedValues:
    from ..kernels.signal import expected_values

    return expected_values


class _Comparison:
    """One file beside its simulation."""

    def __init__(
        self, recording: Recording, simulation: Mapping[str, Any], expected: ExpectedValues
    ) -> None:
        self._recording = recording
        self._simulation = simulation
        self._expected = expected
        self._width = recording.values_per_sample
        self._search = round(_SEARCH_S * 1e9 / recording.stored_interval_ns)

    def run(self, samples: int) -> list[str]:
        """Compare all; what was found about gaps of unknown length.

        :raises _MismatchError: at the first sample that is wrong.
        """
        found = []
        offset = int(self._recording.attributes.get("first_stream_sample", 0))
        for stretch in _stretches(self._recording.gaps, samples):
            missing = stretch.missing
            if not stretch.is_known:
                missing = self._find_missing(stretch, offset)
                found.append(
                    f"Before sample {stretch.start} {missing} samples are missing "
                    f"(estimate {stretch.missing})."
                )
            offset += missing
            self._compare(stretch, offset)
        return found

    def _find_missing(self, stretch: _Stretch, offset: int) -> int:
        lowest = stretch.start + offset
        found = find_alignment(
            {
                name: lambda first, count, name=name: self._stored(name, first, count)
                for name in self._recording.channels
            }
        )
        return found - lowest
