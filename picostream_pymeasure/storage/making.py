"""Makes the recorder of a file, after all checks that can be made before the stream."""

from __future__ import annotations

from pathlib import Path

from ..config import CaptureConfig, StreamConfig
from ..errors import ConfigurationError
from .schema import MOST_CAPTURES
from .target import DEFAULT_RESERVE_BYTES
from .writing import Recorder

#: No samples are packed to less than this part: LZ4 takes a byte for each 255 that are alike.
_BEST_PACKING = 255


def make_recorder(
    path: Path,
    config: StreamConfig,
    *,
    live_only_s: float | None = None,
    compress: bool = False,
    force: bool = False,
    reserve_bytes: int = DEFAULT_RESERVE_BYTES,
) -> Recorder:
    """Make the recorder of a stream; nothing is touched yet.

    :param live_only_s: keep only the newest so many seconds; None keeps all.
    :param compress: pack the samples while they are recorded.
    :param force: replace an existing file.
    :param reserve_bytes: stop while this much is left on the disk.
    :raises ConfigurationError: a value that is not allowed, or a live-only file is to keep events.
    :raises StorageError: the file cannot be made, or the disk has no room for it.
    """
    if live_only_s is not None and config.keep is not None:
        raise ConfigurationError(
            "A live-only file keeps the newest seconds, another one the events; choose one of them."
        )
    if compress and (live_only_s is not None or config.keep is not None):
        raise ConfigurationError(
            "A recording is compressed if it keeps the whole stream; live-only files and those of "
            "events are not. Those of events can be compressed afterwards, by picostream compress."
        )
    recorder = Recorder(
        path, force=force, reserve_bytes=reserve_bytes, live_only_s=live_only_s, compress=compress
    )
    recorder.check()
    n_samples = config.largest_samples(config.requested_interval_ns)
    if live_only_s is None and config.keep is None and n_samples is not None:
        n_bytes = n_samples * config.bytes_per_sample
        recorder.require_space(n_bytes // _BEST_PACKING if compress else n_bytes)
    return recorder


def make_capture_recorder(
    path: Path,
    config: CaptureConfig,
    *,
    force: bool = False,
    reserve_bytes: int = DEFAULT_RESERVE_BYTES,
) -> Recorder:
    """Make the recorder of triggered captures; nothing is touched yet.

    :param force: replace an existing file.
    :param reserve_bytes: stop while this much is left on the disk.
    :raises ConfigurationError: more captures than a file lists.
    :raises StorageError: the file cannot be made, or the disk has no room for it.
    """
    if config.captures > MOST_CAPTURES:
        raise ConfigurationError(
            f"A file holds at most {MOST_CAPTURES} captures, not {config.captures}; use several."
        )
    recorder = Recorder(path, force=force, reserve_bytes=reserve_bytes)
    recorder.check()
    recorder.require_space(config.total_bytes)
    return recorder
