"""The file of a recording: made whole, locked, named, and held by its descriptor from then on."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import sys
from pathlib import Path

from ...errors import FileMovedError, OutputExistsError, StorageError
from ...system.file_lock import lock_file
from ...system.files import discard
from ...system.new_file import UnnamedFile
from ...system.patience import patiently
from ..layout import Image

log = logging.getLogger(__name__)

_BINARY = getattr(os, "O_BINARY", 0)


class NamedFile:
    """A new file that bears its name; nobody else may write to it while it is open.

    :param replace: take the place of an existing file, unless somebody uses that. That one has
        another name then, until it is forgotten or put back.
    :raises OutputExistsError: the name is taken, or its file is being recorded.
    :raises OSError: as the system refuses it; nothing is left behind then.
    """

    def __init__(self, path: Path, image: Image, *, replace: bool) -> None:
        self._path = path
        self._replaced: Path | None = None
        unnamed = UnnamedFile(path)
        try:
            unnamed.fill(image.content, image.n_bytes)
            if sys.platform != "win32":
                self._lock(unnamed)
            self._give_name(unnamed, replace)
            if sys.platform == "win32":
                self._lock(unnamed)
            self.descriptor = unnamed.descriptor
            self._identity = os.fstat(self.descriptor)
            self.sync_descriptor = self._open_again()
        except BaseException:
            unnamed.discard()
            self._rename_back()
            raise

    def _lock(self, unnamed: UnnamedFile) -> None:
        if not lock_file(unnamed.descriptor, alone=False):
            log.warning(
                "The drive of %s has no locks: no second program is kept from recording into it.",
                self._path,
            )

    def _give_name(self, unnamed: UnnamedFile, replace: bool) -> None:
        while True:
            old = _lock_existing(self._path) if replace else None
            exists = old is not None or (replace and self._path.is_symlink())  # to nothing
            if old is not None and sys.platform == "win32":  # what is open is not replaced there
                os.close(old)
                old = None
            try:
                self._replaced = _another_name(self._path) if exists else None
                unnamed.give_name(replace=exists)
                return
            except FileExistsError:
                if not replace:
                    raise
            finally:
                if old is not None:
                    os.close(old)

    def _open_again(self) -> int:
        """A descriptor for syncing: on Windows a sync would keep the writes of its own waiting."""
        descriptor = patiently(lambda: os.open(self._path, os.O_RDWR | _BINARY))
        if os.path.samestat(os.fstat(descriptor), self._identity):
            return descriptor
        os.close(descriptor)
        return os.dup(self.descriptor)

    def check(self, least_bytes: int) -> None:
        """Raise if somebody else took, moved or cut off the file.

        :raises StorageError: it was cut off.
        :raises FileMovedError: with where the samples are.
        """
        if os.fstat(self.descriptor).st_size < least_bytes:
            raise StorageError(
                f"{self._path} was cut off by another program while it was recorded."
            )
        try:
            found = self._path.stat()
        except FileNotFoundError:
            where = self._where()
            raise FileMovedError(
                f"{self._path} was {where} while it was recorded, which ended the recording there."
            ) from None
        except OSError:  # nobody can look now, as when a server is away; the writes tell the rest
            return
        if not os.path.samestat(found, self._identity):
            raise FileMovedError(
                f"{self._path} was replaced while it was recorded; the recording was "
                f"{self._where()}."
            )

    def _where(self) -> str:
        """Where the file is now."""
        if os.fstat(self.descriptor).st_nlink == 0:
            return "removed"
        with contextlib.suppress(OSError):
            return f"renamed to {Path(f'/proc/self/fd/{self.sync_descriptor}').readlink()}"
        return "renamed"

    def forget_replaced(self) -> None:
        """Remove the file whose place this one has taken."""
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            discard(replaced)

    def put_back(self) -> bool:
        """Give the file whose place this closed one has taken its name again; False if none has."""
        try:
            is_taken = not os.path.samestat(self._path.stat(), self._identity)
        except OSError:
            is_taken = False
        if is_taken and self._replaced is not None:
            log.warning("What was to be replaced is in %s.", self._replaced)
            self._replaced = None
        return self._rename_back()

    def _rename_back(self) -> bool:
        replaced, self._replaced = self._replaced, None
        if replaced is None:
            return False
        try:
            if self._path.exists() and replaced.samefile(self._path):  # it has both names still
                discard(replaced)
            else:
                patiently(lambda: replaced.replace(self._path))
        except OSError as error:
            log.warning("What was to be replaced is in %s (%s).", replaced, error)
            return False
        return True

    def close(self) -> None:
        """Let go of the file and its lock.

        :raises OSError: the system could not keep what was written.
        """
        try:
            os.close(self.sync_descriptor)
        finally:
            os.close(self.descriptor)


def _another_name(path: Path) -> Path | None:
    """One more name of an existing file, or on drives without links its only one.

    A link that has the name is not followed: what it leads to is not replaced.
    """
    name = path.with_name(f"{path.stem[:40]}.replaced-{secrets.token_hex(4)}{path.suffix[:40]}")
    try:
        os.link(path, name, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except (OSError, NotImplementedError):
        patiently(lambda: path.rename(name))
    return name


def _lock_existing(path: Path) -> int | None:
    """A descriptor that has the existing file alone; None if there is none.

    :raises OutputExistsError: somebody uses it.
    """
    while True:
        try:
            descriptor = os.open(path, os.O_RDONLY | _BINARY)
        except FileNotFoundError:
            return None
        try:
            lock_file(descriptor, alone=True)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise OutputExistsError(
                f"{path} is being recorded, or open in another program; choose another name."
            ) from error
        except FileNotFoundError:
            pass
        os.close(descriptor)
