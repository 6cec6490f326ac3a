"""Every code block of the site runs, page by page, as it stands there.

A block behind ``<!-- not run: why -->`` is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(
    path for path in DOCS.rglob("*.md") if re.search("^```(bash|python)$", path.read_text(), re.M)
)

BLOCK = re.compile(
    r"(?P<mark><!-- not run: .+? -->\n)?^```(?P<kind>bash|python)\n(?P<code>.*?)^```$", re.M | re.S
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "QT_QPA_PLATFORM": "offscreen"}
    for number, block in enumerate(BLOCK.finditer(page.read_text()), 1):
        if block["mark"]:
            continue
        shell = ["bash", "-euo", "pipefail", "-c"]
        program = shell if block["kind"] == "bash" else [sys.executable, "-W", "error", "-c"]
        done = subprocess.run(
            [*program, block["code"]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"block {number}:\n{block['code']}\n{done.stdout}{done.stderr}"
