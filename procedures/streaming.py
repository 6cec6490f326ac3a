"""The base of procedures that stream from a scope.

Copy this to make your own; everything that is not said here is a parameter already::

    from pymeasure.experiment import IntegerParameter

    from picostream_pymeasure.procedures.streaming import StreamingProcedure


    class Flashes(StreamingProcedure):
        n_flashes = IntegerParameter("Flashes", default=10)

        def run(self, session):
            for number in range(self.n_flashes):
                session.mark("flash", number)
                if not self.stream_for(0.5):
                    return

``configure`` sets up what is not of the stream, ``run`` does what is to be done while it
streams, ``summary`` makes the rows of the CSV, ``release`` leaves other instruments in a safe
state. The samples go into an HDF5 file beside the CSV, whatever ``run`` does.
"""

from __future__ import annotations

import copy
import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar

from picostream_pymeasure.errors import ConfigurationError, SessionStateError
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.records import (
    ABORTED,
    FAILED,
    FINISHED,
    STOPPED,
    TARGET,
    Health,
)

from . import summary
from .number_parameters import NumberParameter
from .planned_recording import PlannedRecording
from .scope_parameters import FIRST_FOUND, SIMULATED
from .stream_keeper import StreamKeeper

if TYPE_CHECKING:
    from picostream_pymeasure.streaming import Piece, StreamSession

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())

#: How often the thread of a run looks whether it shall end.
_LOOK_S = 0.05

#: How long the end of a run waits for the disk and the driver; Abort and Stop act within 1 s.
_END_TIMEOUT_S = 0.7


class StreamingProcedure(PlannedRecording):
    """Streams into an HDF5 file while :meth:`run` runs.

    The file is ``recording_path``; None means beside the CSV of the PyMeasure ``Worker`` that runs
    the procedure, or, without one, a temporary file that is removed when the process ends.
    """

    DATA_COLUMNS: ClassVar[list[str]] = summary.COLUMNS

    summary_interval = NumberParameter(
        "Summary Interval",
        units="s",
        minimum=0.1,
        maximum=3600,
        default=0.25,
        description="Time between two rows of the CSV; the recording holds every sample anyway.",
    )
    INPUTS = (*PlannedRecording.INPUTS, "summary_interval")
    #: Titles and the inputs below them, for a window; tuples are rows of a table, "…" folds.
    INPUT_GROUPS: tuple[tuple[str, tuple[str | tuple[str, ...], ...]], ...] = (
        *PlannedRecording.INPUT_GROUPS,
        ("Recording …", ("live_only", "compression", "pool", "on_overrun", "summary_interval")),
    )
    #: Parameters that a window shows beside each run.
    DISPLAYS: tuple[str, ...] = ("scope_serial", "resolution", "sample_rate", "ends_by")

    def __init_subclass__(cls, **options: Any) -> None:
        """A procedure with a ``run`` of its own ends when that returns, unless it is told else."""
        super().__init_subclass__(**options)
        if "run" in vars(cls) and cls.ends_by is PlannedRecording.ends_by:
            cls.ends_by = copy.deepcopy(cls.ends_by)
            cls.ends_by.value = "stop"

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        if unknown := parameters.keys() - self._parameters.keys():  # PyMeasure passes over them
            raise ConfigurationError(
                f"{type(self).__name__} has no parameter {', '.join(sorted(unknown))}; "
                "parameter_objects() lists those it has."
            )
        self.scope: PicoScope5000A | None = None
        self.error: BaseException | None = None
        self._keeper: StreamKeeper | None = None
        self._stop_requested = threading.Event()
        self._own_path: str | None = None
        self._next_summary_s = 0.0
        self._samples_told = -1
        self._statistics: dict[str, float] = {}

    # -- for derived procedures

    def configure(self, scope: PicoScope5000A) -> None:
        """Set up what is not of the stream, such as the generator; the scope is open and idle.

        What is streamed is what :meth:`stream_config` makes of the parameters.
        """

    def run(self, session: StreamSession) -> None:
        """Do what is to be done while the stream runs; its return ends the stream.

        Here: let it run to its end.

        :param session: the running stream; ``session.mark(label, value)`` makes an event.
        """
        self.stream_for(math.inf)

    def summary(self, health: Health) -> dict[str, Any]:
        """Make a row of the CSV, with the keys ``DATA_COLUMNS``."""
        pieces = self.newest_samples()
        if pieces and self.description is not None:  # a slow stream has none now and then
            self._statistics = summary.statistics(pieces, self.description)
        return {**summary.totals(health), **self._statistics}

    def release(self) -> None:
        """Bring other instruments into a safe state; the stream is over, ``scope`` still open.

        Called in a thread of its own, also when they were never opened.
        """

    def open_scope(self) -> PicoScope5000A:
        """Open the scope that the parameters name."""
        if self.scope_serial == SIMULATED:
            return PicoScope5000A(simulated=True)
        serial = None if self.scope_serial in ("", FIRST_FOUND) else self.scope_serial
        return PicoScope5000A(serial=serial)

    def newest_samples(self) -> list[Piece]:
        """Give pieces of the stream that came since the last call, the oldest first.

        They are of the last 64 blocks, 16384 samples per input of each: enough to look at the
        signals while the stream runs; the file has them all.
        """
        return self._session.take_newest() if self._session else []

    def stream_for(self, seconds: float) -> bool:
        """Let the stream run for a time, with rows for the CSV; tell whether it still runs.

        False means that :meth:`run` shall return: the end is reached, the user stopped or
        aborted, or the stream failed.
        """
        deadline = time.monotonic() + seconds
        while not self.is_ending:
            now = time.monotonic()
            if now >= self._next_summary_s:
                self._next_summary_s = now + self.summary_interval
                self._emit_running_summary()
            if now >= deadline:
                return True
            self._stop_requested.wait(min(deadline - now, _LOOK_S))
        return False

    def emit_summary(self, health: Health) -> None:
        """Give a row to the CSV, and the progress to the window when the end is known."""
        row = self.summary(health)
        if not row.keys().isdisjoint(self.DATA_COLUMNS):  # a procedure's own rows are its own
            self.emit("results", row)
        self._samples_told = health.stored
        description = self.description
        if description is not None:
            target = description.config.target_samples(description.sample_interval_ns)
            if target is not None:
                self.emit("progress", min(100 * health.stored / target, 100.0))

    @property
    def is_ending(self) -> bool:
        """True when the run is over or shall be: the end is reached, stop, abort, or a failure."""
        is_over = self._keeper is not None and self._keeper.stream_ended.is_set()
        return is_over or self._is_interrupted

    # -- for those who run it

    def request_stop(self) -> None:
        """End the run normally and keep the data; from any thread, at any time."""
        self._stop_requested.set()

    def mark(self, label: str, value: float = math.nan) -> None:
        """Put a mark at the newest sample of the running stream; from any thread.

        :raises SessionStateError: nothing streams now.
        """
        session = self._keeper.session if self._keeper else None
        if session is None:
            raise SessionStateError("Nothing is being recorded that could be marked.")
        session.mark(label, value)

    def emit(self, topic: str, record: Any) -> None:
        """Without a PyMeasure ``Worker``, which replaces it, nobody listens."""

    def should_stop(self) -> bool:
        """Without a PyMeasure ``Worker``, which replaces it, nobody aborts."""
        return False

    # -- PyMeasure's life of a procedure

    def startup(self) -> None:
        """Check everything, open the scope and start the stream."""
        try:
            self._start()
        except BaseException as error:
            self._fail(error)
            raise

    def execute(self) -> None:
        """Let :meth:`run` do its work, and end the stream."""
        try:
            self._run()
        except BaseException as error:
            self._fail(error)
            raise

    def shutdown(self) -> None:
        """Close what is still open; never raises, and returns within a second."""
        self._end()
        # a procedure may be kept for as long as its results are shown, and may run again
        self._session = None
        self._stop_requested.clear()

    def _start(self) -> None:
        self.error = None
        self._samples_told = -1
        if self.recording_path in (None, self._own_path):  # one that was used holds an earlier run
            self.recording_path = self._own_path = str(self.default_path())
        self.check()
        self._keeper = StreamKeeper(self.scope_serial, self._open_session, self._close)
        self._keeper.start()
        while not self._keeper.started.wait(_LOOK_S) and not self.is_ending:
            pass
        if self._keeper.error is not None:
            raise self._keeper.error
        if self.description is not None:
            self.note_start(self.description, self.recording_path)

    def _run(self) -> None:
        keeper = self._keeper
        assert keeper is not None
        session = keeper.session
        if session is not None and not self.is_ending:
            self._next_summary_s = time.monotonic() + self.summary_interval
            self.run(session)
            self._note_early_end(keeper)
        keeper.request_stop(*self._end_words())
        while not keeper.stream_ended.wait(_LOOK_S) and not self._is_interrupted:
            pass
        self._end()
        if keeper.error is not None:
            raise keeper.error
        if keeper.outcome is not None:
            if keeper.outcome.health.stored != self._samples_told:  # else the last row has it
                self.emit_summary(keeper.outcome.health)
            log.info("%s %s", self.recording_path, keeper.outcome.reason)

    def _note_early_end(self, keeper: StreamKeeper) -> None:
        """Say so when something else than :meth:`run` decided the end."""
        outcome = keeper.outcome
        decides = type(self).run is not StreamingProcedure.run
        if decides and keeper.stream_ended.is_set() and outcome and outcome.ended_by == TARGET:
            log.warning(
                "The recording reached its end (%s) before the procedure did.", self.ends_by
            )

    def _metadata_values(self) -> dict[str, Any]:
        """PyMeasure's own metadata of a derived procedure, by their names."""
        values = {}
        for name, item in self.metadata_objects().items():
            if not hasattr(PlannedRecording, name):
                value = item.eval_fget(self) if item.fget is not None else getattr(self, name)
                values[item.name] = value
        return values

    def _end_words(self) -> tuple[str, str]:
        """How the run ended as far as it decides that, and one sentence about it."""
        if self.should_stop():
            return ABORTED, "The run was aborted by the user."
        if self._stop_requested.is_set():
            return STOPPED, "Stopped by the user."
        return FINISHED, "The procedure has finished."

    def _fail(self, error: BaseException) -> None:
        """Keep the first failure, and end here: PyMeasure's window waits for ``shutdown``."""
        self.error = error
        if self._keeper is not None:
            if isinstance(error, Exception):
                self._keeper.request_stop(FAILED, str(error) or type(error).__name__)
            else:
                self._keeper.request_stop(ABORTED, "The run was interrupted by the user.")
        self._end()

    def _end(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None and not keeper.end(_END_TIMEOUT_S):
            log.warning(
                "The disk or the scope keeps the end of the recording waiting. The run ends "
                "before it; what was streamed is stored as soon as possible."
            )

    def _emit_running_summary(self) -> None:
        session = self._keeper.session if self._keeper else None
        if session is not None:
            self.emit_summary(session.health())

    @property
    def _is_interrupted(self) -> bool:
        return self._stop_requested.is_set() or self.should_stop()

    # -- in the keeper's thread

    def _open_session(self) -> StreamSession:
        self.scope = self.open_scope()
        config = self.stream_config()
        self.scope.apply(config)
        self._configure(self.scope)
        assert self.recording_path is not None
        self._session = self.scope.stream(
            self.recorder(self.recording_path, config),
            config=config,
            metadata={
                "procedure": f"{type(self).__module__}.{type(self).__qualname__}",
                "parameters": self.parameter_values(),
                "metadata": self._metadata_values(),
            },
        )
        return self._session

    def _configure(self, scope: PicoScope5000A) -> None:
        before = scope.stream_config()
        self.configure(scope)
        if scope.stream_config() != before:
            raise ConfigurationError(
                "configure() has changed settings of the stream, which was planned without them; "
                "change them in stream_config() instead."
            )

    def _close(self) -> None:
        for call in (self.release, self._close_scope):
            try:
                call()
            except Exception:
                log.exception("The end of the run was not clean.")

    def _close_scope(self) -> None:
        scope, self.scope = self.scope, None
        if scope is not None:
            scope.shutdown()
