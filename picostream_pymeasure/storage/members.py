"""Members of a file's groups that lie in this very file."""

from __future__ import annotations

from typing import Any

import h5py


def own_member(group: Any, path: str, kind: type) -> Any:
    """Find what lies at a path below a group.

    :param kind: ``h5py.Group`` or ``h5py.Dataset``.
    :returns: None if there is none of this kind that can be opened, if a link on the way is soft
        or leads to another file, or if its values lie there: to read that file might never end.
    """
    member = group
    for name in path.split("/"):
        if not isinstance(member, h5py.Group):
            return None
        if not isinstance(member.get(name, getlink=True), h5py.HardLink):
            return None
        member = member.get(name)
    if not isinstance(member, kind):
        return None
    elsewhere = isinstance(member, h5py.Dataset) and (member.external or member.is_virtual)
    return None if elsewhere else member
