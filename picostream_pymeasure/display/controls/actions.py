"""Everything a user can do, with its key; the tool bar and the help dialog are made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from .icons import icon


@dataclass(frozen=True)
class ActionKind:
    """Something a user can do.

    :param text: on its button; empty for one without a button.
    :param keys: the first one is shown.
    :param help: one sentence.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    help: str
    checkable: bool = False


#: In the order of the tool bar and the help dialog, in groups.
GROUPS: tuple[tuple[str, tuple[ActionKind, ...]], ...] = (
    (
        "Time",
        (
            ActionKind(
                "follow",
                "Follow",
                ("Space",),
                "Follow the newest samples, or stop to look",
                True,
            ),
            ActionKind("trigger", "Edge", ("T",), "Hold the picture at an edge, or roll", True),
            ActionKind("newest", "", ("End",), "Follow the newest samples"),
            ActionKind("all", "All", ("Home",), "Show the whole recording"),
            ActionKind("zoom_in", "", ("+", "="), "Show half of the time"),
            ActionKind("zoom_out", "", ("-",), "Show twice the time"),
            ActionKind("undo", "", ("Backspace", "Ctrl+Z"), "Go back to what was shown before"),
            ActionKind("back", "", ("Left",), "Go a tenth of the window back; move the cursor"),
            ActionKind("forth", "", ("Right",), "Go a tenth of the window forth; move the cursor"),
            ActionKind("page_back", "", ("PgUp",), "Go a whole window back"),
            ActionKind("page_forth", "", ("PgDown",), "Go a whole window forth"),
            ActionKind("event_back", "", (",",), "Show the event before"),
            ActionKind("event_forth", "", (".",), "Show the next event"),
        ),
    ),
    (
        "Volts",
        (
            ActionKind(
                "auto", "Auto", ("A",), "Show some periods, held at an edge, filling the screen"
            ),
            ActionKind("fit", "Fit", ("Y",), "Fit the visible channels to the screen"),
            ActionKind("ranges", "", ("Shift+Y",), "Show the whole input ranges on a common scale"),
            ActionKind(
                "taller",
                "",
                ("Up",),
                "Stretch the channel on the axis; move the cursor",
            ),
            ActionKind(
                "lower",
                "",
                ("Down",),
                "Shrink the channel on the axis; move the cursor",
            ),
            ActionKind("next_channel", "", ("X",), "Put the next channel on the left axis"),
            ActionKind("channel_1", "", ("1",), "Show or hide the first channel"),
            ActionKind("channel_2", "", ("2",), "Show or hide the second channel"),
            ActionKind("channel_3", "", ("3",), "Show or hide the third channel"),
            ActionKind("channel_4", "", ("4",), "Show or hide the fourth channel"),
        ),
    ),
    (
        "Panels",
        (
            ActionKind("cursors", "Cursors", ("C",), "Two cursors on each axis", True),
            ActionKind("bring_cursors", "", ("Shift+C",), "Bring the cursors into the picture"),
            ActionKind(
                "measurements",
                "Measure",
                ("M",),
                "Measurements of what is shown, or between the cursors",
                True,
            ),
            ActionKind(
                "spectrum",
                "Spectrum",
                ("F",),
                "Spectrum of what is shown, or between the cursors",
                True,
            ),
            ActionKind(
                "histogram",
                "Histogram",
                ("H",),
                "Histogram of what is shown, or between the cursors",
                True,
            ),
            ActionKind(
                "events",
                "Events",
                ("V",),
                "Duration, amplitude and distance of the events that were kept",
                True,
            ),
            ActionKind("marks", "Marks", ("K",), "The marks of the recording as a list", True),
            ActionKind("overview", "Overview", ("O",), "The whole recording in a strip", True),
            ActionKind(
                "captures", "Captures", ("P",), "Triggered captures, or the time they lie in", True
            ),
            ActionKind(
                "density", "Density", ("D",), "Draw by how often, so that the rare is faint", True
            ),
        ),
    ),
    (
        "File",
        (
            ActionKind("open", "Open…", ("Ctrl+O",), "Show another recording"),
            ActionKind(
                "export",
                "Export samples…",
                ("E",),
                "Save the samples in view as CSV, NumPy, WAV or Parquet",
            ),
            ActionKind(
                "screenshot", "Picture", ("S",), "Save a picture (PNG) beside the recording"
            ),
            ActionKind("picture", "Picture as…", ("Shift+S",), "Save a picture as PNG, SVG or PDF"),
            ActionKind("copy_picture", "Copy picture", ("Ctrl+C",), "Picture to the clipboard"),
            ActionKind(
                "copy_values",
                "Copy values",
                ("Ctrl+Shift+C",),
                "What is drawn to the clipboard, as a table",
            ),
            ActionKind("name_lanes", "Name lanes…", ("N",), "Name the lanes of digital ports"),
            ActionKind(
                "scales",
                "Scales and difference…",
                ("U",),
                "What voltages stand for, such as 1 nA/mV; one channel less another",
            ),
            ActionKind(
                "knobs", "", ("F6",), "Go to the next knob above the picture, at last back to it"
            ),
            ActionKind("theme", "Theme", ("L",), "Light or dark"),
            ActionKind("help", "Help", ("F1", "?"), "List all keys"),
        ),
    ),
)

#: Behind the right button; an empty name is a line.
CONTEXT_MENU = (
    *("follow", "trigger", "auto", "fit", "all", "undo", "", "cursors", "bring_cursors", ""),
    *("copy_picture", "copy_values", "picture", "export", "", "scales", "name_lanes"),
)

#: The same over captures, where there is neither time to follow nor an edge.
CAPTURES_MENU = (
    *("captures", "", "copy_picture", "copy_values", "picture", "export", "", "scales"),
)

#: What acts on captures as well, or on neither.
_OVER_CAPTURES = frozenset(CAPTURES_MENU) | {"screenshot", "open", "theme", "help"}

#: What the mouse does, and the key that is no action.
MOUSE = (
    ("Drag", "Move the picture; it stops following"),
    ("Wheel", "Show more or less time"),
    ("Ctrl+wheel, or wheel on the axis", "Scale the channel on the axis"),
    ("Drag a triangle at the left", "Move the zero of a channel up or down"),
    ("Shift+drag", "Zoom into a box; Backspace goes back"),
    ("Right drag", "Stretch time and volts"),
    ("Drag T or E", "Level of the edge that holds the picture; level of events"),
    ("Click or drag in the strip", "Go to any place of the recording; bars: kept events"),
    ("Drop a file", "Show that recording"),
    ("Left, Right, Home, End over captures", "Go from one capture to another"),
    ("Up, Down over captures", "All of them, one by one, or their mean"),
    ("Tab, Shift+Tab", "Go to the next button or knob, or out of the picture; Space presses"),
    ("Q", "Close the window"),
)


class Actions:
    """The actions of one display; its keys work while it has the keyboard.

    :param owner: the display.
    """

    def __init__(self, owner: QtWidgets.QWidget) -> None:
        self._actions = {kind.name: _make(kind, owner) for _, kinds in GROUPS for kind in kinds}
        owner.addActions(list(self._actions.values()))

    def __getitem__(self, name: str) -> QtWidgets.QAction:
        return self._actions[name]

    def connect(self, **handlers: Callable[..., Any]) -> None:
        """Say what they do; those that can be checked tell whether they are."""
        for name, handler in handlers.items():
            action = self._actions[name]
            if action.isCheckable():
                action.toggled.connect(handler)
            else:
                action.triggered.connect(lambda _=False, handler=handler: handler())

    def show_captures(self, are_shown: bool) -> None:
        """Offer nothing, by its key either, that would act unseen on the time behind captures."""
        for name, action in self._actions.items():
            action.setEnabled(not are_shown or name in _OVER_CAPTURES)

    def draw_icons(self, colour: str) -> None:
        """Give those that have one their icon in ``#rrggbb``."""
        for name, action in self._actions.items():
            picture = icon(name, colour)
            if picture is not None:
                action.setIcon(picture)

    def menu(self, names: Sequence[str], parent: QtWidgets.QWidget) -> QtWidgets.QMenu:
        """Make a menu of some actions; an empty name is a line."""
        menu = QtWidgets.QMenu(parent)
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
        return menu


def _make(kind: ActionKind, owner: QtWidgets.QWidget) -> QtWidgets.QAction:
    action = QtWidgets.QAction(kind.text or kind.help, owner)
    action.setCheckable(kind.checkable)
    action.setShortcuts([QtGui.QKeySequence(key) for key in kind.keys])
    action.setShortcutContext(QtCore.Qt.WidgetWithChildrenShortcut)
    action.setToolTip(f"{kind.help} ({kind.keys[0]})")
    return action
