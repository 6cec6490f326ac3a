"""Amplitude and phase of a sine of known frequency: the three-parameter fit of IEEE Std 1057."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class SineFit:
    """Fits ``Re(c exp(2πi f t)) + offset`` to samples that come in pieces, by least squares.

    Pieces need not follow each other, nor hold whole periods; only sums are kept.

    :param frequency_hz: of the sine.
    :param sample_interval_s: time between two samples.
    :param n_inputs: signals that are fitted side by side.
    """

    def __init__(self, frequency_hz: float, sample_interval_s: float, n_inputs: int) -> None:
        self._turns_per_sample = frequency_hz * sample_interval_s
        self._normal = np.zeros((3, 3))
        self._moments = np.zeros((3, n_inputs))
        self.n_samples = 0

    def add(self, first_sample: int, values: NDArray[np.float64]) -> None:
        """Take a piece.

        :param first_sample: index of its first sample.
        :param values: shape ``(n_inputs, n)``.
        """
        indices = np.arange(first_sample, first_sample + values.shape[1])
        angles = 2 * np.pi * (indices * self._turns_per_sample % 1.0)
        basis = np.stack([np.cos(angles), np.sin(angles), np.ones_like(angles)])
        self._normal += basis @ basis.T
        self._moments += basis @ values.T
        self.n_samples += values.shape[1]

    def amplitudes(self) -> NDArray[np.complex128]:
        """Give ``c`` of each signal: peak amplitude and phase.

        :raises numpy.linalg.LinAlgError: no samples, or the frequency is 0 or half the rate.
        """
        cosine, sine, _ = np.linalg.solve(self._normal, self._moments)
        return np.asarray(cosine - 1j * sine, np.complex128)
