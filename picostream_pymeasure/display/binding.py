"""Which Qt the windows use: chosen before anything that has a choice of its own is imported.

pyqtgraph and qtpy, by which PyMeasure finds its Qt, prefer different bindings where several are
installed, and two of them in one program end it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from importlib.util import find_spec

#: The first one that is installed is used, unless another is loaded already or asked for.
BINDINGS = ("PyQt5", "PyQt6", "PySide6")

_QTPY, _PYQTGRAPH = "QT_API", "PYQTGRAPH_QT_LIB"


def choose(loaded: Collection[str], wishes: Mapping[str, str]) -> str | None:
    """Name the binding to use; None when none is installed.

    :param loaded: names of modules that are imported already.
    :param wishes: the environment, in which ``QT_API`` and ``PYQTGRAPH_QT_LIB`` count.
    """
    asked = {wishes.get(_QTPY, "").lower(), wishes.get(_PYQTGRAPH, "").lower()}
    installed = [name for name in BINDINGS if find_spec(name) is not None]
    for choice in (
        [name for name in BINDINGS if name in loaded],
        [name for name in installed if name.lower() in asked],
        installed,
    ):
        if choice:
            return choice[0]
    return None


def settle() -> None:
    """Let pyqtgraph and qtpy take the same binding, whichever is imported first."""
    if (binding := choose(sys.modules, os.environ)) is not None:
        os.environ[_QTPY], os.environ[_PYQTGRAPH] = binding.lower(), binding
