"""The examples run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

#: These run in tests/procedures/test_examples.py, which also looks at what they made.
OF_PROCEDURES = {
    "procedure_bode_window",
    "procedure_capture",
    "procedure_capture_sweep",
    "procedure_console",
    "procedure_frequency_response",
    "procedure_live_monitor",
    "procedure_own",
    "procedure_source_sweep",
    "queue_procedures",
    "replace_picostream",
    "sequence",
}

OTHERS = sorted(path for path in EXAMPLES.glob("*.py") if path.stem not in OF_PROCEDURES)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_example_runs(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        cwd=tmp_path,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
