"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any


class Verdict(Enum):
    """How a check ended."""

    GOOD = "good"
    NOTE = "note"
    BAD = "BAD"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One row of the report.

    :param check: what was looked at, a few words.
    :param verdict: whether it is as it must be; a note is neither good nor bad.
    :param text: one sentence.
    :param facts: numbers for the report, by name with their unit.
    """

    check: str
    verdict: Verdict
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
        return {**asdict(self), "verdict": self.verdict.value}
