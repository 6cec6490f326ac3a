"""Which parts of a stream are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import ConfigurationError
from .event_rule import EventRule
from .field_types import require_types

_LONGEST_S = 3600.0

#: A baseline of less costs more than the samples themselves.
_SHORTEST_BASELINE_S = 1e-3


#: Events a second that are kept unless more are asked for: of a level within the noise they are
#: many times as many, and would fill the disk with what nobody wants.
USUAL_MAX_RATE_HZ = 1000.0


@dataclass(frozen=True)
class KeepConfig:
    """Keep the events of a stream with what lies around them, and let the rest go.

    :param rule: what is an event.
    :param before_s: what is kept before its first sample.
    :param after_s: what is kept after its last one.
    :raises ConfigurationError: with what is allowed.
    """

    rule: EventRule = field(default_factory=lambda: EventRule("A"))
    before_s: float = 1e-3
    after_s: float = 4e-3

    def __post_init__(self) -> None:
        require_types(self)
        for name, seconds in (("before", self.before_s), ("after", self.after_s)):
            if not 0 <= seconds <= _LONGEST_S:
                raise ConfigurationError(
                    f"What is kept {name} an event must be 0 s to {_LONGEST_S:g} s."
                )
        if self.rule.baseline_s < _SHORTEST_BASELINE_S:
            raise ConfigurationError(
                f"While streaming, the baseline of events must be {1e3 * _SHORTEST_BASELINE_S:g} "
                f"ms or more."
            )
