"""The window's menus, with their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pymeasure.display.Qt import QtWidgets

#: Title of a menu, and its entries: text, what it does, key; an empty text is a line.
Menu = tuple[str, Sequence[tuple[str, Callable[..., object] | None, str]]]


def menus_of(window: Any) -> list[Menu]:
    """What is done with runs, and where to go.

    :param window: the window of the experiment.
    """
    pages = [
        (page.name, partial(window.go_to, page), f"Ctrl+{number}")
        for number, page in enumerate(window.widget_list, 1)
    ]
    runs: list[tuple[str, Any, str]] = [
        ("&Open…", window.open_experiment, "Ctrl+O"),
        ("", None, ""),
        ("&Queue", window.queue_button.click, "Ctrl+Return"),
        ("&Stop, keeping the data", window.controls.stop_button.click, "Ctrl+."),
        ("&Abort or Resume", window.abort_button.click, ""),
        ("&Mark", window.controls.mark_field.setFocus, "Ctrl+M"),
        ("", None, ""),
        ("&Close Window", window.close, "Ctrl+Q"),
    ]
    view: list[tuple[str, Any, str]] = [
        *pages,
        ("&List of Runs", window.go_to_list, "Ctrl+L"),
        ("&Inputs", window.side_button.click, "Ctrl+I"),
        ("", None, ""),
        ("&Reset Window and Inputs", window.reset, ""),
    ]
    return [("&Runs", runs), ("&View", view)]


def add_menus(window: QtWidgets.QMainWindow, menus: Sequence[Menu]) -> None:
    """Make the menus."""
    for title, entries in menus:
        menu = window.menuBar().addMenu(title)
        for text, action, key in entries:
            if action is None:
                menu.addSeparator()
            else:
                entry = menu.addAction(text)
                entry.setShortcut(key)
                entry.triggered.connect(lambda _, action=action: action())
