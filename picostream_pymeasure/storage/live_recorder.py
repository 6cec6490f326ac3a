"""The sink that keeps only the newest seconds of a stream, in a file of bounded size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..records import ClockPair, StreamDescription
from .recorder import DEFAULT_RESERVE_BYTES, Recorder

if TYPE_CHECKING:
    from .live_file import LiveFile

#: The longest that a live-only file keeps.
MAX_LIVE_ONLY_S = 366 * 86400.0


class LiveRecorder(Recorder):
    """Writes a stream for who watches it: the file holds the newest ``seconds``.

    Once so much has passed it always holds all of it, in the order of time for every reader, and
    is a fixed little longer; until then it grows. ``total_samples`` counts all that ever came.
    Otherwise it is as a :class:`Recorder`, but has no checksums and is never compressed.

    :param path: the file to make.
    :param seconds: how much to keep.
    :param force: replace an existing file.
    :param reserve_bytes: stop while this much is left on the disk and the file still grows.
    :raises ConfigurationError: the time is not positive or longer than a year.
    """

    def __init__(
        self,
        path: str | Path,
        seconds: float,
        *,
        force: bool = False,
        reserve_bytes: int = DEFAULT_RESERVE_BYTES,
    ) -> None:
        super().__init__(path, force=force, reserve_bytes=reserve_bytes)
        if not 0 < seconds <= MAX_LIVE_ONLY_S:
            raise ConfigurationError(
                f"A live-only file keeps more than 0 s and at most a year, not {seconds} s."
            )
        self._seconds = seconds

    def _make_file(self, description: StreamDescription) -> LiveFile:
        # compiled code, which takes its time to load: not for those who only look at files
        from .live_file import LiveFile
        from .live_plan import LivePlan

        plan = LivePlan.for_stream(description, self._seconds)
        self.require_space(plan.needed_bytes(description))
        return LiveFile(
            self.path, description, replace=self._force, plan=plan, seconds=self._seconds
        )

    def add_clock(self, pair: ClockPair) -> None:
        """Let it pass: the file's size is bounded."""
