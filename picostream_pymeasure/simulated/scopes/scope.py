"""One simulated unit, as the user describes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...config import EXTERNAL
from ...errors import ConfigurationError, shown
from .block_fault import BlockFault
from .block_habits import BlockHabits
from .choices import check_choices
from .fault import Fault
from .habits import Habits
from .models import Model, model_of
from .signal import DEFAULT_SIGNALS, EXTERNAL_WAVES, SimulatedSignal


@dataclass(frozen=True)
class SimulatedScope:
    """One unit that the simulated library finds.

    :param variant: model, such as ``5444D``, ``5242B`` or ``5444DMSO``.
    :param serial: batch and serial number, unlike those of other units.
    :param power: ``mains``; ``usb``: without the 5 V supply, a four-channel unit opens with 282;
        ``usb2``: a D model at a USB 2 port opens with 286.
    :param fifo_s: how much of the stream the device holds before it loses samples; None is as many
        samples at every rate, which is 0.25 s at the fastest ones.
    :param overrun_signal: how lost samples show: ``flag`` sets all overflow bits of the next
        delivery, ``stall`` answers one poll with 28, ``both`` does both, ``none`` says nothing;
        then the stream goes on after the hole.
    :param seed: of noise, events, and the number from which digital ports count.
    :param signals: input -> signal: ``A`` to ``D``, or ``EXT``, the external trigger input (flat
        by default; only waves that cross a level twice a period). Inputs not named get the
        default ones.
    :param faults: what goes wrong, see :class:`Fault`.
    :param habits: what else real drivers may do differently, see :class:`Habits`.
    :param block: the same in block mode, see :class:`BlockHabits`.
    :param block_faults: what goes wrong there, see :class:`BlockFault`.
    :param paced: deliver in real time; if False, as many samples as the buffers take.
    :param max_rate_hz: samples per second over all channels that the link carries, if less than
        the model's.
    :raises ConfigurationError: when a value is impossible.
    """

    variant: str = "5444D"
    serial: str = "SIM44/0001"
    power: Literal["mains", "usb", "usb2"] = "mains"
    fifo_s: float | None = None
    overrun_signal: Literal["flag", "stall", "both", "none"] = "flag"
    seed: int = 1
    signals: Mapping[str, SimulatedSignal] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    habits: Habits = field(default_factory=Habits)
    block: BlockHabits = field(default_factory=BlockHabits)
    block_faults: tuple[BlockFault, ...] = ()
    paced: bool = True
    max_rate_hz: float | None = None

    def __post_init__(self) -> None:
        model_of(self.variant)
        if not self.serial.isascii() or not self.serial or "," in self.serial:
            raise ConfigurationError("A serial number must be ASCII text without a comma.")
        check_choices(self, "a simulated scope")
        if self.fifo_s is not None and not 0 < self.fifo_s <= 60:
            raise ConfigurationError("The FIFO must hold more than 0 s and at most 60 s.")
        if not 0 <= self.seed < 2**62:
            raise ConfigurationError("The seed must be 0 to 2**62 - 1.")
        if self.max_rate_hz is not None and not 0 < self.max_rate_hz < math.inf:
            raise ConfigurationError("The largest rate must be more than 0 Hz.")
        unknown = set(self.signals) - set(DEFAULT_SIGNALS)
        if unknown:
            raise ConfigurationError(
                f"There is no input {shown(min(unknown))}; use {', '.join(DEFAULT_SIGNALS)}."
            )
        if self.signal(EXTERNAL).wave not in EXTERNAL_WAVES:
            allowed = ", ".join(EXTERNAL_WAVES)
            raise ConfigurationError(f"The signal at {EXTERNAL} must be one of {allowed}.")

    @property
    def model(self) -> Model:
        """What follows from the variant."""
        return model_of(self.variant)

    def signal(self, channel: str) -> SimulatedSignal:
        """What is connected to the input ``"A"`` to ``"D"`` or ``"EXT"``."""
        return self.signals.get(channel, DEFAULT_SIGNALS[channel])


#: What is found when nothing else is asked for.
DEFAULT_SCOPES = (
    SimulatedScope(),
    SimulatedScope(variant="5242D", serial="SIM42/0002", seed=2),
)
