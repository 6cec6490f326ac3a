"""Runs the code blocks of one page in their order: ``python page_program.py PAGE``.

Blocks of Python share their names, as the cells of a notebook do; those of the shell are programs
of their own. A block with a caption is a file that the reader saves.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(
    r"(?P<mark><!-- not run: .+? -->\n)?"
    r"^```(?P<kind>bash|python|\{code-block\} python\n:caption: (?P<file>\S+)\n)\n"
    r"(?P<code>.*?)^```$",
    re.M | re.S,
)


def run(page: str) -> None:
    """Run the blocks of a page in the present folder."""
    names = {"__name__": "__main__"}
    for number, block in enumerate(BLOCK.finditer(page), 1):
        if block["mark"]:
            continue
        print(f"-- block {number}\n{block['code']}", flush=True)
        if block["file"]:
            Path(block["file"]).write_text(block["code"], encoding="utf-8")
        elif block["kind"] == "bash":
            command = ["bash", "-euo", "pipefail", "-c", block["code"]]
            # where picostream is a fork it is asked for on a socket that this program was given
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, close_fds=False)
        else:
            exec(compile(block["code"], f"block {number}", "exec"), names)


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    run(Path(sys.argv[1]).read_text(encoding="utf-8"))
