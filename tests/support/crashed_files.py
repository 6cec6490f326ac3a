"""Recordings as a killed program leaves them, and what a power cut does to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, Report, open_recording, verify

from .hdf5.sparse_reading import copy_sparse
from .storage_stream import Stream, describe, finish, gap_at, prove_stream


def crashed(
    path: Path,
    write: Callable[[Stream], None],
    channels: str = "A",
    live_only_s: float | None = None,
    **fields: Any,
) -> int:
    """The file as a killed program leaves it, its sync long ago; samples that were published."""
    recorder = Recorder(path.with_suffix(".open"), live_only_s=live_only_s)
    stream = Stream(recorder, describe(channels, **fields))
    write(stream)
    recorder.update(Health(received=stream.recorder.stored_samples))
    copy_sparse(recorder.path, path)
    samples = recorder.stored_samples
    finish(recorder)
    recorder.path.unlink()
    return samples


def some_blocks(stream: Stream) -> None:
    for number in range(40):
        if number == 30:
            stream.skip(10)
            at = stream.recorder.stored_samples
            stream.recorder.add_gap(gap_at(at, 10, 10, "pool full", 0.0))
        stream.write()


def check(path: Path) -> Report:
    return verify(path, prove=prove_stream)


def is_damaged(path: Path) -> bool:
    """Whether verification says so, or cannot even begin."""
    try:
        return verify(path).exit_code == 1
    except PicoStreamError:
        return True


def plan_of(path: Path) -> Any:
    with open_recording(path) as opened:
        assert opened.planned is not None
        return opened.planned.plan


def forget_the_sync(content: bytearray, plan: Any) -> None:
    """As if nothing had been synced since the start."""
    for name, begin, size in (("state", 96, 8), ("sync", 0, 512)):
        position, _ = plan.fixed[f"recovery/{name}"]
        content[position + begin : position + begin + size] = bytes(size)
    reseal_state(content, plan)


def call_all_synced(content: bytearray, plan: Any) -> None:
    """As if all that was published had been on the disk."""
    position, _ = plan.fixed["recovery/state"]
    content[position + 96 : position + 104] = content[position + 16 : position + 24]
    reseal_state(content, plan)


def reseal_state(content: bytearray, plan: Any) -> None:
    from xxhash import xxh3_64_intdigest

    position, _ = plan.fixed["recovery/state"]
    content[position + 72 : position + 80] = bytes(8)  # long ago
    digest = xxh3_64_intdigest(bytes(content[position : position + 448]))
    content[position + 448 : position + 456] = digest.to_bytes(8, "little")
