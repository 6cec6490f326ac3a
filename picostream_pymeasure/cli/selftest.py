"""``picostream selftest``."""

from __future__ import annotations

import os
from pathlib import Path

from rich.text import Text

from ..errors import ConfigurationError
from ..quantities import exact
from .exit_codes import COMPLETE, FAILED
from .preparing import telling_that_it_compiles
from .terminal import make_console

_STYLES = {"good": "green", "note": "yellow", "BAD": "bold red", "skipped": "dim"}
#: The simulated scope when the cable is said to be there.
_WIRED = "A=generator"
_SHORTEST_S, _LONGEST_S = 1.0, 86_400.0


def test_scope(
    serial: str | None,
    simulate: bool,
    cable: bool,
    duration_s: float,
    report: Path | None,
    force: bool,
) -> int:
    """Check a scope, print each finding as it comes, write the report; returns the exit code."""
    from ..storage import check_target, require_no_data

    if not _SHORTEST_S <= duration_s <= _LONGEST_S:
        raise ConfigurationError(f"The duration must be 1 s to 24 h, not {exact(duration_s, 's')}.")
    if report is not None:
        check_target(report, force=force)
        require_no_data(report)
    from ..driver import SIMULATED_SCOPES_VARIABLE
    from ..instrument import PicoScope5000A
    from ..selftest import SelfTest

    console = make_console()
    is_usual = simulate and SIMULATED_SCOPES_VARIABLE not in os.environ
    simulated = _WIRED if cable and is_usual else simulate
    with (
        telling_that_it_compiles(),
        PicoScope5000A(serial=serial, simulated=simulated) as scope,
    ):
        testing = SelfTest(scope, Path.cwd(), duration_s, cable)
        for finding in testing.run():
            style, word = _STYLES[finding.verdict.value], finding.verdict.value
            line = Text.assemble((f"{word:8}", style), f" {finding.check:20} {finding.text}")
            console.print(line, soft_wrap=True)
        console.print(testing.sentence(), soft_wrap=True)
        for question, answer in testing.settled.items():
            console.print(f"  {question} {answer}", soft_wrap=True)
        if report is not None:
            testing.write_report(report, force=force)
            console.print(f"Report: {report}", soft_wrap=True)
    return COMPLETE if testing.is_good else FAILED
