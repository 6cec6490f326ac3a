"""``picostream events``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import EventRule
from ..errors import ConfigurationError
from ..quantities import count, per_second, si
from .dry_run import WHY_CUT
from .exit_codes import COMPLETE, FAILED
from .interrupt import Interrupt
from .preparing import telling_that_it_compiles
from .progress_bar import make_bar
from .terminal import make_console

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from ..reader import FoundEvents, PicoStreamReader


@telling_that_it_compiles()
def list_events(
    file: Path,
    channel: str | None,
    direction: str | None,
    threshold: str | None,
    output: Path | None,
    force: bool,
    details: dict[str, Any],
) -> int:
    """Find the events of a recording, say what they are like, write the table; the exit code.

    :param channel: None for the first one.
    :param details: fields of the rule.
    """
    from ..reader import PicoStreamReader, parse_rule
    from ..storage import check_target, require_no_data

    if output is not None:
        if output.suffix.lower() != ".csv":
            raise ConfigurationError(f"Events become a .csv file: let {output.name} end with that.")
        check_target(output, force=force)
        require_no_data(output)
    console = make_console()
    with PicoStreamReader(file, channel) as reader:
        wants_others = details or (channel, direction, threshold) != (None, None, None)
        found = None if wants_others else _kept(reader)
        if found is None:
            level = "5sigma" if threshold is None else threshold
            words = (reader.channel or "A", direction or "either", level)
            found = _found(console, reader, parse_rule(":".join(words), **details))
        duration_s = reader.duration_s
        missed = found is not None and not len(found)
        advice = _advice(reader, direction, threshold) if missed else []
    if found is None:
        console.print("Interrupted; no events were written.")
        return FAILED
    for line in _summary(found, duration_s) + advice:
        console.print(line, soft_wrap=True)
    if output is not None:
        found.to_csv(output, force=force)
        console.print(f"{output}: {count(len(found))} rows", soft_wrap=True)
    return COMPLETE


def _advice(reader: PicoStreamReader, direction: str | None, threshold: str | None) -> list[str]:
    """Why a level may have been reached by no event."""
    is_level = direction and threshold and "sigma" not in threshold.lower()
    if not is_level or not reader.num_samples:
        return []
    _, low_v, high_v, _ = reader.window(reader.begin_s, reader.end_s, 1)[0] * 1e-3
    return [
        f"With a direction, {threshold} is a voltage of the input itself, which lay between "
        f"{si(low_v, 'V')} and {si(high_v, 'V')}. Without --direction it counts from the "
        "baseline."
    ]


def _kept(reader: PicoStreamReader) -> FoundEvents | None:
    """The events that a recording keeps; None of one that keeps everything."""
    try:
        return reader.captures.events
    except ConfigurationError:
        return None


def _found(console: Console, reader: PicoStreamReader, rule: EventRule) -> FoundEvents | None:
    """The events of a recording that keeps everything, or None if Ctrl+C came first."""
    with make_bar(console, "Searching") as bar:
        task = bar.add_task("search", total=None)
        return _search(
            lambda show: reader.find_events(rule, show),
            lambda done, total: bar.update(task, completed=done, total=total),
        )


def _search(
    find: Callable[[Callable[[int, int], None]], FoundEvents], show: Callable[[int, int], None]
) -> FoundEvents | None:
    """The events, or None if Ctrl+C came first."""
    with Interrupt() as interrupt:

        def progress(done: int, total: int) -> None:
            show(done, total)
            if interrupt.came:
                raise KeyboardInterrupt

        try:
            return find(progress)
        except KeyboardInterrupt:
            return None


def _summary(found: FoundEvents, duration_s: float) -> list[str]:
    import numpy as np

    rate_hz = len(found) / duration_s if duration_s else 0.0
    lines = [f"Events:     {count(len(found))}, {per_second(rate_hz)} a second"]
    if found.passed_over:
        lines.append(f"Passed over: {count(found.passed_over)} (hold-off, or too many a second)")
    if len(found):
        middle = {
            "Duration:  ": (found.duration_s, "s"),
            "Amplitude: ": (found.amplitude_v, "V"),
            "Sigma:     ": (found.sigma_v, "V"),
        }
        lines += [
            f"{label} {si(float(np.median(values)), unit)} (median; "
            f"{si(float(values.min()), unit)} to {si(float(values.max()), unit)})"
            for label, (values, unit) in middle.items()
        ]
        lines += [
            f"{label} {count(int(flags.sum()))}{why}"
            for label, flags, why in (
                ("Cut:       ", found.is_cut, f" ({WHY_CUT})"),
                ("Clipped:   ", found.is_clipped, ""),
                ("At a gap:  ", found.at_gap, ""),
            )
            if flags.any()
        ]
    return lines
