"""How sure a recorder was of what it found out about losses, the rate and marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .stored_attributes import StoredAttributes


@dataclass(frozen=True)
class Accuracy:
    """Each is None if nobody can say.

    :param lost_accuracy_s: so far the sum of all losses may be from the truth.
    :param smallest_visible_loss: samples; a smaller silent loss could not have been seen.
    :param rate_deviation_ppm: how much slower than reported the samples came.
    :param rate_accuracy_ppm: so far that may be from the truth.
    :param mark_accuracy_s: so far a mark's sample may lie from its time.
    """

    lost_accuracy_s: float | None
    smallest_visible_loss: int | None
    rate_deviation_ppm: float | None
    rate_accuracy_ppm: float | None
    mark_accuracy_s: float | None

    @classmethod
    def of(cls, attributes: StoredAttributes) -> Accuracy:
        """As the attributes of a file's root tell it."""
        found = attributes.get("smallest_visible_loss", -1)
        smallest = int(found) if isinstance(found, (int, np.integer)) and found > 0 else None
        return cls(
            lost_accuracy_s=_figure(attributes, "lost_accuracy_s"),
            smallest_visible_loss=smallest,
            rate_deviation_ppm=_figure(attributes, "rate_deviation_ppm") if smallest else None,
            rate_accuracy_ppm=_figure(attributes, "rate_accuracy_ppm"),
            mark_accuracy_s=_figure(attributes, "mark_accuracy_s"),
        )


def _figure(attributes: StoredAttributes, name: str) -> float | None:
    found = attributes.get(name, np.nan)
    is_number = isinstance(found, (float, np.floating)) and np.isfinite(found)
    return float(found) if is_number else None
