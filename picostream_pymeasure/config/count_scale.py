"""How counts of the converter are volts at an input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

Numbers = TypeVar("Numbers", float, "NDArray[Any]")


@dataclass(frozen=True)
class CountScale:
    """``volts = counts / max_adc * range - offset``.

    :param range_v: volts of ``max_adc`` counts.
    :param offset_v: volts the scope *adds* to the input before it digitises.
    :param max_adc: counts at full scale.
    """

    range_v: float
    offset_v: float
    max_adc: int

    @property
    def volts_per_count(self) -> float:
        """Volts of one count."""
        return self.range_v / self.max_adc

    def volts(self, counts: Numbers) -> Numbers:
        """Volts at the input; an array's are float64, of its shape."""
        return counts * self.volts_per_count - self.offset_v

    def counts(self, volts: Numbers) -> Numbers:
        """Counts of volts at the input, not rounded."""
        return (volts + self.offset_v) / self.range_v * self.max_adc
