"""Counting the events that would be kept, without a file."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from rich.console import Console

from ..quantities import count, duration, per_second
from . import output
from .exit_codes import COMPLETE
from .interrupt import Interrupt
from .preparing import showing_preparation
from .request import Request
from .terminal import make_console

if TYPE_CHECKING:
    from ..keeping import KeepingSink, KeptTotals
    from ..streaming import StreamSession

_LINE_S = 1.0

#: What ends an event before the signal is back.
WHY_CUT = "longer than --max-width, or lasting at the end"

_HINT = (
    "if there are any, choose a level nearer to where the signal rests: --dry-run tells how many "
    "it finds"
)


def count_events(request: Request) -> int:
    """Stream as asked, tell every second how many events there are, and return the exit code."""
    interrupt, console = Interrupt(), make_console()
    output.forget_when_unread()
    try:
        with ExitStack() as until_started, ExitStack() as opened:
            until_started.enter_context(showing_preparation(console, interrupt))
            from ..driver import Unit, load_library

            library = load_library(simulated=request.simulate)  # or the rest is compiled in vain
            from ..keeping import KeepingSink
            from ..streaming import StreamSession

            sink = KeepingSink(request.config, None)
            interrupt.refuse()
            unit = opened.enter_context(Unit.open(library, request.serial))
            session = StreamSession(unit, request.config, sink, {})
            session.start()
            until_started.close()
            _watch(console, session, sink, interrupt)
            session.stop()
        console.print(f"Dry run, nothing was written: {in_words(sink.totals)}.", soft_wrap=True)
        return COMPLETE
    finally:
        interrupt.ignore()


def _watch(
    console: Console, session: StreamSession, sink: KeepingSink, interrupt: Interrupt
) -> None:
    """Print a line a second until the stream ends, or the user ends it."""
    assert session.description is not None
    interval_s = session.description.stored_interval_ns * 1e-9
    before = sink.totals
    while not interrupt.wait(_LINE_S) and not session.is_over:
        totals = sink.totals
        elapsed = duration(session.health().elapsed_s)
        console.print(f"{elapsed}: {_since(before, totals, interval_s)}", soft_wrap=True)
        before = totals
    session.request_stop()


def _since(before: KeptTotals, now: KeptTotals, interval_s: float) -> str:
    """What was found in the samples that came since."""
    streamed = now.samples - before.samples
    if not streamed:
        return "no samples"
    streamed_s = streamed * interval_s
    kept = (now.kept - before.kept) / streamed_s
    over = (now.passed_over - before.passed_over) / streamed_s
    passed = f", {per_second(over)} passed over" if over else ""
    share = (now.stored - before.stored) / streamed
    return f"{per_second(kept)} events a second{passed}; {share:.2%} of the stream would be kept"


def in_words(totals: KeptTotals) -> str:
    """What was found and kept."""
    if not totals.found:
        return f"no events; {_HINT}"
    passed = totals.passed_over
    rest = f"; {count(passed)} more passed over (hold-off, or too many a second)" if passed else ""
    events = "1 event" if totals.kept == 1 else f"{count(totals.kept)} events"
    cut = f" ({count(totals.cut)} cut: {WHY_CUT})"
    share = f"{totals.share:.2%} of the stream"
    return f"{events}{cut if totals.cut else ''}, {share}{rest}"
