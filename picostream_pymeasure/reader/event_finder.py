"""Finds the events of a recording, in blocks on all cores.

What a block holds depends on the block before only where an event reaches across the seam: then it
is searched again from there, so that the result is that of one search from begin to end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import EventRule
from ..errors import ConfigurationError
from ..kernels import events as kernel
from .found_events import FoundEvents
from .metadata import Metadata
from .source import Source

_BLOCK_SAMPLES = 2**22
_LIMIT_SAMPLES = 2**40


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
        metadata = source.channels[self._channel].metadata
        self._volts = _Volts(metadata)
        interval_s = source.interval_s
        self._window = _samples(rule.baseline_s, interval_s, 1)
        self._kernel_rule = self._volts.kernel_rule(rule, interval_s, source)
        self._block = self._window * max(1, _BLOCK_SAMPLES // self._window)

    def find(self, progress: Callable[[int, int], None] | None = None) -> FoundEvents:
        """Search the whole recording.

        :param progress: called with samples searched and to search.
        :raises StorageError: the recording cannot be read.
        """
        stop = self._source.num_samples
        state = np.zeros(1, kernel.STATE)
        found = []
        for begin, future in self._blocks(stop):
            block = future.result()
            if state["side"][0] != kernel.IDLE:
                block = self._search(begin, min(begin + self._block, stop), state)
            found.append(block.events)
            state = block.state
            if progress is not None:
                progress(min(begin + self._block, stop), stop)
        last = np.zeros(1, kernel.EVENT)
        n_last = kernel.finish_search(state, stop, self._kernel_rule["shortest"], last)
        return self._table(np.concatenate((*found, last[:n_last])))

    def _blocks(self, stop: int) -> Iterator[tuple[int, Future[_Found]]]:
        """Each block's begin and its search from outside of an event, a few at a time."""
        n_workers = os.cpu_count() or 1
        with ThreadPoolExecutor(n_workers, "picostream-events") as pool:
            begins = range(0, stop, self._block)
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
        window, rule = self._window, self._kernel_rule
        first = max(begin - window, 0)
        counts = np.ascontiguousarray(self._source.read_counts(self._channel, first, stop))
        state, limits = state.copy(), np.zeros(1, kernel.LIMITS)
        rows = np.zeros(min(window, stop - begin) // 2 + 1, kernel.EVENT)
        found = [rows[:0]]
        for start in range(begin, stop, window):
            before = max(start - window, 0) - first
            kernel.find_limits(counts[before : before + window], rule, limits)
            part = counts[start - first : min(start + window, stop) - first]
            n_events = kernel.search_window(part, start, limits[0], state, rule, rows)
            found.append(rows[:n_events].copy())
        return _Found(np.concatenate(found), state)

    def _table(self, events: NDArray[np.void]) -> FoundEvents:
        source, volts = self._source, self._volts
        interval_s, rule = source.interval_s, self._rule
        hold_off = _samples(rule.hold_off_s, interval_s, 0)
        second = _samples(1.0, interval_s, 1)
        most = int(min(rule.max_rate_hz, 2**62))
        kept = events[kernel.select(events, hold_off, second, most)]
        starts, samples = kept["start"], kept["stop"] - kept["start"]
        area = (kept["total"] - samples * kept["baseline"]) * volts.per_count
        return FoundEvents(
            rule=rule,
            start_sample=starts,
            samples=samples,
            start_s=source.timeline.times_of(starts),
            duration_s=samples * interval_s,
            amplitude_v=(kept["extreme"] - kept["baseline"]) * volts.per_count,
            area_vs=area * interval_s,
            baseline_v=volts.of(kept["baseline"]),
            sigma_v=kept["sigma"] * volts.per_count,
            is_cut=kept["is_cut"].astype(bool),
            at_gap=_at_gap(source.gaps["sample_index"], starts, kept["stop"]),
            passed_over=len(events) - len(kept),
        )


def _at_gap(
    gaps: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a gap lies before one of the samples, or directly behind the last."""
    before = np.searchsorted(gaps, starts, side="left")
    return np.asarray(np.searchsorted(gaps, stops, side="right") > before)


def _samples(seconds: float, interval_s: float, least: int) -> int:
    return int(min(max(round(seconds / interval_s), least), _LIMIT_SAMPLES))


class _Volts:
    """How counts of a channel are volts."""

    def __init__(self, metadata: Metadata) -> None:
        if metadata.is_digital:
            raise ConfigurationError("Events are looked for on analogue channels only.")
        self.per_count = metadata.scale_mv * 1e-3
        self._offset_v = metadata.analog_offset_v

    def of(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return counts * self.per_count - self._offset_v

    def kernel_rule(self, rule: EventRule, interval_s: float, source: Source) -> Any:
        record = np.zeros(1, kernel.RULE)[0]
        record["rises"], record["falls"] = rule.direction != "falling", rule.direction != "rising"
        record["scale"] = (
            kernel.SIGMAS
            if rule.in_sigma
            else kernel.DEVIATION
            if rule.direction == "either"
            else kernel.LEVEL
        )
        for name, relaxed in (("keep", 0.0), ("detect", rule.hysteresis_value)):
            record[name] = self._amount(rule, relaxed)
        record["least_sigma"] = _step(source) / np.sqrt(12.0)
        record["shortest"] = _samples(rule.min_width_s, interval_s, 1)
        record["longest"] = _samples(rule.max_width_s, interval_s, 1)
        return record

    def _amount(self, rule: EventRule, relaxed: float) -> float:
        if rule.in_sigma:
            return rule.threshold - relaxed
        if rule.direction == "either":
            return (rule.threshold - relaxed) / self.per_count
        level_v = rule.threshold + (relaxed if rule.direction == "falling" else -relaxed)
        return (level_v + self._offset_v) / self.per_count


def _step(source: Source) -> int:
    """Counts from one value of the converter to the next: what it cannot tell is noise."""
    bits = source.recording.attributes.get("resolution_bits")
    n_bytes = source.read_counts(next(iter(source.channels)), 0, 0).itemsize
    return 1 << (8 * n_bytes - bits) if isinstance(bits, int) and 0 < bits <= 8 * n_bytes else 1
