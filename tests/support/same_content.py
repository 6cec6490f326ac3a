"""Whether two HDF5 files hold the same, as plain h5py reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np


def assert_same_content(first: Path, second: Path) -> None:
    """Groups, links, attributes with their types, and every row."""
    with h5py.File(first, locking=False) as one, h5py.File(second) as other:
        assert _links(one) == _links(other)
        for path in _links(one):
            if isinstance(one.get(path, getlink=True), h5py.HardLink):
                _assert_same(one[path], other[path])
        _assert_same(one, other)


def _links(file: Any) -> dict[str, Any]:
    """Each name, and what it stands for: the first name of an object, or where a link leads."""
    found: dict[str, Any] = {}
    names: dict[Any, str] = {}

    def look(name: str, link: Any) -> None:
        if isinstance(link, h5py.HardLink):
            address = h5py.h5o.get_info(file[name].id).addr
            found[name] = names.setdefault(address, name)
        else:
            found[name] = (type(link), link.path)

    file.visititems_links(look)
    return found


def _assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    assert sorted(one.attrs) == sorted(other.attrs)
    for name in one.attrs:
        kinds = [node.attrs.get_id(name).get_type() for node in (one, other)]
        assert kinds[0].equal(kinds[1]), name
        values = [node.attrs[name] for node in (one, other)]
        if isinstance(values[0], h5py.Empty):
            assert values[0] == values[1], name
        else:
            np.testing.assert_array_equal(*values, err_msg=name)
    if isinstance(one, h5py.Dataset):
        assert (one.dtype, one.shape, one.chunks) == (other.dtype, other.shape, other.chunks)
        assert np.asarray(one[()]).tobytes() == np.asarray(other[()]).tobytes(), one.name
