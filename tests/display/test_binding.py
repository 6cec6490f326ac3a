"""Which Qt is used where several are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from picostream_pymeasure.display import binding


@pytest.mark.parametrize(
    ("loaded", "wishes", "installed", "chosen"),
    [
        ((), {}, {"PyQt5", "PyQt6", "PySide6"}, "PyQt5"),
        ((), {}, {"PyQt6", "PySide6"}, "PyQt6"),
        ((), {}, set(), None),
        ((), {"QT_API": "pyqt6"}, {"PyQt5", "PyQt6"}, "PyQt6"),
        ((), {"PYQTGRAPH_QT_LIB": "PySide6"}, {"PyQt5", "PySide6"}, "PySide6"),
        ((), {"QT_API": "pyqt6", "PYQTGRAPH_QT_LIB": "rubbish"}, {"PyQt5"}, "PyQt5"),
        (("PyQt6",), {"QT_API": "pyqt5"}, {"PyQt5", "PyQt6"}, "PyQt6"),
    ],
)
def test_one_binding_is_chosen(
    loaded: tuple[str, ...],
    wishes: dict[str, str],
    installed: set[str],
    chosen: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(binding, "find_spec", lambda name: name if name in installed else None)
    assert binding.choose(loaded, wishes) == chosen


@pytest.mark.parametrize(
    "module",
    [
        "dfplot",
        "main",
        pytest.param("display.live_plotter", marks=pytest.mark.long),
        pytest.param("display.application", marks=pytest.mark.long),
    ],
)
def test_a_second_binding_is_not_loaded(tmp_path: Path, module: str) -> None:
    pytest.importorskip("PyQt5")
    (tmp_path / "PyQt6").mkdir()
    (tmp_path / "PyQt6" / "__init__.py").write_text("raise SystemExit('PyQt6 was loaded')")
    chosen = ("QT_API", "PYQTGRAPH_QT_LIB")
    environment = {name: text for name, text in os.environ.items() if name not in chosen}
    done = subprocess.run(
        [sys.executable, "-c", f"import picostream_pymeasure.{module}"],
        env={**environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
