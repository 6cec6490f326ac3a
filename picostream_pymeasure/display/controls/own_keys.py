"""Which keys a knob, a button or a table keeps to itself while it has the keyboard."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets

_TABLE_KEYS = (
    *(QtCore.Qt.Key_Up, QtCore.Qt.Key_Down, QtCore.Qt.Key_Left, QtCore.Qt.Key_Right),
    *(QtCore.Qt.Key_PageUp, QtCore.Qt.Key_PageDown, QtCore.Qt.Key_Home, QtCore.Qt.Key_End),
)
_MODIFIERS = QtCore.Qt.ControlModifier | QtCore.Qt.AltModifier | QtCore.Qt.MetaModifier


def is_own_key(event: QtCore.QEvent) -> bool:
    """Whether an event asks if a key is a shortcut, and a knob says no.

    Those with Ctrl or Alt and the function keys stay commands of the display.
    """
    return (
        event.type() == QtCore.QEvent.ShortcutOverride
        and not event.modifiers() & _MODIFIERS
        and not QtCore.Qt.Key_F1 <= event.key() <= QtCore.Qt.Key_F35
    )


def is_key_of_focus(event: QtCore.QEvent) -> bool:
    """Whether an event asks if a key is a shortcut, and what has the keyboard needs it.

    That is Space on a button, and what goes through a table.
    """
    if event.type() != QtCore.QEvent.ShortcutOverride:
        return False
    focused = QtWidgets.QApplication.focusWidget()
    if isinstance(focused, QtWidgets.QAbstractButton):
        return bool(event.key() == QtCore.Qt.Key_Space)
    return isinstance(focused, QtWidgets.QAbstractItemView) and event.key() in _TABLE_KEYS
