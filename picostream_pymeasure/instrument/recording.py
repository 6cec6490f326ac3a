"""The sink of a stream that is recorded into a file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from ..config import StreamConfig
from ..errors import ConfigurationError
from ..storage import DEFAULT_RESERVE_BYTES, LiveRecorder, Recorder
from . import checks

if TYPE_CHECKING:
    from ..records import Sink

_MAX_LIVE_ONLY_S = 366 * 86400.0


def is_sink(target: Any) -> TypeGuard[Sink]:
    """Whether it takes samples itself rather than being the name of a file."""
    return all(hasattr(target, method) for method in ("open", "write", "add_gap", "close"))


def recorder_for(
    path: Any,
    config: StreamConfig,
    *,
    live_only: float | None,
    compression: str,
    force: bool,
    reserve_bytes: int | None,
) -> Recorder:
    """Make the recorder of a file, after all checks that can be made before the stream.

    :param path: name of the file, or None for one with the time.
    :raises ConfigurationError: a value that is not allowed.
    :raises StorageError: the file cannot be made, or the disk has no room for it.
    """
    force = checks.flag("force", force)
    reserve = DEFAULT_RESERVE_BYTES if reserve_bytes is None else reserve_bytes
    reserve = checks.whole_number("reserve_bytes", reserve, 0, 2**63)
    file = _path(path)
    if live_only is None:
        recorder = Recorder(file, force=force, reserve_bytes=reserve, compression=compression)
    elif compression == "none":
        seconds = checks.number("live_only", live_only, 1e-3, _MAX_LIVE_ONLY_S, "s")
        recorder = LiveRecorder(file, seconds, force=force, reserve_bytes=reserve)
    else:
        raise ConfigurationError("A live-only file is never compressed.")
    recorder.check()
    n_samples = config.largest_samples(config.requested_interval_ns)
    if live_only is None and n_samples is not None:
        recorder.require_space(n_samples * config.bytes_per_sample)
    return recorder


def _path(path: Any) -> Path:
    if path is None:
        return Path(f"picostream_{datetime.now():%Y%m%d_%H%M%S}.hdf5")
    if isinstance(path, str | os.PathLike) and os.fspath(path) and "\0" not in os.fspath(path):
        return Path(path)
    raise ConfigurationError(f"A recording needs the name of a file, not {path!r}.")
