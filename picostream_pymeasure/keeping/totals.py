"""What was found and kept of a stream so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KeptTotals:
    """Samples are those of one input.

    :param samples: that were searched.
    :param stored: of those, in the file.
    :param found: events.
    :param kept: of those, that were kept.
    :param cut: of those, that were longer than the greatest width, or lasted at the end.
    :param passed_over: and that were not: too soon after another, or too many a second.
    """

    samples: int = 0
    stored: int = 0
    found: int = 0
    kept: int = 0
    cut: int = 0
    passed_over: int = 0

    @property
    def share(self) -> float:
        """Stored samples of all, 0 to 1."""
        return self.stored / self.samples if self.samples else 0.0
