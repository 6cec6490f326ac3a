"""Where compiled code is kept between two starts.

numba keeps it beside the sources or in the user's cache, and where it can write to neither it
does not compile at all. Then it gets a folder of this process alone: one that others could write
to would let them run their code in ours.

numba looks at the file of a function, not at those of the functions it calls. In a copy of the
repository, where single files change, code that was compiled against others is deleted, wherever
it is kept: of records that have changed it would make a crash.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha1
from itertools import chain
from pathlib import Path

#: numba's own variable for the folder.
VARIABLE = "NUMBA_CACHE_DIR"

_CACHE = "__pycache__"
_COMPILED = "*.nb[ci]"


def prepare(package: Path) -> None:
    """Make sure that code can be compiled, and is of these sources; before numba is imported.

    :param package: the folder of the sources; a standalone program has none.
    """
    places = [Path(folder)] if (folder := os.environ.get(VARIABLE)) else []
    if package.is_dir():
        _forget_others(package)
        places.append(package / _CACHE)
    if any(map(_takes_files, (*places, *_user_caches()))):
        return
    _use_own()


def _use_own() -> None:
    import atexit
    import logging
    import shutil
    import tempfile

    own = tempfile.mkdtemp(prefix="picostream-")
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    os.environ[VARIABLE] = own
    logging.getLogger(__name__).warning(
        "Compiled code cannot be kept (neither the package's folder nor the user's cache can be "
        "written to), so every start takes longer. Set %s to a folder of yours.",
        VARIABLE,
    )


def _forget_others(package: Path) -> None:
    """Delete what was compiled from other sources than those that are there now."""
    sources = [entry.stat() for entry in _sources(package)]
    stamp = f"{len(sources)} {sum(one.st_mtime_ns for one in sources)}"
    folders = [Path(named)] if (named := os.environ.get(VARIABLE)) else []
    try:
        _forget(package / _CACHE, stamp, package.rglob(f"{_CACHE}/{_COMPILED}"))
    except OSError:  # its code is in the user's cache
        folders = folders or list(_user_caches())
    for folder in folders:
        kept = (folder / _name_in_cache(path.parent) for path in package.rglob("*.py"))
        compiled = chain.from_iterable(one.glob(_COMPILED) for one in kept)
        with suppress(OSError):
            _forget(folder / _name_in_cache(package), stamp, compiled)


def _forget(noted_in: Path, stamp: str, compiled: Iterable[Path]) -> None:
    noted = noted_in / "sources.txt"
    if noted.exists() and noted.read_text() == stamp:
        return
    for file in compiled:
        file.unlink(missing_ok=True)
    noted_in.mkdir(parents=True, exist_ok=True)
    noted.write_text(stamp)


def _name_in_cache(folder: Path) -> str:
    """As numba calls what it keeps of a folder's functions elsewhere."""
    digest = sha1(str(folder.absolute()).encode(), usedforsecurity=False)
    return f"{folder.name}_{digest.hexdigest()}"


def _sources(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as listed:
        entries = list(listed)  # so that folders in folders need no more open files than one
    for entry in entries:
        if entry.name.endswith(".py"):
            yield entry
        elif entry.name != _CACHE and entry.is_dir():
            yield from _sources(Path(entry.path))


def _takes_files(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{os.getpid()}.tmp"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


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
