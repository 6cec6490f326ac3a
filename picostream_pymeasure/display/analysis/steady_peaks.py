"""Whether channels have a single line, told such that it can be read while a picture moves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .spectrum import Spectrum

#: What is other than what is told is told when so many spectra in a row say it.
_IN_A_ROW = 4


class SteadyPeaks:
    """Tells a line, or none, until some spectra in a row say otherwise.

    Of pulses that come by chance, and of a period and a half, every other stretch has a line.
    """

    def __init__(self) -> None:
        self._told: dict[str, tuple[Spectrum, int]] = {}

    def meet(self, spectra: Mapping[str, Spectrum], goes_on: bool) -> dict[str, Spectrum]:
        """The spectra, with the peaks that are to be told.

        :param goes_on: they follow the last ones, and others will follow them.
        """
        self._told = {
            name: self._next(name, made) if goes_on else (made, 0) for name, made in spectra.items()
        }
        return {
            name: replace(made, peak_hz=told.peak_hz, peak_dbv=told.peak_dbv)
            for (name, made), (told, _) in zip(spectra.items(), self._told.values(), strict=True)
        }

    def _next(self, name: str, made: Spectrum) -> tuple[Spectrum, int]:
        """What is told now, and how many spectra in a row have said otherwise."""
        told, n_others = self._told.get(name, (made, 0))
        is_other = math.isfinite(made.peak_hz) is not math.isfinite(told.peak_hz)
        if not is_other or n_others + 1 == _IN_A_ROW:
            return made, 0
        return told, n_others + 1
