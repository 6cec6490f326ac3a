"""The examples run as they stand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.prepared_program import start_script

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
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    errors = tmp_path / "errors.txt"
    with errors.open("wb") as told:
        streams = None, told.fileno()
        process = start_script(path, cwd=tmp_path, env=environment, streams=streams)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors.read_text()
    assert text
