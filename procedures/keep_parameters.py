"""Parameters of a recording that keeps only events."""

from __future__ import annotations

from pymeasure.experiment import Parameter, Procedure

from picostream_pymeasure.config import USUAL_MAX_RATE_HZ, KeepConfig
from picostream_pymeasure.instrument import keep_config

from .number_parameters import NumberParameter

_LONGEST_S = 3600


def _keeps(text: str) -> bool:
    return bool(text.strip())


class KeepParameters(Procedure):
    """Which events are kept; for more than these write :meth:`keep_config` anew."""

    keep = Parameter(
        "Keep Events",
        default="",
        description="Store only events of a channel, as in A:falling:5sigma or B:rising:20mV; "
        "nothing stores all.",
    )
    keep_before = NumberParameter(
        "Before",
        units="s",
        minimum=0,
        maximum=_LONGEST_S,
        default=KeepConfig.before_s,
        group_by="keep",
        group_condition=_keeps,
        description="Time before each event that is stored too.",
    )
    keep_after = NumberParameter(
        "After",
        units="s",
        minimum=0,
        maximum=_LONGEST_S,
        default=KeepConfig.after_s,
        group_by="keep",
        group_condition=_keeps,
        description="Time after each event that is stored too.",
    )
    keep_min_width = NumberParameter(
        "Shortest",
        units="s",
        minimum=0,
        maximum=_LONGEST_S,
        default=0,
        group_by="keep",
        group_condition=_keeps,
        description="Shorter events are none.",
    )
    keep_max_rate = NumberParameter(
        "Greatest Rate",
        units="Hz",
        minimum=1,
        maximum=1e9,
        default=USUAL_MAX_RATE_HZ,
        group_by="keep",
        group_condition=_keeps,
        description="Of more events in a second the last ones are passed over, and counted.",
    )

    INPUTS: tuple[str, ...] = (
        "keep",
        "keep_before",
        "keep_after",
        "keep_min_width",
        "keep_max_rate",
    )

    def keep_config(self) -> KeepConfig | None:
        """Give what is to be kept, None for all.

        :raises ConfigurationError: it cannot be understood.
        """
        text = str(self.keep).strip()
        return keep_config(
            text or None,
            self.keep_before,
            self.keep_after,
            min_width_s=self.keep_min_width,
            max_rate_hz=self.keep_max_rate,
        )
