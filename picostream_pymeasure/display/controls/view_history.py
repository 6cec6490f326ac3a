"""What was looked at before, to go back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymeasure.display.Qt import QtCore

#: A view that stays for two looks is worth remembering.
_LOOK_MS = 250
_MOST = 100


class ViewHistory(QtCore.QObject):
    """Remembers views that stayed for a while; going through them is no new one.

    :param get: gives the present view, comparable.
    :param restore: brings one back.
    """

    def __init__(self, get: Callable[[], Any], restore: Callable[[Any], None]) -> None:
        super().__init__()
        self._get, self._restore = get, restore
        self._views: list[Any] = []
        self._candidate: Any = None
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Remember the present view if it has not changed since the last look."""
        view = self._get()
        if self._views and view == self._views[-1]:
            return
        if view == self._candidate:
            self._views = [*self._views[-_MOST:], view]
        self._candidate = view

    def undo(self) -> bool:
        """Bring the view before this one back; tell whether there is one."""
        if self._views and self._get() == self._views[-1]:
            self._views.pop()
        if not self._views:
            return False
        self._restore(self._views[-1])
        return True

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()
