"""Windows for tests, and what a user does with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Until = Callable[..., None]


def settings_in(folder: Path) -> Any:
    from pymeasure.display.Qt import QtCore

    return QtCore.QSettings(str(folder / "settings.ini"), QtCore.QSettings.IniFormat)


def statuses(window: Any) -> list[str]:
    root = window.browser.invisibleRootItem()
    return [root.child(row).text(3) for row in range(root.childCount())]


def all_ended(window: Any) -> bool:
    return not window.manager.is_running() and "Queued" not in statuses(window)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".hdf5"))


def answer(until: Until, button: str) -> None:
    """Press a button of the question that is about to be asked."""
    from pymeasure.display.Qt import QtCore, QtWidgets

    def press() -> None:
        box = QtWidgets.QApplication.activeModalWidget()
        if box is None:
            QtCore.QTimer.singleShot(5, press)
            return
        texts = {each.text().replace("&", ""): each for each in box.buttons()}
        texts[button].click()

    QtCore.QTimer.singleShot(5, press)


def rehearse(monkeypatch: Any, description: str) -> None:
    """Let the simulated scopes of the next runs be others."""
    monkeypatch.setenv("PICOSTREAM_SIMULATED_SCOPE", f"fifo_s=2,{description}")
