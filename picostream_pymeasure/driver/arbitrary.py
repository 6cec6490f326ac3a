"""Arbitrary waves as the signal generator takes them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, shown
from .connection import Connection
from .status import AWG_NOT_SUPPORTED, NO_SIGNAL_GENERATOR


@dataclass(frozen=True)
class ArbitraryLimits:
    """What the arbitrary generator of a model takes.

    :param highest: largest value of a sample; the smallest is its negative, or one less.
    :param fewest: samples of the shortest wave.
    :param most: samples of the longest wave, 0 where there are no arbitrary waves.
    """

    highest: int
    fewest: int
    most: int

    @classmethod
    def read(cls, connection: Connection) -> ArbitraryLimits | None:
        """Ask the driver; None for a scope without any signal generator."""
        lowest, highest = ctypes.c_int16(), ctypes.c_int16()
        fewest, most = ctypes.c_uint32(), ctypes.c_uint32()
        status = connection.call(
            "ps5000aSigGenArbitraryMinMaxValues",
            *map(ctypes.byref, (lowest, highest, fewest, most)),
            accepted=(NO_SIGNAL_GENERATOR, AWG_NOT_SUPPORTED),
        )
        if status == NO_SIGNAL_GENERATOR:
            return None
        return cls(highest.value, fewest.value, most.value)

    def check(self, n_samples: int) -> None:
        """Refuse a wave of a length that the model does not take.

        :raises ConfigurationError: with what is allowed.
        """
        if not self.most:
            raise ConfigurationError(
                "This model has no arbitrary waves; use one of the built-in waves."
            )
        if not (isinstance(n_samples, Integral) and self.fewest <= n_samples <= self.most):
            raise ConfigurationError(
                f"An arbitrary wave of {shown(n_samples)} samples does not fit this model; "
                f"use {self.fewest} to {self.most} samples."
            )


@dataclass(frozen=True)
class ScaledWave:
    """An arbitrary wave spread over all values of a sample, so that it is as fine as can be.

    :param values: int16, one period.
    :param peak_to_peak_uv: what the values are spread over, in µV.
    :param offset_uv: the middle between the extremes, in µV.
    """

    values: NDArray[np.int16]
    peak_to_peak_uv: int
    offset_uv: int

    @classmethod
    def of(cls, samples_v: Sequence[float], highest: int) -> ScaledWave:
        """Scale samples in V; the largest value becomes ``highest``."""
        volts = np.asarray(samples_v)
        middle_v = (volts.max() + volts.min()) / 2
        half_v = (volts.max() - volts.min()) / 2
        shares = (volts - middle_v) / half_v if half_v else np.zeros_like(volts)
        values = np.rint(shares * highest).astype(np.int16)
        return cls(values, round(half_v * 2e6), round(middle_v * 1e6))
