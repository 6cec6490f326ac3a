"""What Python tells a recording, in the form in which native code takes it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records import (
    CAPTURE_DTYPE,
    EVENT_VALUES,
    GAP_MESSAGE_DTYPE,
    GAP_NUMBERS,
    HEALTH_MESSAGE_DTYPE,
    STRETCH_DTYPE,
    Block,
    CapturedRun,
    Gap,
    Health,
)


def stretch_message(block: Block) -> NDArray[Any]:
    """A stretch of samples, which must outlive the message."""
    rows = block.rows
    row = (block.first_sample, block.count, rows.ctypes.data, rows.strides[0])
    return np.array([row], STRETCH_DTYPE)


def gap_message(gap: Gap, cause_address: int) -> NDArray[Any]:
    """A gap.

    :param cause_address: where the text of its cause is, ``CAUSE_BYTES`` long.
    """
    numbers = (getattr(gap, name) for name in GAP_NUMBERS)
    return np.array([(*numbers, round(gap.noticed_s * 1e9), cause_address)], GAP_MESSAGE_DTYPE)


def health_message(health: Health) -> NDArray[Any]:
    """Running totals."""
    message = np.zeros(1, HEALTH_MESSAGE_DTYPE)
    message["host_ns"] = round(health.elapsed_s * 1e9)
    message["received"], message["lost"] = health.received, health.lost
    message["gaps"], message["pool_permille"] = health.gaps, round(1000 * health.pool_fill)
    for name, count in health.over_range.items():
        message[f"over_range_{name}"] = count
    return message


def capture_rows(run: CapturedRun) -> NDArray[Any]:
    """Rows of the table, of :data:`~...records.CAPTURE_DTYPE`."""
    rows = np.zeros(len(run.first_samples), CAPTURE_DTYPE)
    rows["stream_sample"] = -1
    for name in EVENT_VALUES:
        rows[name] = np.nan
    rows["first_sample"], rows["samples"] = run.first_samples, run.samples
    rows["trigger_sample"], rows["time_s"] = run.trigger_samples, run.times_s
    rows["offset_s"], rows["over_range"] = run.offsets_s, run.over_range
    rows["run"] = run.number
    return rows
