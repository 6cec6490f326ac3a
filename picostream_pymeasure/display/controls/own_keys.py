"""Which keys a knob keeps to itself while it has the keyboard."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore

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
