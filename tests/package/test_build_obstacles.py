"""What keeps the standalone program from being built is one sentence."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner

from picostream_pymeasure.__pyinstaller import build


def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(build._main, [])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    return result.output


def test_without_pyinstaller(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install pyinstaller" in told(tmp_path, monkeypatch)


def test_in_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert "not the folder of the repository" in told(tmp_path, monkeypatch)


def test_what_was_recorded_beside_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "picostream_pymeasure").mkdir()
    made = tmp_path / "dist" / "PicoStream"
    (made / "_internal").mkdir(parents=True)
    recorded = made / "a.hdf5"
    recorded.touch()
    assert "would lose a.hdf5; move" in told(tmp_path, monkeypatch)
    assert recorded.exists()
