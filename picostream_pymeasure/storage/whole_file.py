"""Files that appear under their name when they are whole."""

from __future__ import annotations

import contextlib
import functools
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..system.files import discard, sync_data
from ..system.patience import patiently
from .failures import write_errors
from .target import check_target


@contextlib.contextmanager
def appearing(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Open a file beside ``path`` that takes its name on success and is removed otherwise.

    :param force: replace an existing file.
    :raises OutputExistsError: it exists, and replacing it was not asked for.
    :raises StorageError: it cannot be written.
    """
    part = path.with_name(f".{path.name[:64]}.{secrets.token_hex(4)}.part")
    try:
        with write_errors(path):
            with part.open("x+b") as file:
                yield file
                file.flush()
                sync_data(file.fileno())
            check_target(path, force=force)
            patiently(functools.partial(part.replace, path))
    finally:
        discard(part)
