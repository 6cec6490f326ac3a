"""How fast this computer's disk takes data, and which recordings that carries."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from ..quantities import size
from ..system.files import free_bytes, sync_data
from ..system.memory import free_memory
from ..system.patience import reason
from .finding import Finding, Verdict

_CHUNK_BYTES = 4 * 2**20
_LONGEST_S, _MOST_BYTES, _LEFT_BYTES = 3.0, 2 * 10**9, 10**9

#: Bytes a second of full-rate recordings.
_NEEDS = {
    "125 MS/s at 8 bit": 125e6,
    "62.5 MS/s at 12 bit and more": 125e6,
    "125 MS/s stored as 16 bit": 250e6,
}


def check_machine(folder: Path) -> Finding:
    """Write and sync for some seconds beside where recordings go; nothing is left."""
    try:
        largest = min(_MOST_BYTES, free_bytes(folder) - _LEFT_BYTES)
        if largest < 10 * _CHUNK_BYTES:
            text = f"Less than {size(_LEFT_BYTES)} are free in {folder}."
            return Finding("disk", Verdict.BAD, text)
        speed = _write_speed(folder, largest)
    except OSError as error:
        return Finding("disk", Verdict.BAD, f"{folder} cannot be written to ({reason(error)}).")
    memory = free_memory().n_bytes
    carried = [what for what, needed in _NEEDS.items() if speed > 1.2 * needed]
    facts = {"disk_bytes_per_s": speed, "free_memory_bytes": memory}
    buffer_s = 0.5 * memory / max(_NEEDS.values())
    text = (
        f"The disk takes {size(speed)}/s: "
        + (f"enough for {', '.join(carried)}. " if carried else "not enough for full rates. ")
        + f"{size(memory)} of memory are free: a buffer of {buffer_s:.0f} s at most."
    )
    return Finding("disk", Verdict.GOOD if carried else Verdict.NOTE, text, facts)


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
