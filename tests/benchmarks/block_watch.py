"""Where a thread was while its event loop stood still."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence

_LOOK_S = 0.004
_DEPTH = 5

#: Longer pauses between two beats are looked into.
_LONG_S = 0.015


class BlockWatch(threading.Thread):
    """Looks at the thread that makes it until :meth:`stop`.

    :param beats: times of ``perf_counter`` at which its loop ran; they are added to meanwhile.
    """

    def __init__(self, beats: Sequence[float]) -> None:
        super().__init__(name="block watch", daemon=True)
        self._beats = beats
        self._watched = threading.get_ident()
        self._seen: dict[float, Counter[str]] = {}
        self._is_stopped = threading.Event()

    def run(self) -> None:
        """Remember what it does while no beat comes."""
        while not self._is_stopped.wait(_LOOK_S):
            last_s = self._beats[-1] if self._beats else time.perf_counter()
            if time.perf_counter() - last_s > _LONG_S:
                self._seen.setdefault(last_s, Counter())[self._place()] += 1

    def stop(self) -> str:
        """End, and tell what the longest block did most of the time."""
        self._is_stopped.set()
        self.join()
        pauses = zip(self._beats[1:], self._beats[:-1], strict=True)
        _, begun_s = max((after - before, before) for after, before in pauses)
        seen = self._seen.get(begun_s, Counter({"nothing was seen": 1}))
        return seen.most_common(1)[0][0]

    def _place(self) -> str:
        frame = sys._current_frames().get(self._watched)
        places = []
        while frame is not None and len(places) < _DEPTH:
            name = frame.f_code.co_filename.rpartition("/")[2]
            places.append(f"{name}:{frame.f_lineno} {frame.f_code.co_name}")
            frame = frame.f_back
        return " < ".join(places)
