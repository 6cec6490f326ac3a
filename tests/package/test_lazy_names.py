"""Public names that are loaded when they are used, and where the package lies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import picostream_pymeasure
from picostream_pymeasure import doors, reader

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("room", "name"), [(picostream_pymeasure, "Unit"), (reader, "PicoStreamReader")]
)
def test_an_error_inside_keeps_its_cause(
    room: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any) -> None:
        raise AttributeError("module 'pandas' has no attribute 'Index'")

    monkeypatch.setattr(doors, "import_module", broken)
    with pytest.raises(ImportError, match=rf"{name} cannot be loaded .*pandas") as raised:
        getattr(room, name)
    assert isinstance(raised.value.__cause__, AttributeError)


def test_a_name_that_is_none_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        picostream_pymeasure.nothing  # noqa: B018


def test_a_checkout_runs_however_it_was_installed(tmp_path: Path) -> None:
    """As ``python -m`` in the repository finds the package: by its folder alone."""
    program = (
        "import sys; sys.meta_path = [f for f in sys.meta_path if 'ditable' not in str(f)]\n"
        f"sys.path[:] = [{str(ROOT)!r}, *[p for p in sys.path if p != {str(ROOT)!r}]]\n"
        "import picostream_pymeasure\n"
        "import picostream_pymeasure.procedures.capture as capture\n"
        "print(capture.__file__, picostream_pymeasure.__version__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(ROOT / "procedures" / "capture.py"))
