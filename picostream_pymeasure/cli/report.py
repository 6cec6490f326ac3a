"""What is said about a recording when it has ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..errors import PicoStreamError, StorageError, counted
from ..keeping import KeepingSink
from ..quantities import count, duration, exact, rate, size
from ..records import Outcome
from ..storage import size_of_file
from .dry_run import in_words
from .exit_codes import COMPLETE, FAILED, SAMPLES_MISSING
from .request import Request
from .terminal import print_line

if TYPE_CHECKING:
    from ..storage import Recorder, Report
    from ..streaming import StreamSession


#: Clocks differ by less.
_LARGEST_CLOCK_ERROR_PPM = 1000
#: Most differ by much less.
_USUAL_CLOCK_ERROR_PPM = 200

#: Causes of gaps that a lower rate would not have had.
_OF_SPEED = (b"driver overrun", b"pool full")

#: Below, a time is written with one number and one unit.
_SHORT_S = 60


def print_summary(
    console: Console,
    request: Request,
    session: StreamSession,
    outcome: Outcome,
    recorder: Recorder | KeepingSink,
) -> None:
    """Print the summary of a recording."""
    assert session.description is not None
    health = outcome.health
    interval_s = session.description.stored_interval_ns * 1e-9
    keeping = recorder if isinstance(recorder, KeepingSink) else None
    stored = health.stored if isinstance(recorder, KeepingSink) else recorder.told_samples
    left_out = f"; {count(health.stored - stored)} more found no room" * (stored < health.stored)
    done = "searched for events" if keeping else "recorded"
    lines = {
        "File": _file(request.output),
        "Ended": outcome.reason,
        "Samples": f"{count(stored)} per channel, {duration(stored * interval_s)} {done}{left_out}",
        "Rate": _rate(outcome, 1 / interval_s),
        "Lost": _lost(outcome, interval_s),
        "Over-range": _over_range(outcome),
    }
    if keeping:
        lines["Kept"] = in_words(keeping.totals)
    if outcome.trigger_sample is not None:
        lines["Trigger"] = _trigger(request.config.trigger, outcome.trigger_sample, interval_s)
    for label, text in lines.items():
        print_line(console, label, text)
        if label == "Lost" and health.gaps and (advice := _too_slow(request.output)):
            print_line(console, "", advice)


def print_verdict(console: Console, report: Report, verified_in_s: float) -> None:
    """Print what the verification found."""
    verdict = _verdict(report)
    style = {COMPLETE: "green", SAMPLES_MISSING: "yellow"}.get(report.exit_code, "red")
    print_line(
        console,
        "Verified",
        verdict,
        style,
        f", {report.verified_chunks} of {report.chunks} checksums, "
        f"{count(report.samples)} samples per channel ({verified_in_s:.1f} s)",
    )
    for text in dict.fromkeys((report.proof, _visible(report), *report.errors, *report.notes)):
        if text:
            print_line(console, "", text)


def tell_unverified(console: Console, path: Path) -> int:
    """Tell that the user did not wait for the verification; returns the exit code."""
    text = f"no, the check was interrupted; picostream verify {path} does it"
    print_line(console, "Verified", text)
    return FAILED


def _file(path: Path) -> str:
    try:
        return f"{path} ({size(size_of_file(path))})"
    except StorageError as error:  # somebody has taken it away; all else is told first
        return str(error)


def _trigger(config: Any, sample: int, interval_s: float) -> str:
    """Where it is, and what may surprise about that."""
    text = f"at sample {sample}"
    if config.pre_trigger_s:
        text += f", {duration(sample * interval_s)} before it"
    if config.pre_trigger_s > (sample + 2) * interval_s:
        text += f" instead of {exact(config.pre_trigger_s, 's')}: it came that soon"
    if config.auto_trigger_s:
        text += (
            f"; an edge, or none within {exact(config.auto_trigger_s, 's')}: "
            "the driver does not say which"
        )
    return text


def _visible(report: Report) -> str:
    """What could have been seen of losses that the driver did not report."""
    if not report.smallest_visible_loss or report.rate_deviation_ppm is None:
        return ""
    seen = (
        "A loss that the driver does not report is seen from "
        f"{count(report.smallest_visible_loss)} samples on."
    )
    accuracy_ppm = report.rate_accuracy_ppm or 0
    if accuracy_ppm > _LARGEST_CLOCK_ERROR_PPM:  # such a figure says nothing
        return seen
    subject = "Apart from the gaps, the rate" if report.gaps else "The rate"
    return (
        f"{seen} {subject} differs by {round(report.rate_deviation_ppm)} ppm "
        f"(± {accuracy_ppm:.0f}) from what the scope reports."
    )


def _verdict(report: Report) -> str:
    if report.errors:
        return "DAMAGED"
    if not report.chunks:
        return "nothing to verify"
    if report.gaps:
        return f"yes, but samples {'are' if report.lost_samples else 'may be'} missing"
    return "yes" if report.complete else "yes, but the recording is not complete"


def _lost(outcome: Outcome, interval_s: float) -> str:
    """What is missing, and what could not have been seen."""
    health = outcome.health
    if health.gaps:
        lost = f"{count(health.lost)} samples per channel"
        lasting = duration(health.lost * interval_s)
        if outcome.lost_accuracy_s:
            lost = f"about {lost}"
            lasting = _with_accuracy(health.lost * interval_s, outcome.lost_accuracy_s)
        return f"{lost} ({lasting}) in {counted(health.gaps, 'gap')}"
    if not outcome.smallest_visible_loss and outcome.is_short:
        return "no loss reported (samples came too late for the clock to show one)"
    if not outcome.smallest_visible_loss:
        return "no loss reported (too short for the clock to show one)"
    smallest = outcome.smallest_visible_loss
    shown = f"{count(smallest)} samples, {duration(smallest * interval_s)}"
    return f"no loss seen (would have shown above {shown})"


def _with_accuracy(seconds: float, accuracy_s: float) -> str:
    """Both in one unit, where both are short."""
    if max(seconds, accuracy_s) >= _SHORT_S:
        return f"{duration(seconds)} ± {duration(accuracy_s)}"
    power, unit = (1e3, "ms") if max(seconds, accuracy_s) < 1 else (1.0, "s")
    return f"{seconds * power:.3g} {unit} ± {accuracy_s * power:.3g} {unit}"


def _too_slow(path: Path) -> str:
    """What helps where samples were lost because they came too fast; else ``""``."""
    from ..storage import open_recording

    try:
        with open_recording(path) as recording:
            causes = {bytes(cause).rstrip(b"\0") for cause in recording.gaps["cause"]}
    except PicoStreamError:  # the verification will tell
        return ""
    if causes.isdisjoint(_OF_SPEED):
        return ""
    return "Most likely the computer, its USB or its disk was too slow; a lower rate (-s) helps."


def _slightly_off(outcome: Outcome) -> str:
    """A difference that clocks may have and seldom do; a steady loss looks the same."""
    deviation_ppm = outcome.rate_deviation_ppm
    if not abs(deviation_ppm) > max(outcome.rate_accuracy_ppm, _USUAL_CLOCK_ERROR_PPM):
        return ""
    how = "slower" if deviation_ppm > 0 else "faster"
    accuracy = f"(± {outcome.rate_accuracy_ppm:.0f})"
    return f", {abs(deviation_ppm):.0f} ppm {accuracy} {how} by the computer's clock"


def _rate(outcome: Outcome, wanted_hz: float) -> str:
    """The rate by the host's clock, and how far it is from what the scope reports."""
    measured_hz = outcome.health.actual_rate_hz
    if not measured_hz:
        return f"{rate(wanted_hz)} (too short to measure)"
    gaps = ", gaps counted in" if outcome.health.gaps else ""
    text = f"{rate(measured_hz)} of {rate(wanted_hz)}{gaps}"
    least_ppm = max(outcome.rate_accuracy_ppm, _LARGEST_CLOCK_ERROR_PPM)
    if not abs(outcome.rate_deviation_ppm) > least_ppm:  # nor if nobody knows
        return text + _slightly_off(outcome)
    or_lost = ", or samples that were lost" if outcome.rate_deviation_ppm > 0 else ""
    return (
        f"{text}; it differs by {outcome.rate_deviation_ppm:.0f} ppm "
        f"(± {outcome.rate_accuracy_ppm:.0f}) from what the scope reports: "
        f"another interval{or_lost}"
    )


def _over_range(outcome: Outcome) -> str:
    clipped = [f"{name} {n} times" for name, n in outcome.health.over_range.items() if n]
    return ", ".join(clipped) or "never"
