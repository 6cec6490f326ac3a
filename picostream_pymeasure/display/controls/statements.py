"""Statements beside each other in a line, as many and as long as have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pymeasure.display.Qt import QtCore, QtGui

SEPARATOR = " · "

#: What stands at the end where a statement is left out.
LEFT_OUT = f"{SEPARATOR}…"

_MIDDLE = QtCore.Qt.ElideMiddle


@dataclass(frozen=True)
class Statement:
    """A part of the line, with what it means.

    :param short: what matters most of it, where there is little room; empty if that is all.
    :param is_vital: it is left out last of those that are no warnings.
    """

    text: str
    meaning: str
    is_warning: bool = False
    short: str = ""
    is_vital: bool = False


def bold_metrics(font: QtGui.QFont) -> QtGui.QFontMetrics:
    """Of a font's bold letters, as warnings have them."""
    bold = QtGui.QFont(font)
    bold.setBold(True)
    return QtGui.QFontMetrics(bold)


def fitting(
    statements: Sequence[Statement], metrics: QtGui.QFontMetrics, room_px: int
) -> list[Statement]:
    """Those that have room: first the last ones become short, then what matters least goes.

    Warnings all stay; where even they have no room, they lose letters in their middle.
    """
    shown = list(statements)

    def excess_px() -> int:
        text = SEPARATOR.join(each.text for each in shown)
        end = LEFT_OUT if len(shown) < len(statements) else ""
        return int(metrics.horizontalAdvance(text + end)) - room_px

    for index, statement in reversed(list(enumerate(statements))):
        if statement.short and excess_px() > 0:
            shown[index] = replace(statement, text=statement.short)
    for statement in sorted(reversed(shown), key=lambda each: each.is_vital):  # noqa: C414 - stable
        if not statement.is_warning and excess_px() > 0:
            shown.remove(statement)
    for index, statement in reversed(list(enumerate(shown))):
        if (too_much_px := excess_px()) > 0:
            left_px = metrics.horizontalAdvance(statement.text) - too_much_px
            text = metrics.elidedText(statement.text, _MIDDLE, left_px)
            shown[index] = replace(statement, text=text)
    return [each for each in shown if each.text]
