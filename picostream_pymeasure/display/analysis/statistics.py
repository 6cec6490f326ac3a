"""How measurements scatter from one update to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Scatter:
    """Mean, standard deviation and extremes of numbers that come one by one."""

    n: int = 0
    mean: float = math.nan
    minimum: float = math.nan
    maximum: float = math.nan
    _squares: float = 0.0

    def add(self, value: float) -> None:
        """Take another number in; one that is not known is passed over."""
        if not math.isfinite(value):
            return
        self.n += 1
        if self.n == 1:
            self.mean = self.minimum = self.maximum = value
            return
        before = value - self.mean
        self.mean += before / self.n
        self._squares += before * (value - self.mean)
        self.minimum, self.maximum = min(self.minimum, value), max(self.maximum, value)

    @property
    def deviation(self) -> float:
        """Standard deviation of the numbers (of the sample, with n - 1); NaN below two of them."""
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else math.nan
