"""The scope's memory in block mode: its segments, and what they hold."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from ..device.layout import CAPTURE, MADE, RUN
from ..scopes.block_fault import BlockFault
from ..scopes.scope import SimulatedScope

#: Samples a segment has at least in the model's own number of segments.
_SHORTEST_SEGMENT = 2048


class Request(NamedTuple):
    """Which samples of which segments are asked for: the first and the last, both inside."""

    start: int
    count_address: int
    first_segment: int
    last_segment: int
    overflow_address: int | None


class BlockMemory:
    """What block mode keeps of a unit between its calls, from its opening on.

    :param begins: raw index of the first sample and of the trigger of each run's first capture.
    :param state: ``idle``, ``armed``, or how the last run ended: ``done``, ``stopped``, ``failed``.
    """

    def __init__(self, scope: SimulatedScope) -> None:
        self._scope = scope
        self.runs = np.zeros(1, RUN)
        self.words = self.runs.view(np.int64)
        self.captures = np.zeros(1, CAPTURE)
        self.n_captures = 1
        self.number_of_run = 0
        self.state = "idle"
        self.is_rapid = False
        self.overlap: Request | None = None  # executed by the next runs
        self.thread: threading.Thread | None = None
        self.callback_thread = 0
        self.failing: BlockFault | None = None
        self.struck: set[BlockFault] = set()
        self.begins: list[tuple[int, int]] = []

    @property
    def n_segments(self) -> int:
        """Into how many the memory is divided."""
        return self.captures.size

    @property
    def most_segments(self) -> int:
        """Into how many it can be divided."""
        return self._scope.block.max_segments or max(
            1, self._scope.model.memory_samples // _SHORTEST_SEGMENT
        )

    @property
    def is_armed(self) -> bool:
        """Whether a run is under way."""
        return self.state == "armed"

    @property
    def made(self) -> int:
        """Captures of the present or last run that are complete."""
        return int(self.words[MADE])

    def divide(self, segments: int) -> None:
        """Divide the memory anew, and forget what it holds."""
        self.captures = np.zeros(segments, CAPTURE)
        self.forget()

    def forget(self) -> None:
        """Throw all captures away."""
        self.captures["run"] = 0
        self.words[MADE] = 0
        if not self.is_armed:
            self.state = "idle"

    def samples_a_segment(self, bits: int) -> int:
        """Of all inputs together: above 8 bits a sample takes two bytes."""
        samples = self._scope.model.memory_samples // (1 if bits == 8 else 2)
        return max(0, samples // self.n_segments - self._scope.block.kept_samples)

    def samples_a_row(self, bits: int, n_rows: int) -> int:
        """In a segment, of each input."""
        share = next(share for share in (1, 2, 4, 8) if n_rows <= share)
        return self.samples_a_segment(bits) // share

    def setting_called(self, *, is_change: bool) -> None:
        """A setting has been set, perhaps to what it was: stored captures may be lost by that."""
        discards = self._scope.block.discards
        if discards == "all" or (discards == "changes" and is_change):
            self.forget()

    def fault(self, when: str, *kinds: str) -> BlockFault | None:
        """A fault of the present run that is due, once."""
        for fault in self._scope.block_faults:
            is_due = fault.when == when and fault.kind in kinds and fault not in self.struck
            if is_due and fault.is_due(self.number_of_run):
                if not fault.always:
                    self.struck.add(fault)
                return fault
        return None
