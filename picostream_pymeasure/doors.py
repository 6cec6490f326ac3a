"""Rooms whose names are imported when they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def door(room: str, places: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a room.

    :param room: its ``__name__``.
    :param places: module, seen from the room, → the names that it has.
    """
    home = {name: place for place, names in places.items() for name in names}

    def find(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        try:
            module = import_module(home[name], room)
        except (
            AttributeError
        ) as error:  # Python would take it for a missing name, without its cause
            raise ImportError(f"{name} cannot be loaded ({error}).") from error
        return getattr(module, name)

    return find
