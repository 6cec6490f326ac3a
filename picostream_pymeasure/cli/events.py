"""``picostream events``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..quantities import count, si
from . import COMPLETE, FAILED
from .interrupt import Interrupt
from .progress_bar import progress_bar
from .terminal import make_console

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..reader import FoundEvents

#: Options that are times, and the fields of the rule that they set.
_TIMES = ("min_width", "max_width", "baseline", "hold_off")


def find_file_events(
    file: Path,
    channel: str | None,
    direction: str,
    threshold: str,
    output: Path | None,
    max_rate: float | None,
    **times: float | None,
) -> int:
    """Find the events of a recording, say what they are like, write the table; the exit code.

    :param channel: None for the first one.
    :param times: in seconds, of the options of :data:`_TIMES`.
    """
    from ..reader import PicoStreamReader, parse_rule
    from ..storage import check_target

    if output is not None:
        check_target(output, force=False)
    details: dict[str, Any] = {
        f"{name}_s": value for name in _TIMES if (value := times[name]) is not None
    }
    if max_rate is not None:
        details["max_rate_hz"] = max_rate
    console = make_console()
    with PicoStreamReader(file, channel) as reader:
        name = reader.channel or "A"
        rule = parse_rule(f"{name}:{direction}:{threshold}", **details)
        with progress_bar(console, "Searching") as bar:
            task = bar.add_task("search", total=None)
            found = _search(
                lambda show: reader.find_events(rule, show),
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        duration_s = reader.num_samples * reader.sample_interval_ns * 1e-9
    if found is None:
        console.print("Interrupted; no events were written.")
        return FAILED
    for line in _summary(found, duration_s):
        console.print(line, soft_wrap=True)
    if output is not None:
        found.to_csv(output)
        console.print(f"{output}: {count(len(found))} rows", soft_wrap=True)
    return COMPLETE


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
    lines = [f"Events:     {count(len(found))}, {rate_hz:.3g} a second"]
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
            f"{label} {count(int(flags.sum()))}"
            for label, flags in (("Cut:       ", found.is_cut), ("At a gap:  ", found.at_gap))
            if flags.any()
        ]
    return lines
