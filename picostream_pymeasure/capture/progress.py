"""How far a run is, as the scope tells, and when that was seen."""

from __future__ import annotations

from time import monotonic as _now_s


class Progress:
    """Of a run that is being armed now.

    The scope may answer with the number of the run before, or with all that it shall make: neither
    is believed, nor what cannot be true yet, until it has answered with another one.

    :param captures: that the run makes.
    :param length_s: of a capture; none is made sooner.
    :param told_before: what the scope answered before the run.
    """

    def __init__(self, captures: int, length_s: float, told_before: int = 0) -> None:
        self._captures, self._length_s = captures, length_s
        self._doubtful = {captures, min(told_before, captures)} - {0}
        self.begun_s = _now_s()
        self.made = 0
        self.seen: list[tuple[int, float]] = []

    def note(self, told: int) -> None:
        """Take how many captures the scope says are complete; it has just answered."""
        now_s = _now_s()
        told = min(told, self._captures)
        if now_s - self.begun_s < told * self._length_s:
            self._doubtful.add(told)
        elif told not in self._doubtful:
            self._doubtful.clear()
        if told > self.made and not self._doubtful:
            self.made = told
            self.seen.append((told, now_s))

    def quiet_s(self) -> float:
        """How long it is that something came."""
        return _now_s() - (self.seen[-1][1] if self.seen else self.begun_s)

    def end(self, told: int) -> int:
        """The same when the run is over; how many captures there are.

        :param told: 0 if the scope does not say.
        """
        told = min(max(told, self.made), self._captures)
        if told and (not self.seen or told > self.made):
            self.seen.append((told, _now_s()))
        self.made = told
        return told
