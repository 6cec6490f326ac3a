"""Where a stream goes."""

from __future__ import annotations

from .happenings import CapturedRun, ClockPair, Event, Gap
from .native import NativeSink
from .outcome import Health, Outcome
from .stream import Block, StreamDescription


class Sink:
    """Where a session puts what it streams; a subclass overrides what it needs, at least ``write``.

    All calls but :meth:`hasten` come from one thread, in the order of the samples. A gap that the
    driver signalled comes before the first block behind its earliest place, with
    ``estimated_missing`` -1, and again with the same number once its length is known; one that only
    the clock shows comes when it is known. Nothing comes before the file's first sample is known.
    """

    def prepare(self) -> None:
        """Load and compile what is needed; called before the scope starts."""

    def open(self, description: StreamDescription) -> NativeSink | None:
        """Get ready; called once, while samples already arrive in the pool.

        :returns: None, or where native code takes the samples; then :meth:`write`, :meth:`add_gap`
            and :meth:`add_clock` are not called.
        """
        return None

    def write(self, block: Block) -> None:
        """Store a block; it must not be touched after the return."""
        raise NotImplementedError

    def add_gap(self, gap: Gap) -> None:
        """Note missing samples, or settle a gap that was told before."""

    def add_clock(self, pair: ClockPair) -> None:
        """Note how the samples and the host's clock go together, about ten times a second."""

    def add_event(self, event: Event) -> None:
        """Note a user's mark.

        :raises MarksFullError: there is no room for more; the stream goes on.
        """

    def add_captures(self, run: CapturedRun) -> None:
        """Note which of the samples that were written last are captures."""

    def update(self, health: Health) -> None:
        """Publish running totals, a few times a second.

        :raises Exception: the native sink failed; only this object knows why.
        """

    def hasten(self) -> None:
        """Wait no longer for what may pass, the end is wanted; from any thread, at any time."""

    def close(self, outcome: Outcome) -> None:
        """Finish; called once after ``open``, also when the stream failed."""
