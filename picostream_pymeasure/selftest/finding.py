"""What a check found."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, TypeVar

from ..errors import PicoStreamError

_Check = TypeVar("_Check", bound=Callable[..., "Finding"])


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
    :param settles: open questions about the driver that it answers, with the answers.
    """

    check: str
    verdict: Verdict
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    settles: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON can hold it."""
        fields = asdict(self)
        del fields["settles"]  # the report has them together
        return {**fields, "verdict": self.verdict.value}


def failing_is_bad(name: str) -> Callable[[_Check], _Check]:
    """Let a check whose scope fails find just that.

    :param name: of the check.
    """

    def decorate(check: _Check) -> _Check:
        @functools.wraps(check)
        def checked(*arguments: Any) -> Finding:
            try:
                return check(*arguments)
            except PicoStreamError as error:
                return Finding(name, Verdict.BAD, str(error))

        return checked  # type: ignore[return-value]

    return decorate
