"""How a simulated driver behaves where real ones differ and no document says which is right."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from ...errors import ConfigurationError, shown
from .choices import check_choices

_PACKET = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|B|kB|MB|)")
_UNITS_S = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_UNITS_BYTES = {"B": 1, "kB": 1024, "MB": 1024 * 1024}
_LONGEST_CALL_S = 60.0


@dataclass(frozen=True)
class Habits:
    """Each may be combined with every other; a client must be right with all of them.

    :param packet: what one call hands over at least: ``all`` that has arrived, or whole packets
        of so many samples (``500``), so long (``25ms``) or so large on the wire (``1MB``).
    :param packets_a_call: at most so many packets a call, 0 for all that are there.
    :param quiet_calls: so many calls hand nothing over before each that does.
    :param nothing_new: how that is said: a status, ``0`` with a callback of count 0, ``silent``
        (0 without a callback), or ``never``: even a part of a packet is handed over.
    :param wrap: what waits beyond the end of the buffers comes at the ``next_call``, ``later``
        (after three calls with nothing), in the ``same_call`` with a callback of its own; or the
        driver starts at 0 again a little ``early``.
    :param memory_full: what the full memory of the scope drops: the ``oldest`` samples, so that
        the hole is at the beginning of what waits, or the ``newest``, at its end.
    :param loss_told: a loss of the newest is told ``at_once``, before the samples that still
        wait, or ``at_hole``.
    :param steady_loss: share of the samples that is lost at every call, from the first one on.
    :param loss_every_s: now and then so much is lost: every so many seconds, 0 for never.
    :param loss_s: shortest and longest of these losses.
    :param trigger_at: counted within the ``chunk``, or since the start of the ``stream``.
    :param interval_ppm: the real sample interval is longer by so much than the driver's grid.
    :param interval_answer: what ``RunStreaming`` answers: the real interval as ``exact`` as the
        caller's unit allows, the same rounded to ``ns``, the ``nominal`` one of the grid, or
        ``zero``.
    :param clock_ppm: the scope's clock is faster by so much than the host's.
    :param clock_drift_ppm_h: and gains so much in an hour.
    :param call_s: longest time that a call blocks; every call another time up to that.
    :param restart: after 20, 28 or 282 the start index begins ``anew``, or ``goes_on``.
    :raises ConfigurationError: when a value is impossible.
    """

    packet: str = "100us"
    packets_a_call: int = 0
    quiet_calls: int = 0
    nothing_new: Literal["0", "37", "39", "67", "silent", "never"] = "39"
    wrap: Literal["next_call", "later", "same_call", "early"] = "next_call"
    memory_full: Literal["oldest", "newest"] = "oldest"
    loss_told: Literal["at_once", "at_hole"] = "at_once"
    steady_loss: float = 0.0
    loss_every_s: float = 0.0
    loss_s: tuple[float, float] = (0.001, 0.1)
    trigger_at: Literal["chunk", "stream"] = "chunk"
    interval_ppm: float = 0.0
    interval_answer: Literal["exact", "ns", "nominal", "zero"] = "exact"
    clock_ppm: float = 0.0
    clock_drift_ppm_h: float = 0.0
    call_s: float = 0.0
    restart: Literal["anew", "goes_on"] = "anew"

    def __post_init__(self) -> None:
        check_choices(self, "a simulated scope")
        if self.packet != "all" and not _PACKET.fullmatch(self.packet):
            raise ConfigurationError(
                f"A packet is all, or such as 500, 25ms or 1MB, not {shown(self.packet)}."
            )
        if min(self.packets_a_call, self.quiet_calls) < 0:
            raise ConfigurationError("Numbers of packets and calls must be 0 or more.")
        if not 0 <= self.steady_loss <= 0.99:
            raise ConfigurationError("The steady loss must be a share of 0 to 0.99.")
        shortest_s, longest_s = self.loss_s
        if not 0 < shortest_s <= longest_s < math.inf or not 0 <= self.loss_every_s < math.inf:
            raise ConfigurationError("Losses now and then need times of more than 0 s.")
        ppm = (self.interval_ppm, self.clock_ppm, self.clock_drift_ppm_h)
        if not all(abs(value) <= 100_000 for value in ppm):
            raise ConfigurationError("Clocks and intervals may be wrong by 100 000 ppm at most.")
        if not 0 <= self.call_s <= _LONGEST_CALL_S:
            raise ConfigurationError(f"A call may block for 0 to {_LONGEST_CALL_S:g} s.")

    def packet_samples(self, interval_ns: float, bytes_a_sample: int) -> int:
        """Raw samples in a packet, at least 1.

        :param bytes_a_sample: of all streamed inputs together, on the wire.
        """
        found = _PACKET.fullmatch(self.packet)
        if found is None:
            return 1
        number, unit = float(found[1]), found[2]
        if unit in _UNITS_S:
            number *= _UNITS_S[unit] * 1e9 / interval_ns
        elif unit in _UNITS_BYTES:
            number *= _UNITS_BYTES[unit] / bytes_a_sample
        return max(1, int(number + 1e-6))
