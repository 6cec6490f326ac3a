"""Files that get their name only when they are whole."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import secrets
import sys
from pathlib import Path

from .files import allow_holes, set_length, sync_data, sync_folder
from .patience import patiently

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
_UNNAMED = getattr(os, "O_TMPFILE", 0)
_OPEN_FILES = Path("/proc/self/fd")

#: What file systems without links, or kernels without unnamed files, answer.
_NO_LINKS = {
    errno.EPERM,
    errno.ENOSYS,
    errno.EOPNOTSUPP,
    errno.EMLINK,
    errno.EXDEV,
    errno.EINVAL,
    errno.ENOENT,
    errno.EISDIR,
}


class UnnamedFile:
    """A new file without a name, or with one that nobody looks for.

    :param path: the name that it will get, in the same folder.
    :raises OSError: as the system refuses it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name: Path | None = None
        self.descriptor = self._open()
        allow_holes(self.descriptor)

    def _open(self) -> int:
        if _UNNAMED and _OPEN_FILES.is_dir():
            with contextlib.suppress(OSError):
                return os.open(self._path.parent, os.O_RDWR | _UNNAMED | _BINARY, 0o666)
        temporary = self._path.with_name(f".{self._path.name[:64]}.{secrets.token_hex(4)}.part")
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        self._name = temporary
        return descriptor

    def fill(self, content: bytes, n_bytes: int) -> None:
        """Write how it begins, give the file its length, force it to the disk."""
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]
        set_length(self.descriptor, n_bytes)
        sync_data(self.descriptor)

    def give_name(self, *, replace: bool) -> None:
        """Let it appear under its name, whole, and force that to the disk.

        :raises FileExistsError: the name is taken, and ``replace`` was not given.
        """
        if sys.platform == "win32":  # an open file cannot be renamed
            self._close()
        if replace:
            self._replace()
        else:
            self._link()
        self._name = self._path  # what fails from now on leaves nothing either
        if sys.platform == "win32":
            self.descriptor = patiently(lambda: os.open(self._path, os.O_RDWR | _BINARY))
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Let nothing be left of it; what hinders that is not why it is discarded."""
        steps = [self._remove, self._close]  # its lock keeps the name until it is gone
        if sys.platform == "win32":  # an open file cannot be removed
            steps.reverse()
        for step in steps:
            with contextlib.suppress(OSError):
                step()

    def _remove(self) -> None:
        if self._name is not None:
            patiently(self._name.unlink)

    def _close(self) -> None:
        """Close it once: its number may be another file's afterwards."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _link(self) -> None:
        if self._name is None:
            self._link_unnamed(self._path)
            return
        if sys.platform == "win32":
            patiently(functools.partial(self._name.rename, self._path))
            return
        try:
            os.link(self._name, self._path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # without links there is no indivisible way; the name was free a moment ago
            if os.path.lexists(self._path):
                raise FileExistsError(errno.EEXIST, "exists", str(self._path)) from error
            self._name.rename(self._path)
        else:
            self._name.unlink()

    def _replace(self) -> None:
        if self._name is None:
            path = self._path.with_name(f".{self._path.name[:64]}.{secrets.token_hex(4)}.part")
            self._link_unnamed(path)
            self._name = path
        patiently(functools.partial(self._name.replace, self._path))

    def _link_unnamed(self, path: Path) -> None:
        # with a folder's descriptor, which an absolute path does not need, Python follows the link
        source = f"{_OPEN_FILES}/{self.descriptor}"
        os.link(source, path, src_dir_fd=self.descriptor, follow_symlinks=True)
