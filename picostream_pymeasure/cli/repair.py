"""``picostream repair``."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
from rich.console import Console

from ..quantities import count
from .report import print_verdict
from .verification import verify_with_progress


def repair_file(path: Path, as_json: bool) -> int:
    """Repair a recording that was left by a crash, verify it and return the exit code."""
    from ..storage import repair

    console = Console(highlight=False, stderr=as_json)
    with console.status("Repairing ..."):
        repaired = repair(path)
    if repaired.repaired:
        _print(console, "Repaired", f"[green]{count(repaired.samples)} samples per channel[/]")
    else:
        _print(console, "Repaired", "nothing to do, the file had been closed properly")
    for note in repaired.notes:
        console.print(f"{'':<12}{note}", soft_wrap=True, markup=False)
    started_s = time.monotonic()
    report = verify_with_progress(console, path)
    assert report is not None
    if as_json:
        click.echo(json.dumps({**report.to_dict(), "repair": repaired.to_dict()}, indent=2))
    else:
        print_verdict(console, report, time.monotonic() - started_s)
    return report.exit_code


def _print(console: Console, label: str, text: str) -> None:
    console.print(f"{label + ':':<12}{text}", soft_wrap=True)
