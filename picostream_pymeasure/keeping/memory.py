"""Makes the record of :mod:`.context` for a stream, and keeps its memory alive."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import CHANNEL_NAMES, ChannelConfig, KeepConfig, StreamConfig, highest_count
from ..kernels.events import EVENT, LIMITS, STATE
from ..records import CAPTURE_DTYPE, NativeSink, StreamDescription
from ..system import memory
from .context import (
    FIRST_BIN_SAMPLES,
    GAP_NOTE,
    KEEPER,
    OVERVIEW_BINS,
    PIECE_SAMPLES,
    RECENT_GAPS,
    RECENT_ROWS,
)
from .rules import converter_step, kernel_rule, pace_of, samples_in

_MESSAGE_BYTES = 128


def require_memory(config: StreamConfig) -> None:
    """Refuse a stream whose events need more memory than there is.

    :raises ConfigurationError: says how much is needed and what to do.
    """
    keep = config.keep
    assert keep is not None
    interval_s = config.requested_interval_ns * config.downsample_ratio * 1e-9
    needed = _capacity(keep, interval_s) * config.bytes_per_sample
    memory.require(
        needed,
        "The events with what lies before them need",
        "use a shorter time before them, a shorter greatest width, or a shorter baseline",
    )


def _capacity(keep: KeepConfig, interval_s: float) -> int:
    """Samples that must be there still when an event is found, in whole windows of the baseline."""
    rule = keep.rule
    window = samples_in(rule.baseline_s, interval_s, 1)
    longest = samples_in(rule.max_width_s, interval_s, 1)
    history = samples_in(keep.before_s, interval_s, 0) + longest + 2
    return window * (-(-(history + PIECE_SAMPLES) // window) + 2)


class KeeperMemory:
    """All that the native search reads and changes.

    :param sink: where it hands on what is kept; None lets it count only.
    """

    def __init__(
        self, keep: KeepConfig, description: StreamDescription, sink: NativeSink | None
    ) -> None:
        self._kept: list[NDArray[Any]] = []
        interval_s = description.stored_interval_ns * 1e-9
        inputs = description.config.inputs
        channel = next(row for row in description.config.channels if row.name == keep.rule.channel)
        item_bytes = np.dtype(description.counts_dtype).itemsize
        scale = channel.count_scale(description.max_adc)
        capacity = _capacity(keep, interval_s)
        bits = [
            1 << CHANNEL_NAMES.index(row.name) if isinstance(row, ChannelConfig) else 0
            for row in inputs
        ]
        gaps = np.full(RECENT_GAPS, -1, GAP_NOTE)
        self.record = np.zeros(1, KEEPER)
        self._set(
            function=sink.function if sink else 0,
            context=sink.context if sink else 0,
            n_inputs=len(inputs),
            item_bytes=item_bytes,
            searched_row=inputs.index(channel),
            highest=highest_count(description.config.resolution_bits, description.max_adc),
            ring_address=self._memory(np.empty(len(inputs) * capacity * item_bytes, np.uint8)),
            capacity=capacity,
            window=samples_in(keep.rule.baseline_s, interval_s, 1),
            before=samples_in(keep.before_s, interval_s, 0),
            after=samples_in(keep.after_s, interval_s, 0),
            bits_address=self._memory(np.array(bits, np.int64)),
            limits_address=self._memory(np.zeros(1, LIMITS)),
            state_address=self._memory(np.zeros(1, STATE)),
            events_address=self._memory(np.zeros(PIECE_SAMPLES + 1, EVENT)),
            rows_address=self._memory(np.zeros(RECENT_ROWS, CAPTURE_DTYPE)),
            gaps_address=self._memory(gaps),
            message_address=self._memory(np.zeros(_MESSAGE_BYTES, np.uint8)),
            bins_address=self._memory(
                np.zeros(len(inputs) * OVERVIEW_BINS * 2 * item_bytes, np.uint8)
            ),
            samples_per_bin=FIRST_BIN_SAMPLES,
            interval_s=interval_s,
            volts_per_count=scale.volts_per_count,
            offset_v=scale.offset_v,
            rule=kernel_rule(
                keep.rule,
                interval_s,
                scale,
                converter_step(description.config.resolution_bits, item_bytes),
            ),
            pace=pace_of(keep.rule, interval_s),
        )

    @property
    def context(self) -> int:
        """Address of the record."""
        return int(self.record.ctypes.data)

    def __getitem__(self, name: str) -> int:
        """A field of the record."""
        return int(self.record[name][0])

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            self.record[name][0] = value

    def _memory(self, array: NDArray[Any]) -> int:
        self._kept.append(array)
        return int(array.ctypes.data)
