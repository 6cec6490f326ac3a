"""Every code block of the site runs, page by page, as it stands there.

A block behind ``<!-- not run: why -->`` is left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "QT_QPA_PLATFORM": "offscreen", "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAM), str(page)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
