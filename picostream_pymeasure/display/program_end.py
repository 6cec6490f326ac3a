"""The end of a program: Qt destroys its windows, when their threads are over."""

from __future__ import annotations

import atexit
import functools
import gc
from typing import Any

import qtpy
from pymeasure.display.Qt import QtCore


@functools.cache
def let_qt_destroy_windows() -> None:
    """Let the application destroy windows at the program's end, not PyQt; once is enough.

    PyQt's own end, which comes after this, destroys what Python owns while it walks through the
    table of all wrappers. With a parent its children's wrappers go too, and the walk crashes in
    one of ten programs. What Qt owns it leaves to the destructor of the application, which takes
    the windows with all that is in them. PySide has no such end.
    """
    if not qtpy.PYSIDE6:
        from qtpy import sip

        atexit.register(_hand_over_families, sip)


def _hand_over_families(sip: Any) -> None:
    gc.unfreeze()  # nothing is found that is frozen
    for found in gc.get_objects():
        kind = type(found)  # isinstance() would ask what a dead proxy stands for, which raises
        if (
            issubclass(kind, QtCore.QObject)
            and not issubclass(kind, QtCore.QCoreApplication)
            and not sip.isdeleted(found)
            and sip.ispyowned(found)
            and found.children()
        ):
            sip.transferto(found, None)
