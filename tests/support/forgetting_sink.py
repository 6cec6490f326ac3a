"""A sink for tests that look at something else than samples."""

from __future__ import annotations

from picostream_pymeasure.records import Block, Sink


class ForgettingSink(Sink):
    """Takes everything and keeps nothing."""

    def write(self, block: Block) -> None:
        """Forget a block."""
