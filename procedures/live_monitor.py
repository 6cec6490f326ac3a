"""Watch a signal for as long as you like, in a file that stops growing.

Copy this for a procedure that fixes parameters of its base: give them a new definition, and leave
them out of ``INPUTS``.
"""

from __future__ import annotations

from pymeasure.experiment import ListParameter

from picostream_pymeasure.storage import MAX_LIVE_ONLY_S

from .number_parameters import NumberParameter
from .streaming import StreamingProcedure


class LiveMonitor(StreamingProcedure):
    """Streams until it is stopped, which is its normal end, and keeps the newest seconds."""

    live_only = NumberParameter(
        "Keep Newest",
        units="s",
        minimum=0.1,
        maximum=MAX_LIVE_ONLY_S,
        default=30,
        description="How much the file holds; older samples are overwritten.",
    )
    ends_by = ListParameter("Ends By", choices=["stop"], default="stop")

    DISPLAYS = ("scope_serial", "resolution", "sample_rate", "live_only")
    INPUTS = tuple(
        name
        for name in StreamingProcedure.INPUTS
        if name not in ("ends_by", "duration", "sample_count", "compress")
    )
