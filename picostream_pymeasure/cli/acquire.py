"""Recording from the command line: open, stream, show, verify, tell."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from rich.console import Console

from ..config import rate_text
from ..errors import FileMovedError, OverrunError, PicoStreamError, StorageError
from ..quantities import duration, rate
from . import output
from .exit_codes import FAILED
from .interrupt import Interrupt
from .live_view import PlotBeside
from .origin import command_origin
from .preparing import showing_preparation
from .report import print_summary, print_verdict, tell_unverified
from .request import Request
from .terminal import make_console
from .verification import verify_with_progress

if TYPE_CHECKING:
    from ..driver import Unit
    from ..keeping import KeepingSink
    from ..storage import Recorder
    from ..streaming import StreamSession

_REFRESH_S = 0.25

#: A plot that cannot be shown has failed by then; a shorter recording waits for that.
_PLOT_S = 5.0


def record(request: Request) -> int:
    """Record as asked and return the exit code."""
    interrupt = Interrupt()
    output.forget_when_unread()
    try:
        return _record(request, make_console(), interrupt)
    finally:
        interrupt.ignore()


def _record(request: Request, console: Console, interrupt: Interrupt) -> int:
    with ExitStack() as beside:
        with ExitStack() as until_started, ExitStack() as opened:
            until_started.enter_context(showing_preparation(console, interrupt))
            file = request.make_recorder()  # what is refused here is refused at once
            from ..driver import Unit, load_library

            library = load_library(simulated=request.simulate)  # or the rest is compiled in vain
            from ..streaming import StreamSession

            recorder = request.sink_before(file)
            interrupt.refuse()
            unit = opened.enter_context(Unit.open(library, request.serial))
            session = StreamSession(unit, request.config, recorder, command_origin())
            interrupt.refuse()
            session.start()
            until_started.close()
            plot = _plot_beside(request, beside)
            _introduce(console, request, unit, session)
            _tell_plot(console, plot)  # what is known at once
            failure = _watch(console, request, session, recorder, interrupt, plot)
        code = _conclude(console, request, session, recorder, file, failure, interrupt)
        _tell_plot(console, plot, _PLOT_S)
    return code


def _plot_beside(request: Request, beside: ExitStack) -> PlotBeside | None:
    if not request.plot:
        return None
    plot = PlotBeside(request.output, request.plot_window_s, request.plot_points)
    return beside.enter_context(closing(plot))


def _tell_plot(console: Console, plot: PlotBeside | None, patience_s: float = 0.0) -> None:
    if plot and (sentence := plot.failure(patience_s)):
        console.print(sentence, soft_wrap=True)


def _introduce(console: Console, request: Request, unit: Unit, session: StreamSession) -> None:
    description = session.description
    assert description is not None
    wanted_ns, actual_ns = request.config.requested_interval_ns, description.sample_interval_ns
    names = description.channel_names
    channels = f"channel{'s' * (len(names) > 1)} {', '.join(names)}"
    console.print(
        f"{unit.info.get('variant', 'Scope')} {unit.info.get('serial', '')}: {channels}, "
        f"{request.config.resolution_bits} bit, {rate_text(1e9 / actual_ns)} → {request.output}",
        soft_wrap=True,
    )
    if unit.n_channels > len(unit.channel_names):
        usable = ", ".join(unit.channel_names)
        console.print(f"Only {usable} can be used because of {unit.power.limit}.", soft_wrap=True)
    if request.config.sample_rate_hz and abs(actual_ns / wanted_ns - 1) > 1e-6:
        console.print(
            f"The scope samples every {actual_ns:g} ns instead of the {wanted_ns:g} ns asked for.",
            soft_wrap=True,
        )
    if request.config.downsample_ratio > 1:
        console.print(
            f"{request.config.downsample_ratio} samples become one "
            f"({request.config.downsample_mode.value}): "
            f"{rate(1e9 / description.stored_interval_ns)}.",
            soft_wrap=True,
        )
    if request.config.samples:
        length_s = request.config.samples * description.stored_interval_ns * 1e-9
        console.print(
            f"{request.config.samples} samples take {duration(length_s)}.",
            soft_wrap=True,
        )
    if request.verbosity:
        for name, value in unit.info.items():
            console.print(f"  {name}: {value}")
        console.print(f"  block: {description.block_samples} samples per channel")


def _watch(
    console: Console,
    request: Request,
    session: StreamSession,
    recorder: Recorder | KeepingSink,
    interrupt: Interrupt,
    plot: PlotBeside | None,
) -> BaseException | None:
    """Show how it goes until it ends, and give the first error instead of raising it."""
    from .status_line import StatusLine

    with StatusLine(console, request.config, session, recorder) as line:
        while not session.is_over and not interrupt.wait(_REFRESH_S):
            line.show(session.health())
            _tell_plot(console, plot)
        session.request_stop()
        line.show(session.health())
    try:
        session.stop()
    except Exception as error:  # noqa: BLE001 - what was recorded is told before the error
        return error
    return None


def _conclude(
    console: Console,
    request: Request,
    session: StreamSession,
    recorder: Recorder | KeepingSink,
    file: Recorder,
    failure: BaseException | None,
    interrupt: Interrupt,
) -> int:
    if failure is not None and not isinstance(failure, PicoStreamError):
        raise failure
    outcome = session.outcome
    if outcome is None:
        raise failure or PicoStreamError("Nothing was recorded.")
    if isinstance(failure, FileMovedError):  # what now has the name is not the recording
        raise failure
    holds_something = outcome.health.stored or file.told_samples
    if not file.has_file or not (outcome.complete or holds_something):
        file.discard()
        raise PicoStreamError(f"Nothing was recorded. {outcome.reason}")
    if not request.output.exists():
        raise failure or StorageError(f"{request.output} was removed while it was recorded.")
    print_summary(console, request, session, outcome, recorder)
    interrupt.grant()
    started_s = time.monotonic()
    report = verify_with_progress(console, request.output, interrupt)
    if report is None:
        return tell_unverified(console, request.output)
    print_verdict(console, report, time.monotonic() - started_s)
    if failure is None or isinstance(failure, OverrunError):
        return report.exit_code
    if str(failure) not in outcome.reason:  # as of a file that could not be closed
        raise failure
    return FAILED
