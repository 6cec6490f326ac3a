"""How fast this computer's disk takes data, which recordings that carries, and for how long."""

from __future__ import annotations

import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from ..quantities import rough_duration, size
from ..system.files import free_bytes, sync_data
from ..system.memory import free_memory
from ..system.patience import reason
from .finding import Finding, Verdict

_CHUNK_BYTES = 4 * 2**20
_LONGEST_S, _MOST_BYTES, _LEFT_BYTES = 3.0, 2 * 10**9, 10**9

#: What the overview takes, and other programs.
_MARGIN = 1.2
#: Bytes a second of full-rate recordings.
_NEEDS = {
    "125 MS/s at 8 bit or 62.5 MS/s at more bits": 125e6,
    "125 MS/s stored as 16 bit": 250e6,
}


def check_machine(folder: Path) -> Finding:
    """Write and sync for some seconds beside where recordings go; nothing is left."""
    try:
        room = free_bytes(folder) - _LEFT_BYTES
        if room < 10 * _CHUNK_BYTES:
            text = f"Less than {size(_LEFT_BYTES)} are free in {folder}."
            return Finding("disk", Verdict.BAD, text)
        speed = _write_speed(folder, min(_MOST_BYTES, room))
    except OSError as error:
        return Finding("disk", Verdict.BAD, f"{folder} cannot be written to ({reason(error)}).")
    memory = free_memory().plannable_bytes
    rates = {what: _carried(needed, speed, memory, room) for what, needed in _NEEDS.items()}
    facts = {"disk_bytes_per_s": speed, "free_memory_bytes": memory, "rates": rates}
    lines = "; ".join(f"{what} {_how_long(rate)}" for what, rate in rates.items())
    verdict = Verdict.GOOD if any(rate["is_sustained"] for rate in rates.values()) else Verdict.NOTE
    return Finding("disk", verdict, f"The disk takes {size(speed)}/s: {lines}.", facts)


def _carried(needed: float, speed: float, memory: int, room: int) -> dict[str, Any]:
    """Whether the disk follows a rate, and how long such a recording can be.

    :param needed: bytes a second.
    :param speed: of the disk, which must be faster by :data:`_MARGIN`.
    :param memory: bytes that a buffer may take.
    :param room: bytes of the disk.
    """
    behind = needed - speed / _MARGIN
    carried_s = memory / behind if behind > 0 else math.inf
    return {
        "is_sustained": behind <= 0,
        "lasts_s": min(carried_s, room / needed),
        "longest_buffer_s": memory / needed,
    }


def _how_long(rate: dict[str, Any]) -> str:
    lasts, buffer = (rough_duration(rate[name]) for name in ("lasts_s", "longest_buffer_s"))
    if rate["is_sustained"]:
        return f"for {lasts}, until it is full"
    return f"for {lasts} only, with a buffer of {buffer}, the longest that fits"


def _write_speed(folder: Path, largest: int) -> float:
    chunk = os.urandom(_CHUNK_BYTES)
    with tempfile.TemporaryFile(dir=folder, prefix=".selftest-") as file:
        begin_s, written = time.monotonic(), 0
        while written < largest and time.monotonic() - begin_s < _LONGEST_S:
            file.write(chunk)
            written += len(chunk)
        file.flush()
        sync_data(file.fileno())
        return written / (time.monotonic() - begin_s)
