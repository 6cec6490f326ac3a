"""What is said about a recording when it has ended."""

from __future__ import annotations

import math
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from picostream_pymeasure.cli.report import _lost, _rate, _trigger, print_verdict
from picostream_pymeasure.config import TriggerConfig
from picostream_pymeasure.records import TARGET, Health, Outcome
from picostream_pymeasure.storage import Report


def test_what_the_proof_found_is_said_once() -> None:
    text = StringIO()
    wrong = "Sample 5 of channel A is not what the simulated scope delivered."
    report = Report("a.hdf5", "v2", "complete", errors=[wrong], proof=wrong)
    print_verdict(Console(file=text), report, 0.5)
    assert text.getvalue().count(wrong) == 1


@pytest.mark.parametrize(
    ("found", "colour"), [({}, "32"), ({"gaps": 1}, "33"), ({"errors": ["Damaged."]}, "31")]
)
def test_the_verdict_is_green_yellow_or_red(found: dict[str, Any], colour: str) -> None:
    text = StringIO()
    report = Report("a.hdf5", "v2", "complete", chunks=1, **found)
    print_verdict(Console(file=text, force_terminal=True, color_system="standard"), report, 0.5)
    assert f"\x1b[{colour}m" in text.getvalue()


def test_the_deviation_of_the_rate_leaves_out_what_was_signalled() -> None:
    """Losses that nobody signalled are in it."""
    text = StringIO()
    report = Report("a.hdf5", "v2", "complete", chunks=1, gaps=2, smallest_visible_loss=9)
    print_verdict(Console(file=text, width=300), replace(report, rate_deviation_ppm=700.0), 0.5)
    assert "Apart from the gaps, the rate differs by 700 ppm" in text.getvalue()


@pytest.mark.parametrize(("accuracy_ppm", "is_told"), [(900.0, True), (3939.0, False)])
def test_a_rate_that_is_hardly_known_is_left_out(accuracy_ppm: float, is_told: bool) -> None:
    text = StringIO()
    report = Report("a.hdf5", "v2", "complete", chunks=1, smallest_visible_loss=345534)
    known = replace(report, rate_deviation_ppm=-11.0, rate_accuracy_ppm=accuracy_ppm)
    print_verdict(Console(file=text, width=300), known, 0.5)
    seen = "A loss that the driver does not report is seen from 345534 samples on."
    assert seen in text.getvalue()
    assert (f"The rate differs by -11 ppm (± {accuracy_ppm:.0f})" in text.getvalue()) == is_told


@pytest.mark.parametrize(
    ("deviation_ppm", "accuracy_ppm", "says"),
    [
        (999, 100, "of 1.00 MS/s, 999 ppm (± 100) slower by the computer's clock"),
        (-300, 100, "of 1.00 MS/s, 300 ppm (± 100) faster by the computer's clock"),
        (150, 100, "990.00 kS/s of 1.00 MS/s"),
        (2000, 3000, "990.00 kS/s of 1.00 MS/s"),
        (math.nan, math.nan, "990.00 kS/s of 1.00 MS/s"),
        (
            2000,
            100,
            "differs by 2000 ppm (± 100) from what the scope reports: "
            "another interval, or samples that were lost",
        ),
        (-2000, 100, "another interval"),
    ],
)
def test_samples_are_only_said_to_be_lost_where_some_may_be(
    deviation_ppm: float, accuracy_ppm: float, says: str
) -> None:
    health = Health(actual_rate_hz=0.99e6)
    outcome = Outcome(
        TARGET, "", health, rate_deviation_ppm=deviation_ppm, rate_accuracy_ppm=accuracy_ppm
    )
    text = _rate(outcome, 1e6)
    assert text.endswith(says)


@pytest.mark.parametrize(
    ("accuracy_s", "says"),
    [
        (0.0, "5000 samples per channel (5 ms) in 1 gap"),
        (0.02, "about 5000 samples per channel (5 ms ± 20 ms) in 1 gap"),
        (0.13, "about 5000 samples per channel (5 ms ± 130 ms) in 1 gap"),
        (1.3, "about 5000 samples per channel (0.005 s ± 1.3 s) in 1 gap"),
        (65.0, "about 5000 samples per channel (5 ms ± 1:05 min) in 1 gap"),
    ],
)
def test_an_estimate_is_told_with_how_far_it_may_be_from_the_truth(
    accuracy_s: float, says: str
) -> None:
    outcome = Outcome(TARGET, "", Health(lost=5000, gaps=1), lost_accuracy_s=accuracy_s)
    assert _lost(outcome, 1e-6) == says


@pytest.mark.parametrize(
    ("pre_trigger_s", "auto_trigger_s", "sample", "says"),
    [
        (0, 0, 0, "at sample 0"),
        (0.01, 0, 10_000, "at sample 10000, 10 ms before it"),
        (0.01, 0, 178, "at sample 178, 0.178 ms before it instead of 10 ms: it came that soon"),
        (0, 3, 0, "at sample 0; an edge, or none within 3 s: the driver does not say which"),
    ],
)
def test_what_may_surprise_of_a_trigger_is_told(
    pre_trigger_s: float, auto_trigger_s: float, sample: int, says: str
) -> None:
    config = TriggerConfig("A", 0.5, pre_trigger_s=pre_trigger_s, auto_trigger_s=auto_trigger_s)
    assert _trigger(config, sample, 1e-6) == says
