"""Every code block of the site runs, page by page, as it stands there.

A block behind ``<!-- not run: why -->`` is left out. Pages, and the ``picostream`` of their shells,
are forks of a program that has all loaded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from picostream_pymeasure.driver import SIMULATED_SCOPES_VARIABLE
from tests.support import forked_command
from tests.support.patience import PATIENCE_S
from tests.support.prepared_program import start_script
from tests.support.procedures_runs import PATIENT_SCOPE

from .page_program import BLOCK

DOCS = Path(__file__).parents[2] / "docs"
PROGRAM = Path(__file__).with_name("page_program.py")
PAGES = sorted(
    path
    for path in DOCS.rglob("*.md")
    if any(not block["mark"] for block in BLOCK.finditer(path.read_text(encoding="utf-8")))
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_blocks_run(page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    commands = [str(Path(sys.executable).parent), os.environ["PATH"]]
    if sys.platform == "linux":
        forked = tmp_path_factory.mktemp("commands")
        forked_command.install(forked)
        commands.insert(0, str(forked))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join(commands),
        "QT_QPA_PLATFORM": "offscreen",
        "MPLBACKEND": "Agg",
        SIMULATED_SCOPES_VARIABLE: f"{PATIENT_SCOPE};{PATIENT_SCOPE},serial=SIM44/0002",
    }
    process = start_script(PROGRAM, str(page), cwd=tmp_path, env=environment)
    text, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, text
