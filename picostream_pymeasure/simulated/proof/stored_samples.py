"""The samples of a file beside the stream they were recorded from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .alignment import StreamValues

#: Samples that are compared at a time: at first, and at most.
_FIRST_PIECE, _LARGEST_PIECE = 1 << 10, 1 << 20
#: Where losses follow each other closely the same stretches are looked at again and again.
_KEPT_SAMPLES, _KEPT_STRETCHES = 1 << 13, 64


class Provable(Protocol):
    """What the proof needs to know of a recording."""

    @property
    def attributes(self) -> Any:
        """``json(name)`` and ``whole(name, least, most)``, numbers that were checked."""

    @property
    def gaps(self) -> NDArray[Any]:
        """Structured, as :func:`~.listed_gaps.list_gaps` takes them."""

    @property
    def captures(self) -> NDArray[Any]:
        """Rows of ``/captures``; none of a stream."""

    @property
    def runs(self) -> Any:
        """Where only events are kept: index in the file ``first_samples`` and in what was received
        ``stream_samples`` of the first sample of each stretch, and ``stop`` of the last; or None.
        """

    @property
    def channels(self) -> Mapping[str, Any]:
        """Name -> an object with ``counts.read(start, stop)``."""

    @property
    def first_stream_sample(self) -> int:
        """Index in the stream of the first sample."""

    @property
    def missing_before(self) -> int:
        """Samples told as missing before that one of a live-only file, which that counts."""

    @property
    def values_per_sample(self) -> int:
        """Two in aggregate mode."""

    @property
    def stored_interval_ns(self) -> float:
        """Between stored samples."""


class StoredSamples:
    """Compares a recording with a stream, on all channels.

    An *offset* is what a sample's index in the stream has more than its index in what was received.
    In a file that is whole that one is the index in the file; where only events are kept, what lies
    between them was received as well.

    :param stream: what was delivered, as int16.
    """

    def __init__(self, recording: Provable, stream: StreamValues) -> None:
        self._recording = recording
        self._computed = stream
        self._stretch = lru_cache(_KEPT_STRETCHES)(
            lambda channel, number: stream(channel, number * _KEPT_SAMPLES, _KEPT_SAMPLES)
        )
        runs = recording.runs
        self._begins: list[int] = [0] if runs is None else runs.first_samples.tolist()
        self._received: list[int] = [0] if runs is None else runs.stream_samples.tolist()

    def received(self, position: int) -> int:
        """Index in what was received of a sample of the file."""
        run = bisect_right(self._begins, position) - 1
        return position + self._received[run] - self._begins[run]

    def received_before(self, position: int) -> int:
        """The same of the first sample behind the one before it."""
        return self.received(position - 1) + 1 if position else 0

    def stop_of_run(self, position: int, stop: int) -> int:
        """Up to where samples from ``position`` on were received in a row, at most ``stop``."""
        run = bisect_right(self._begins, position)
        return min([stop, *self._begins[run : run + 1]])

    def stream(self, channel: str, first: int, count: int) -> NDArray[np.int16]:
        """What was delivered; of short pieces more is computed than asked for, and kept."""
        if count > _KEPT_SAMPLES * _KEPT_STRETCHES // 2:
            return self._computed(channel, first, count)
        begin = first // _KEPT_SAMPLES
        stop = max(-(-(first + count) // _KEPT_SAMPLES), begin + 1)
        stretches = [self._stretch(channel, number) for number in range(begin, stop)]
        width = self._recording.values_per_sample
        skipped = (first - begin * _KEPT_SAMPLES) * width
        whole = stretches[0] if len(stretches) == 1 else np.concatenate(stretches)
        return whole[skipped : skipped + count * width]

    def agreement(self, first: int, stop: int, offset: int) -> tuple[int, str]:
        """How many samples from ``first`` on lie in the stream with that offset.

        :return: at most ``stop - first``; and the channel that ends it, or ``""``.
        """
        position, size = first, _FIRST_PIECE
        while position < stop:
            count = self.stop_of_run(position, min(position + size, stop)) - position
            right = {
                channel: self._right(channel, position, count, offset)
                for channel in self._recording.channels
            }
            channel = min(right, key=right.__getitem__)
            position += right[channel]
            if right[channel] < count:
                return position - first, channel
            size = min(2 * size, _LARGEST_PIECE)
        return stop - first, ""

    def fits(self, first: int, count: int, offset: int) -> bool:
        """Whether so many samples from ``first`` on are those."""
        return self.agreement(first, first + count, offset)[0] == count

    def _right(self, channel: str, first: int, count: int, offset: int) -> int:
        expected = self.stream(channel, self.received(first) + offset, count)
        differs = self._values(channel, first, count) != expected
        if not differs.any():
            return count
        return int(differs.argmax()) // self._recording.values_per_sample

    def heads(self, first: int, count: int) -> dict[str, NDArray[np.int16]]:
        """Channel -> samples from ``first`` on, shape ``(count, values_per_sample)``."""
        return {
            channel: self._values(channel, first, count).reshape(count, -1)
            for channel in self._recording.channels
        }

    def _values(self, channel: str, first: int, count: int) -> NDArray[np.int16]:
        width = self._recording.values_per_sample
        counts = self._recording.channels[channel].counts
        return _as_delivered(counts.read(first * width, (first + count) * width))


def _as_delivered(stored: NDArray[Any]) -> NDArray[np.int16]:
    """Counts as the driver scales them: 8-bit samples of one byte lack the low byte."""
    if stored.dtype == np.int8:
        return stored.astype(np.int16) * np.int16(256)
    return stored.astype(np.int16, copy=False)
