"""Where tags have room along an axis, beside its numbers and beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: A tag goes so many times its own length from its line; farther away nobody would see whose it is.
_FARTHEST = 2.0

_ROUNDING_PX = 1e-6


class Stretch(NamedTuple):
    """A part of an axis, in pixels."""

    begin_px: float
    end_px: float

    @classmethod
    def around(cls, middle_px: float, length_px: float) -> Stretch:
        """The stretch with this middle."""
        return cls(middle_px - length_px / 2, middle_px + length_px / 2)

    def meets(self, other: Stretch) -> bool:
        """Whether they share more than an end."""
        shared_px = min(self.end_px, other.end_px) - max(self.begin_px, other.begin_px)
        return shared_px > _ROUNDING_PX


def free_places(
    wanted: Sequence[Stretch], numbers: Sequence[Stretch], end_px: float
) -> list[float]:
    """Middles of tags, each as near to its line as it covers no number and no other tag.

    One that finds no such place near its line stays there.

    :param wanted: where they lie if nothing is in their way.
    :param numbers: what they leave free.
    :param end_px: length of the axis.
    """
    taken = list(numbers)
    places = [0.0] * len(wanted)
    for index in sorted(range(len(wanted)), key=lambda each: wanted[each]):
        found = _nearest(wanted[index], taken, end_px)
        taken.append(found)
        places[index] = (found.begin_px + found.end_px) / 2
    return places


def _nearest(wanted: Stretch, taken: Sequence[Stretch], end_px: float) -> Stretch:
    length_px = wanted.end_px - wanted.begin_px
    begins_px = [begin for each in taken for begin in (each.begin_px - length_px, each.end_px)]
    possible = [wanted, *(Stretch(begin, begin + length_px) for begin in begins_px)]
    free = [
        each
        for each in possible
        if each.begin_px >= min(0.0, wanted.begin_px)
        and each.end_px <= max(end_px, wanted.end_px)
        and abs(each.begin_px - wanted.begin_px) <= _FARTHEST * length_px
        and not any(each.meets(other) for other in taken)
    ]
    return min(free, key=lambda each: abs(each.begin_px - wanted.begin_px), default=wanted)
