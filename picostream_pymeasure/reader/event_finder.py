"""Finds the events of a recording, in blocks on all cores.

What a block holds depends on the block before only where an event reaches across the seam: then it
is searched again from there, so that the result is that of one search from begin to end.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import EventRule
from ..errors import ConfigurationError
from ..keeping import converter_step, kernel_rule, pace_of, samples_in
from ..kernels import events as kernel
from .found_events import FoundEvents, is_clipped
from .kept_stream import at_gap
from .source import Source

_BLOCK_SAMPLES = 2**22

#: … and so many windows at most: who ends a search waits for one block.
_BLOCK_WINDOWS = 2**20

#: Events that are taken from the search at once, or more.
_ROWS = 4096


@dataclass(frozen=True)
class _Found:
    """Events of a block, and the state of the search at its end."""

    events: NDArray[np.void]
    state: NDArray[np.void]


class EventFinder:
    """Searches one channel of an open recording.

    :raises ConfigurationError: the recording cannot be searched so; says why.
    """

    def __init__(self, source: Source, rule: EventRule) -> None:
        self._source, self._rule = source, rule
        # PicoStream's own files hold one channel without a name
        self._channel = source.channel_name(None if "" in source.channels else rule.channel)
        if source.values_per_sample != 1:
            raise ConfigurationError(
                "A recording in the down-sampling mode aggregate has no single samples to search."
            )
        if source.stream_timeline is not None:
            raise ConfigurationError(
                "The recording keeps only the events of its stream: reader.captures.events, or "
                "picostream events without a rule."
            )
        metadata = source.channels[self._channel].metadata
        if metadata.is_digital:
            raise ConfigurationError("Events are looked for on analogue channels only.")
        self._scale = metadata.input_scale
        interval_s = source.interval_s
        self.window_samples = samples_in(rule.baseline_s, interval_s, 1)
        self._kernel_rule = kernel_rule(rule, interval_s, self._scale, _step(source))
        n_windows = min(max(1, _BLOCK_SAMPLES // self.window_samples), _BLOCK_WINDOWS)
        self._block = self.window_samples * n_windows

    def find(
        self,
        progress: Callable[[int, int], None] | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> FoundEvents:
        """Search the recording, or a part of it.

        :param progress: called with samples searched and to search.
        :param start: a sample of the first window that is searched …
        :param stop: … and the first one that is not; by default behind the last.
        :raises StorageError: the recording cannot be read.
        """
        start -= start % self.window_samples
        stop = self._source.num_samples if stop is None else stop
        state = np.zeros(1, kernel.STATE)
        found = [np.zeros(0, kernel.EVENT)]
        for begin, future in self._blocks(start, stop):
            block = future.result()
            if state["side"][0] != kernel.IDLE:
                block = self._search(begin, min(begin + self._block, stop), state)
            found.append(block.events)
            state = block.state
            if progress is not None:
                progress(min(begin + self._block, stop) - start, stop - start)
        last = np.zeros(1, kernel.EVENT)
        n_last = kernel.finish_search(state, stop, self._kernel_rule["shortest"], last)
        return self._table(np.concatenate((*found, last[:n_last])))

    def baseline_before(self, index: int) -> tuple[float, float]:
        """Baseline and sigma in V that hold at a sample.

        :raises StorageError: the recording cannot be read.
        """
        window = self.window_samples
        first = max(index // window - 1, 0) * window
        stop = min(first + window, self._source.num_samples)
        counts = np.ascontiguousarray(self._source.read_counts(self._channel, first, stop))
        if not counts.size:
            return math.nan, math.nan
        limits = np.zeros(1, kernel.LIMITS)
        kernel.find_limits(counts, self._kernel_rule, limits)
        baseline_v = float(self._scale.volts(limits["baseline"])[0])
        return baseline_v, float(limits["sigma"][0] * self._scale.volts_per_count)

    def _blocks(self, start: int, stop: int) -> Iterator[tuple[int, Future[_Found]]]:
        """Each block's begin and its search from outside of an event, a few at a time."""
        n_workers = os.cpu_count() or 1
        with ThreadPoolExecutor(n_workers, "picostream-events") as pool:
            begins = range(start, stop, self._block)
            waiting: list[tuple[int, Future[_Found]]] = []
            try:
                for begin in begins:
                    end = min(begin + self._block, stop)
                    idle = np.zeros(1, kernel.STATE)
                    waiting.append((begin, pool.submit(self._search, begin, end, idle)))
                    if len(waiting) > n_workers:
                        yield waiting.pop(0)
                yield from waiting
            finally:
                for _, future in waiting:
                    future.cancel()

    def _search(self, begin: int, stop: int, state: NDArray[np.void]) -> _Found:
        """Search a block; ``begin`` is the begin of a window."""
        window, rule = self.window_samples, self._kernel_rule
        first = max(begin - window, 0)
        counts = np.ascontiguousarray(self._source.read_counts(self._channel, first, stop))
        state, limits = state.copy(), np.zeros(1, kernel.LIMITS)
        rows = np.zeros(max(min(window, stop - begin) + 1, _ROWS), kernel.EVENT)
        found = [rows[:0]]
        while begin < stop:
            n_events, begin = kernel.search_windows(
                counts, first, begin, stop, window, rule, limits, state, rows
            )
            found.append(rows[:n_events].copy())
        return _Found(np.concatenate(found), state)

    def _table(self, events: NDArray[np.void]) -> FoundEvents:
        source, scale = self._source, self._scale
        interval_s, rule = source.interval_s, self._rule
        kept = events[kernel.select_all(events, pace_of(rule, interval_s))]
        starts, samples = kept["start"], kept["stop"] - kept["start"]
        amplitude_v = (kept["extreme"] - kept["baseline"]) * scale.volts_per_count
        baseline_v = scale.volts(kept["baseline"])
        area = (kept["total"] - samples * kept["baseline"]) * scale.volts_per_count
        return FoundEvents(
            rule=rule,
            start_sample=starts,
            samples=samples,
            start_s=source.timeline.times_of(starts),
            duration_s=samples * interval_s,
            amplitude_v=amplitude_v,
            area_vs=area * interval_s,
            baseline_v=baseline_v,
            sigma_v=kept["sigma"] * scale.volts_per_count,
            is_cut=kept["is_cut"].astype(bool),
            is_clipped=is_clipped(scale, source.highest_count, baseline_v, amplitude_v),
            at_gap=at_gap(source.gaps["sample_index"], starts, kept["stop"]),
            passed_over=len(events) - len(kept),
        )


def _step(source: Source) -> int:
    n_bytes = source.read_counts(next(iter(source.channels)), 0, 0).itemsize
    return converter_step(source.recording.attributes.get("resolution_bits"), n_bytes)
