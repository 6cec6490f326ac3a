"""How much memory may still be taken: the machine's, or less where a limit holds before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..errors import ConfigurationError

#: The C library promises each thread a stack and an arena, 72 MB.
_THREADS_ADDRESSES = 500_000_000

_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class FreeMemory:
    """Memory that may be taken.

    :param n_bytes: how much; the system hands out more, and ends the program when it is used.
    :param limit: what holds, for sentences: empty for the machine itself.
    :param counts_addresses: the limit counts what was promised, used or not.
    """

    n_bytes: int
    limit: str = ""
    counts_addresses: bool = False

    @property
    def plannable_bytes(self) -> int:
        """What one purpose may take, so that the rest of the program still finds some."""
        rest = _THREADS_ADDRESSES if self.counts_addresses else 0
        return int(0.8 * max(0, self.n_bytes - rest))

    def __str__(self) -> str:
        return f"{self.n_bytes / 1e9:.2f} GB of memory are free{self.limit and ' '}{self.limit}"


def require(n_bytes: float, what: str, instead: str) -> None:
    """Refuse what does not fit: the system would promise it, and end the program when it is used.

    :param what: begins the sentence: ``"The captures need"``.
    :param instead: ends it: ``"use fewer or shorter ones"``.
    :raises ConfigurationError: one purpose may not take so much.
    """
    free = free_memory()
    if n_bytes > free.plannable_bytes:
        raise ConfigurationError(
            f"{what} {n_bytes / 1e9:.2f} GB but may take {free.plannable_bytes / 1e9:.2f} GB, as "
            f"{free}; {instead}."
        )


def free_memory() -> FreeMemory:
    """Find the limit that leaves least."""
    found = [FreeMemory(psutil.virtual_memory().available), *_of_process()]
    if sys.platform.startswith("linux"):
        groups = Path("/proc/self/cgroup").read_text(errors="replace")
        found.extend(of_groups(groups, _GROUPS))
    return min(found, key=lambda free: free.n_bytes)


def _of_process() -> Iterator[FreeMemory]:
    """What ``ulimit -v`` and ``ulimit -d`` leave."""
    if sys.platform == "win32":
        return
    import resource

    used = psutil.Process().memory_info()
    taken = {"v": (resource.RLIMIT_AS, used.vms)}
    if hasattr(used, "data"):
        taken["d"] = (resource.RLIMIT_DATA, used.data)
    for letter, (number, n_used) in taken.items():
        limit, _ = resource.getrlimit(number)
        if limit != resource.RLIM_INFINITY:
            left = max(0, limit - n_used)
            yield FreeMemory(left, f"to this program (ulimit -{letter})", letter == "v")


def of_groups(groups: str, root: Path) -> Iterator[FreeMemory]:
    """What the control groups of a process and those above them leave, as containers have them.

    :param groups: what ``/proc/self/cgroup`` says.
    :param root: where the groups are mounted.
    """
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from _of_chain(root, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _of_chain(root / "memory", path, *names)


def _of_chain(
    root: Path, path: str, limit: str, used: str, reclaimable: str
) -> Iterator[FreeMemory]:
    folder = root / path.lstrip("/")
    while folder != root.parent:
        with suppress(OSError, ValueError):  # not mounted here, no limit ("max"), not in the root
            taken = int((folder / used).read_text()) - _statistic(folder, reclaimable)
            free = int((folder / limit).read_text()) - taken
            yield FreeMemory(max(0, free), "to this container or service (cgroup)")
        folder = folder.parent


def _statistic(folder: Path, name: str) -> int:
    """Pages of files that the system takes back first are free as well."""
    lines = (folder / "memory.stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.split()[0] == name)
