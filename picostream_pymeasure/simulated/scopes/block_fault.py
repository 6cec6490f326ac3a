"""What can be made to go wrong in block mode, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import ConfigurationError
from .choices import check_choices

#: When -> kinds of faults that can happen then.
BLOCK_FAULTS = {
    "run_block": ("unplug", "power_change", "answer"),
    "armed": ("unplug", "power_change", "never_triggers", "never_ready"),
    "get_values": ("unplug", "power_change", "answer", "fewer_samples"),
}


@dataclass(frozen=True)
class BlockFault:
    """One fault of block mode; it happens once each time the unit has been opened.

    - ``unplug``: status 7 from that call and every later one; the unit cannot be opened again.
    - ``power_change``: the supply becomes ``power``; 281 or 282 from that call and every later one
      until ``ChangePowerSource``; what was captured is lost.
    - ``answer``: the call does nothing but answer ``status``.
    - ``never_triggers``: the run waits until it is stopped.
    - ``never_ready``: all captures are made, and nobody is told.
    - ``fewer_samples``: of each capture ``samples`` fewer are handed over than are asked for.

    :param when: ``run_block``: at that call; ``armed``: once ``at_capture`` captures are complete;
        ``get_values``: at the first call that fetches samples.
    :param at_run: run since the unit was opened, counted from 1.
    :param always: in every later run as well.
    :raises ConfigurationError: when a value is impossible.
    """

    kind: Literal[
        "unplug", "power_change", "answer", "never_triggers", "never_ready", "fewer_samples"
    ]
    when: Literal["run_block", "armed", "get_values"]
    at_run: int = 1
    at_capture: int = 0
    samples: int = 0
    status: int = 0
    power: Literal["mains", "usb"] = "usb"
    always: bool = False

    def __post_init__(self) -> None:
        check_choices(self, "a fault of block mode")
        if self.kind not in BLOCK_FAULTS[self.when]:
            allowed = ", ".join(BLOCK_FAULTS[self.when])
            raise ConfigurationError(f"What can happen {self.when} is {allowed}, not {self.kind}.")
        if self.at_run < 1 or min(self.at_capture, self.samples, self.status) < 0:
            raise ConfigurationError(f"The numbers of the fault {self.kind!r} must be 0 or more.")

    def is_due(self, run: int) -> bool:
        """Whether it belongs to this run."""
        return run == self.at_run or (self.always and run > self.at_run)
