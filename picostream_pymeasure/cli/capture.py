"""``picostream capture``."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ..errors import ConfigurationError, FileMovedError, PicoStreamError
from ..quantities import count, rate, si
from . import parsing
from .interrupt import Interrupt
from .origin import command_origin
from .output import forget_when_unread
from .preparing import showing_preparation, telling_that_it_compiles
from .progress_bar import make_bar
from .report import print_verdict, tell_unverified
from .terminal import make_console
from .verification import verify_with_progress

if TYPE_CHECKING:
    from ..capture import CaptureRecording, CaptureSummary
    from ..config import CaptureConfig
    from ..driver import Unit
    from ..storage import Recorder


def record_captures(
    *,
    output: Path | None,
    force: bool,
    reserve_bytes: int,
    serial: str | None,
    simulate: bool,
    timeout_s: float | None,
    **settings: Any,
) -> int:
    """Capture into a file, show how far it is, verify; returns the exit code."""
    interrupt = Interrupt()
    forget_when_unread()
    try:
        config = _config(**settings)
        _check_timeout(timeout_s)
        console = make_console()
        with ExitStack() as opened:
            with showing_preparation(console, interrupt):
                from ..storage import make_capture_recorder, path_with_time

                # what is refused here is refused at once
                recorder = make_capture_recorder(
                    output or path_with_time(), config, force=force, reserve_bytes=reserve_bytes
                )
                from ..driver import Unit, load_library

                library = load_library(simulated=simulate)  # or the rest is compiled in vain
                recorder.prepare()
                interrupt.refuse()
                unit = opened.enter_context(Unit.open(library, serial))
                interrupt.refuse()
            summary = _capture(console, unit, config, timeout_s, recorder, interrupt)
        return _conclude(console, summary, recorder, interrupt)
    finally:
        interrupt.ignore()


@telling_that_it_compiles()
def _capture(
    console: Console,
    unit: Unit,
    config: CaptureConfig,
    timeout_s: float | None,
    recorder: Recorder,
    interrupt: Interrupt,
) -> CaptureSummary:
    from ..capture import CaptureRecording, Watch

    with make_bar(console, "Capturing") as bar:
        task = bar.add_task("capture", total=config.captures)
        watch = Watch(
            timeout_s,
            lambda: interrupt.came,
            lambda done: bar.update(task, completed=done),
        )
        recording = CaptureRecording(unit, config, watch, recorder, command_origin())
        try:
            with recording:
                console.print(_introduction(unit, config, recording), soft_wrap=True)
                recording.capture(config.captures)
        except FileMovedError:  # what now has the name is not the recording
            raise
        except PicoStreamError:
            if recorder.told_samples:
                console.print(
                    f"The captures complete by then are in {recorder.path}; picostream verify "
                    f"{recorder.path} says whether it must be repaired.",
                    soft_wrap=True,
                )
            else:
                recorder.discard()
            raise
        return recording.summary


def _introduction(unit: Unit, config: CaptureConfig, recording: CaptureRecording) -> str:
    """With what it captures."""
    plan, names = recording.plan, recording.description.channel_names
    length = si(plan.samples * plan.interval_ns * 1e-9, "s")
    return (
        f"{unit.info.get('variant', 'Scope')} {unit.info.get('serial', '')}: "
        f"channel{'s' * (len(names) > 1)} {', '.join(names)}, {config.resolution_bits} bit, "
        f"{rate(1e9 / plan.interval_ns)}, {count(plan.samples)} samples a capture ({length})"
    )


def _conclude(
    console: Console, summary: CaptureSummary, recorder: Recorder, interrupt: Interrupt
) -> int:
    interrupt.grant()
    path = recorder.path
    if not recorder.told_samples:
        recorder.discard()
        raise PicoStreamError(
            f"Nothing was recorded. Ended by: {summary.ended_by}, 0 of {summary.wanted} captures. "
            "If the trigger did not come, choose another level, or capture without it after some "
            "time by --auto-trigger."
        )
    for line in _lines(summary, path):
        console.print(line, soft_wrap=True)
    started_s = time.monotonic()
    report = verify_with_progress(console, path, interrupt)
    if report is None:
        return tell_unverified(console, path)
    print_verdict(console, report, time.monotonic() - started_s)
    return report.exit_code


def _check_timeout(timeout_s: float | None) -> None:
    from ..config import MAX_DURATION_S

    if timeout_s is not None and not 0 < timeout_s <= MAX_DURATION_S:
        raise ConfigurationError(
            "The time-out must be more than 0 s and at most 10 years; without one, it waits."
        )


def _config(
    sample_rate_msps: float,
    resolution_bits: int,
    channels: tuple[str, ...],
    range_v: float,
    trigger: str | None,
    pre_trigger_s: float,
    auto_trigger_ms: float,
    samples: int | None,
    length_s: float | None,
    captures: int,
) -> CaptureConfig:
    from ..config import CaptureConfig
    from ..storage import MOST_CAPTURES

    if not 1 <= captures <= MOST_CAPTURES:
        raise ConfigurationError(
            f"The number of captures must be 1 to {MOST_CAPTURES}, which a file holds; it is "
            f"{captures}."
        )
    if trigger is None and (pre_trigger_s or auto_trigger_ms):
        raise ConfigurationError("--pre-trigger and --auto-trigger need --trigger.")
    if (samples is None) == (length_s is None):
        raise ConfigurationError(
            "Say how long a capture is, by --length or by --samples, and not by both."
        )
    return CaptureConfig(
        channels=tuple(
            parsing.channel(text, range_v, "DC", 0.0)
            for text in channels or ("A",)
            if not parsing.is_port(text)
        ),
        digital_ports=tuple(parsing.port(text) for text in channels if parsing.is_port(text)),
        resolution_bits=resolution_bits,
        sample_rate_hz=sample_rate_msps * 1e6,
        trigger=(
            parsing.trigger(trigger, pre_trigger_s, auto_trigger_ms / 1e3)
            if trigger is not None
            else None
        ),
        samples=samples,
        duration_s=length_s,
        captures=captures,
    )


def _lines(summary: CaptureSummary, path: Path) -> list[str]:
    lines = [f"Captures:   {summary.captures} of {summary.wanted} → {path}"]
    if summary.ended_by != "target":
        lines.append(f"Ended by:   {summary.ended_by}")
    for label, seconds in (
        (
            "Dead time:  {} or less, from a capture's end to the next trigger",
            summary.dead_time_s,
        ),
        ("            {} or less from run to run", summary.dead_time_between_runs_s),
    ):
        if math.isfinite(seconds):
            lines.append(label.format(si(seconds, "s")))
    if summary.short_captures:
        lines.append(f"Short:      {summary.short_text}")
    if summary.lost:
        lines.append(f"Lost:       {summary.lost_text}")
    return lines
