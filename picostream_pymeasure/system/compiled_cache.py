"""Where compiled code is kept between two starts.

numba keeps it beside the sources or in the user's cache, and where it can write to neither it
does not compile at all. Then it gets a folder of this process alone: one that others could write
to would let them run their code in ours.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

log = logging.getLogger(__name__)

#: numba's own variable for the folder.
VARIABLE = "NUMBA_CACHE_DIR"


def prepare(package: Path) -> None:
    """Make sure that code can be compiled; before numba is imported.

    :param package: the folder that holds the sources of compiled functions.
    """
    named = [Path(folder)] if (folder := os.environ.get(VARIABLE)) else []
    if any(map(_takes_files, (*named, package / "__pycache__", *_user_caches()))):
        return
    own = tempfile.mkdtemp(prefix="picostream-")
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    os.environ[VARIABLE] = own
    log.warning(
        "Compiled code cannot be kept (neither the package's folder nor the user's cache can be "
        "written to), so every start takes longer. Set %s to a folder of yours.",
        VARIABLE,
    )


def _takes_files(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _user_caches() -> Iterable[Path]:
    """Yield the folder that numba takes when it cannot write beside the sources."""
    if sys.platform == "win32":
        if local := os.environ.get("LOCALAPPDATA"):
            yield Path(local, "numba", "Cache")
        return
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises without one
    if sys.platform == "darwin":
        yield home / "Library" / "Caches" / "numba"
    else:
        yield Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "numba"
