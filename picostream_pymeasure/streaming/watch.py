"""Whether a driver call returns."""

from __future__ import annotations

from . import access
from .state import SharedState

#: No look counts for more: a process that was frozen, or got no processor, has not waited.
_LONGEST_LOOK_NS = 100_000_000


class CallWatch:
    """Counts the time in which the process ran and the same driver call was under way."""

    def __init__(self, state: SharedState) -> None:
        self._state = state
        self._polls = -1
        self._looked_ns = 0
        self._waited_ns = 0
        self.driver_hangs = False

    def look(self) -> bool:
        """Look anew, several times a second; True the first time that it hangs."""
        now_ns, polls = self._state.now_ns(), self._state.read(access.POLLS)
        if polls != self._polls or not self._state.read(access.IN_CALL):
            self._polls, self._waited_ns = polls, 0
        else:
            self._waited_ns += min(now_ns - self._looked_ns, _LONGEST_LOOK_NS)
        self._looked_ns = now_ns
        hangs = self._waited_ns > int(self._state["stall_ns"]) and not self.driver_hangs
        self.driver_hangs |= hangs
        return hangs
