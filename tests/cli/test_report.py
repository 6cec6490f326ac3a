"""What is said about a recording when it has ended."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from picostream_pymeasure.cli.report import print_verdict
from picostream_pymeasure.storage import Report


def test_what_the_proof_found_is_said_once() -> None:
    text = StringIO()
    wrong = "Sample 5 of channel A is not what the simulated scope delivered."
    report = Report("a.hdf5", "v2", "complete", errors=[wrong], proof=wrong)
    print_verdict(Console(file=text), report, 0.5)
    assert text.getvalue().count(wrong) == 1
