"""``picostream repair``."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from ..quantities import count
from .preparing import telling_that_it_compiles
from .report import print_verdict
from .terminal import make_console, print_line
from .verification import verify_with_progress


@telling_that_it_compiles()
def repair_file(path: Path, as_json: bool) -> int:
    """Repair a recording that was left by a crash, verify it and return the exit code."""
    from ..storage import repair

    console = make_console(stderr=as_json)
    with console.status("Repairing ...", spinner="line"):
        repaired = repair(path)
    if repaired.repaired:
        print_line(console, "Repaired", f"{count(repaired.samples)} samples per channel", "green")
    else:
        print_line(console, "Repaired", "nothing to do, no recording was cut short here")
    for note in repaired.notes:
        print_line(console, "", note)
    started_s = time.monotonic()
    report = verify_with_progress(console, path)
    assert report is not None
    if as_json:
        click.echo(json.dumps({**report.to_dict(), "repair": repaired.to_dict()}, indent=2))
    else:
        print_verdict(console, report, time.monotonic() - started_s)
    return report.exit_code
