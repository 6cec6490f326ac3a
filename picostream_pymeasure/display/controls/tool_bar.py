"""The buttons above the picture: modes and actions, panels, and what is saved."""

from __future__ import annotations

from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import shortened
from ..painting.graticule import TIME_DIVISIONS
from ..painting.theme import Theme
from ..reading.view_range import LONGEST_S, SHORTEST_S
from .actions import Actions
from .icons import icon
from .number_field import NumberField

#: Buttons in groups; a name with a dot before it is the menu of that name.
_GROUPS = (
    ("follow", "trigger"),
    ("auto", "fit", "all", "captures"),
    ("cursors", "measurements", "spectrum", ".panels"),
    (".save",),
)
_AT_THE_END = ("theme", "help")

_MENUS = {
    "panels": (
        "Panels",
        "More to see, and what voltages stand for",
        ("histogram", "events", "marks", "overview", "density", "", "scales", "name_lanes"),
    ),
    "save": (
        "Save",
        "Samples and pictures, to files and to the clipboard",
        ("export", "screenshot", "picture", "", "copy_picture", "copy_values", "", "open"),
    ),
}

#: Buttons whose texts are needed most come first.
_TEXTS = (
    "auto",
    "trigger",
    "cursors",
    "measurements",
    "spectrum",
    "panels",
    "save",
    "follow",
    "fit",
    "all",
    "captures",
)

_BESIDE, _ALONE = QtCore.Qt.ToolButtonTextBesideIcon, QtCore.Qt.ToolButtonIconOnly

#: Of a time per division that nobody typed.
_DIGITS = 4

#: Room for the arrow of a menu.
_ARROW_PX = 4


class ToolBar(QtWidgets.QToolBar):
    """Shows texts beside the icons where there is room for them."""

    #: Another time per division was typed or chosen with the arrows, in s.
    time_per_division = QtCore.Signal(float)

    def __init__(self, actions: Actions) -> None:
        super().__init__("Tools")
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QtCore.QSize(16, 16))
        self.setToolButtonStyle(_BESIDE)
        self._actions = actions
        self._menus: dict[str, QtWidgets.QToolButton] = {}
        self._text_px: dict[str, int] = {}
        self.time_box = NumberField(
            "s", SHORTEST_S / TIME_DIVISIONS, LONGEST_S / TIME_DIVISIONS, is_one_two_five=True
        )
        self.time_box.setToolTip(
            "Time from one line of the grid to the next; type one to see ten of them"
        )
        self.time_box.setFocusPolicy(QtCore.Qt.StrongFocus)
        self.time_box.setMaximumWidth(self.fontMetrics().horizontalAdvance("123.456 ms___"))
        self.time_box.valueChanged.connect(self.time_per_division)
        self._fill()

    def _fill(self) -> None:
        for group in _GROUPS:
            for name in group:
                if name.startswith("."):
                    self.addWidget(self._menu_button(name[1:]))
                else:
                    self.addAction(self._actions[name])
            if group is _GROUPS[0]:
                self.addWidget(self.time_box)
                self.addWidget(QtWidgets.QLabel("/div "))
            if group is not _GROUPS[-1]:
                self.addSeparator()
        gap = QtWidgets.QWidget()
        gap.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Preferred)
        self.addWidget(gap)
        for name in _AT_THE_END:
            button = QtWidgets.QToolButton()  # a widget: the bar gives no text to its icon
            button.setDefaultAction(self._actions[name])
            button.setAutoRaise(True)
            self.addWidget(button)
        for button in self.findChildren(QtWidgets.QToolButton):
            button.setFocusPolicy(QtCore.Qt.TabFocus)

    def _menu_button(self, name: str) -> QtWidgets.QToolButton:
        title, tool_tip, names = _MENUS[name]
        button = QtWidgets.QToolButton(self)
        button.setText(title)
        button.setToolTip(tool_tip)
        button.setToolButtonStyle(self.toolButtonStyle())
        button.setAutoRaise(True)
        button.setPopupMode(QtWidgets.QToolButton.InstantPopup)
        button.setMenu(self._actions.menu(names, button))
        self._menus[name] = button
        return button

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in its colour."""
        self._actions.draw_icons(theme.foreground)
        for name, button in self._menus.items():
            button.setIcon(icon(name, theme.foreground) or QtGui.QIcon())

    def show_time_per_division(self, division_s: float) -> None:
        """Show it with as many digits as have room; what was typed stays if it means the same."""
        shown_s = shortened(division_s, _DIGITS)
        if shortened(self.time_box.last_value, _DIGITS) != shown_s:
            with QtCore.QSignalBlocker(self.time_box):
                self.time_box.setValue(shown_s)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Leave the texts away that have no room."""
        super().resizeEvent(event)
        buttons = {name: self._button(name) for name in _TEXTS}
        room_px = self.width() - self.sizeHint().width()
        room_px += sum(self._text_px[name] for name in _TEXTS if _has_text(buttons[name]))
        for name, button in buttons.items():
            fits = self._text_px[name] <= room_px
            room_px -= self._text_px[name] * fits
            if fits != _has_text(button):
                _set_style(button, _BESIDE if fits else _ALONE)

    def _button(self, name: str) -> QtWidgets.QToolButton:
        """A button, whose text is measured when it is asked for first."""
        button = self._menus.get(name) or self.widgetForAction(self._actions[name])
        assert isinstance(button, QtWidgets.QToolButton)
        if name not in self._text_px:
            widths_px = [_set_style(button, style) for style in (_ALONE, _BESIDE)]
            self._text_px[name] = widths_px[1] - widths_px[0]
        return button


def _set_style(button: QtWidgets.QToolButton, style: Any) -> int:
    """Give a button a style and its width in pixels, which is returned.

    Qt would leave room for two spaces behind a text: together as much as two texts need.
    """
    button.setToolButtonStyle(style)
    width_px = button.sizeHint().width()
    if button.menu() is not None:
        width_px += _ARROW_PX
    elif _has_text(button) or button.icon().isNull():
        width_px -= 2 * button.fontMetrics().horizontalAdvance(" ")
    button.setMaximumWidth(width_px)
    return int(width_px)


def _has_text(button: QtWidgets.QToolButton) -> bool:
    return bool(button.toolButtonStyle() == _BESIDE)
