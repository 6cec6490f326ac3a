"""The sink that keeps the events of a stream in another sink, or counts them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import KeepConfig, StreamConfig
from ..records import Event, Health, NativeSink, Outcome, Sink, StreamDescription
from .totals import KeptTotals

if TYPE_CHECKING:
    from .memory import KeeperMemory


class KeepingSink(Sink):
    """Stores of a stream what lies around its events.

    Indices of gaps, clock and marks stay those of the stream; rows of captures say where in it
    the samples that are stored belong.

    :param config: of the stream; its ``keep`` says what is kept.
    :param behind: a sink in native code that stores it, such as a recorder; None only counts.
    :raises ConfigurationError: the memory does not suffice.
    """

    def __init__(self, config: StreamConfig, behind: Sink | None) -> None:
        assert config.keep is not None
        from .memory import require_memory

        require_memory(config)
        self._keep: KeepConfig = config.keep
        self._behind = behind
        self._memory: KeeperMemory | None = None
        self._last = KeptTotals()

    @property
    def path(self) -> Path | None:
        """The file that is recorded, or None."""
        return getattr(self._behind, "path", None)

    @property
    def totals(self) -> KeptTotals:
        """What was found and kept so far."""
        memory = self._memory
        if memory is None:
            return self._last
        return KeptTotals(
            samples=memory["received"],
            stored=memory["file_next"],
            found=memory["found"],
            kept=memory["kept"],
            cut=memory["cut"],
            passed_over=memory["passed_over"],
        )

    def prepare(self) -> None:
        """Load the native code, and at the very first time compile it."""
        from . import entry  # noqa: F401 - the import is what takes time

        if self._behind is not None:
            self._behind.prepare()

    def open(self, description: StreamDescription) -> NativeSink:
        """Get ready; see :class:`~picostream_pymeasure.records.Sink`."""
        from .entry import keeping_sink
        from .memory import KeeperMemory

        native = None
        if self._behind is not None:
            native = self._behind.open(replace(description, keep=self._keep))
            assert native is not None, "events are kept by native code alone"
        self._memory = KeeperMemory(self._keep, description, native)
        return NativeSink(keeping_sink.address, self._memory.context)

    def add_event(self, event: Event) -> None:
        """Note a user's mark."""
        if self._behind is not None:
            self._behind.add_event(event)

    def update(self, health: Health) -> None:
        """Publish running totals.

        :raises Exception: the sink behind failed.
        """
        if self._behind is not None:
            self._behind.update(health)

    def hasten(self) -> None:
        """Wait no longer for what may pass."""
        if self._behind is not None:
            self._behind.hasten()

    def close(self, outcome: Outcome) -> None:
        """Store what is open, and finish."""
        if self._memory is not None:
            from .entry import finish_keeping

            finish_keeping(self._memory.context)
            # what was not kept is a lot of memory
            self._last, self._memory = self.totals, None
        if self._behind is not None:
            self._behind.close(outcome)
