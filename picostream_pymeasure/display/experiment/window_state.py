"""What a window remembers between starts: one JSON text in the user's settings."""

from __future__ import annotations

import json
from typing import Any

from pymeasure.display.Qt import QtCore

_ORGANISATION = "picostream-pymeasure"
_KEY = "state"


def user_settings(name: str) -> QtCore.QSettings:
    """Open the settings that the user's windows of a name share."""
    scope = QtCore.QSettings.UserScope
    return QtCore.QSettings(QtCore.QSettings.IniFormat, scope, _ORGANISATION, name)


def load_state(settings: QtCore.QSettings) -> dict[str, Any]:
    """Get what was saved; empty when nothing was, or when it cannot be read."""
    try:
        found = json.loads(settings.value(_KEY, "{}", str))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save_state(settings: QtCore.QSettings, state: dict[str, Any]) -> None:
    """Keep a state that JSON takes, on the disk when this returns."""
    settings.setValue(_KEY, json.dumps(state))
    settings.sync()


def to_text(data: QtCore.QByteArray) -> str:
    """Write what Qt saved as text."""
    return bytes(data.toBase64()).decode()


def from_text(text: Any) -> QtCore.QByteArray:
    """Read what :func:`to_text` wrote; empty for anything else, which Qt then ignores."""
    return QtCore.QByteArray.fromBase64(str(text or "").encode())
