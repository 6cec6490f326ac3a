"""The sink of a stream that is recorded into a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import CaptureConfig, EventRule, KeepConfig, StreamConfig
from ..errors import ConfigurationError, shown
from ..keeping import KeepingSink
from ..reader import parse_keep
from ..storage import DEFAULT_RESERVE_BYTES, MAX_LIVE_ONLY_S, path_with_time
from . import checks

if TYPE_CHECKING:
    from ..storage import Recorder


def recorder_for(
    path: Any,
    config: StreamConfig,
    *,
    live_only: float | None,
    compress: bool,
    force: bool,
    reserve_bytes: int | None,
) -> Recorder | KeepingSink:
    """Make the recorder of a file from what a user gave, see :func:`~.storage.make_recorder`.

    Where only events are kept, it comes with what finds them.

    :param path: name of the file, or None for one with the time.
    :param live_only: s, or None.
    :param compress: while it is recorded.
    :param reserve_bytes: None for the usual.
    :raises ConfigurationError: a value that is not allowed.
    :raises StorageError: the file cannot be made, or the disk has no room for it.
    """
    from ..storage import make_recorder  # with HDF5 and compiled code

    if live_only is not None:
        live_only = checks.number("live_only", live_only, 1e-3, MAX_LIVE_ONLY_S, "s")
    reserve = DEFAULT_RESERVE_BYTES if reserve_bytes is None else reserve_bytes
    recorder = make_recorder(
        _path(path),
        config,
        live_only_s=live_only,
        compress=checks.flag("compress", compress),
        force=checks.flag("force", force),
        reserve_bytes=checks.whole_number("reserve_bytes", reserve, 0, 2**63),
    )
    return recorder if config.keep is None else KeepingSink(config, recorder)


def keep_config(keep: Any, before: Any, after: Any, **details: float) -> KeepConfig | None:
    """Read which events are to be kept from what a user gave.

    :param keep: a text as ``A:falling:5sigma``, an ``EventRule``, or None for all of the stream.
    :param before: s, ``after`` too.
    :param details: further fields of the rule that a text makes.
    :raises ConfigurationError: with what is allowed.
    """
    if keep is None:
        return None
    if not isinstance(keep, str | EventRule):
        raise ConfigurationError(
            f"What is kept is a text such as 'A:falling:5sigma' or an EventRule, not {shown(keep)}."
        )
    before_s = checks.number("before", before, 0, 3600, "s")
    after_s = checks.number("after", after, 0, 3600, "s")
    if isinstance(keep, EventRule):
        return KeepConfig(keep, before_s, after_s)
    return parse_keep(keep, before_s, after_s, **details)


def capture_recorder(path: Any, config: CaptureConfig, *, force: bool) -> Recorder:
    """Make the recorder of captures, see :func:`~.storage.make_capture_recorder`.

    :raises ConfigurationError: a value that is not allowed.
    :raises StorageError: the file cannot be made, or the disk has no room for it.
    """
    from ..storage import make_capture_recorder

    return make_capture_recorder(_path(path), config, force=checks.flag("force", force))


def _path(path: Any) -> Path:
    if path is None:
        return path_with_time()
    if isinstance(path, str | os.PathLike) and os.fspath(path) and "\0" not in os.fspath(path):
        return Path(path)
    raise ConfigurationError(
        f"A recording needs the name of a file, or an object of a class that derives from Sink, "
        f"not {shown(path)}."
    )
