"""The life of a procedure that records a scope into an HDF5 file beside its CSV.

:mod:`.streaming` and :mod:`.triggered_capture` say what is recorded.
"""

from __future__ import annotations

import logging
import math
import threading
from typing import TYPE_CHECKING, Any

from picostream_pymeasure.errors import ConfigurationError, SessionStateError, sentence
from picostream_pymeasure.host import RUNNING, parameters_of
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.records import (
    ABORTED,
    FAILED,
    FINISHED,
    ON_REQUEST,
    STOPPED,
    Outcome,
    interruption,
)

from .derived import require_given, require_sound_parameters
from .planned_recording import PlannedRecording
from .scope_keeper import KeptSession, ScopeKeeper
from .scope_parameters import FIRST_FOUND, SIMULATED

if TYPE_CHECKING:
    from picostream_pymeasure.records import StreamDescription

log = logging.getLogger(__name__)

#: How often the thread of a run looks whether it shall end.
LOOK_S = 0.05

#: How long the end of a run waits for the disk and the driver; Abort and Stop act within 1 s.
_END_TIMEOUT_S = 0.7


class RecordingProcedure(PlannedRecording):
    """Records into an HDF5 file while :meth:`run` runs.

    The file is ``recording_path``; None means beside the CSV of the PyMeasure ``Worker`` that runs
    the procedure, or, without one, a temporary file that is removed when the process ends.
    """

    #: The open scope, in the thread of the recording; and what the run failed with.
    scope: PicoScope5000A | None = None
    error: BaseException | None = None
    _closing: ScopeKeeper | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Refuse parameters that would be taken for something else, see :mod:`.derived`."""
        super().__init_subclass__(**options)
        require_sound_parameters(cls)

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        if unknown := parameters.keys() - parameters_of(self).keys():  # PyMeasure passes over them
            raise ConfigurationError(
                f"{type(self).__name__} has no parameter {', '.join(sorted(unknown))}; "
                "parameter_objects() lists those it has."
            )
        self._session: Any = None
        self._keeper: ScopeKeeper | None = None
        self._stop_requested = threading.Event()
        self._own_path: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has the same parameters, and records nothing yet."""
        return _make, (type(self), self.parameter_values(), self.recording_path)

    # -- for derived procedures

    def make_session(self, scope: PicoScope5000A, path: str) -> KeptSession:
        """Make what records; the scope is open and idle. Called in a thread of its own."""
        raise NotImplementedError

    def run(self, session: Any) -> None:
        """Do what is to be done while it records; its return ends the recording.

        :param session: what :meth:`make_session` has made, started.
        """
        raise NotImplementedError

    def tell_end(self, outcome: Outcome) -> None:
        """Give the last rows to the CSV, once all is stored."""

    def release(self) -> None:
        """Bring other instruments into a safe state; the recording is over, ``scope`` still open.

        Called in a thread of its own, also when they were never opened. What it raises is logged,
        and ``run_procedure`` raises it: the recording is what it is.
        """

    def open_scope(self) -> PicoScope5000A:
        """Open the scope that the parameters name."""
        if self.scope_serial == SIMULATED:
            return PicoScope5000A(simulated=True)
        serial = None if self.scope_serial in ("", FIRST_FOUND) else self.scope_serial
        return PicoScope5000A(serial=serial)

    @property
    def description(self) -> StreamDescription | None:
        """What the scope made of the settings, while it records."""
        return self._session.description if self._session else None

    @property
    def session_metadata(self) -> dict[str, Any]:
        """What is stored with the recording."""
        return {
            "procedure": f"{type(self).__module__}.{type(self).__qualname__}",
            "parameters": self.parameter_values(),
            "units": self._units(),
            "metadata": self._metadata_values(),
        }

    @property
    def is_ending(self) -> bool:
        """True when the run is over or shall be: the end is reached, stop, abort, or a failure."""
        is_over = self._keeper is not None and self._keeper.recording_ended.is_set()
        return is_over or self._is_interrupted

    def wait_for_stop(self, seconds: float) -> None:
        """Wait so long, or less: ask :attr:`is_ending` then."""
        self._stop_requested.wait(min(seconds, LOOK_S))

    # -- for those who run it

    def request_stop(self) -> None:
        """End the run normally and keep the data; from any thread, at any time."""
        self._stop_requested.set()

    def mark(self, label: str, value: float = math.nan) -> None:
        """Put a mark at the newest sample of the running recording; from any thread.

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
        """Check everything, open the scope and begin to record.

        :raises SessionStateError: it records already.
        """
        if self._keeper is not None:
            raise SessionStateError("This procedure records already; end it with shutdown() first.")
        try:
            self._start()
        except BaseException as error:
            self._fail(error)
            raise

    def execute(self) -> None:
        """Let :meth:`run` do its work, and end the recording."""
        try:
            self._run()
        except BaseException as error:
            self._fail(error)
            raise

    def shutdown(self) -> None:
        """Close what is still open; never raises, and returns within a second."""
        if self._keeper is not None and not self._is_interrupted:
            self._keeper.request_stop(*self._words_of_shutdown())
        self._end()
        # a procedure may be kept for as long as its results are shown, and may run again
        self._session = None
        self._stop_requested.clear()

    def _words_of_shutdown(self) -> tuple[str, str]:
        """Why it ends although it has not come to its end."""
        if self.status != RUNNING:  # what a derived class does before or after ours has failed
            return FAILED, "The procedure failed before its recording ended."
        log.warning(
            "%s has an execute() of its own, which ends the recording without its last row in the "
            "CSV; replace run() instead.",
            type(self).__name__,
        )
        return FINISHED, "The procedure has finished."

    def _start(self) -> None:
        self.error = self._closing = None
        if self.recording_path in (None, self._own_path):  # one that was used holds an earlier run
            self.recording_path = self._own_path = str(self.default_path())
        self.check()
        self._keeper = ScopeKeeper(self.scope_serial, self._open_session, self._close)
        self._keeper.start()
        while not self._keeper.started.wait(LOOK_S) and not self.is_ending:
            pass
        if self._keeper.error is not None:
            raise self._keeper.error
        if self.description is not None:
            self.note_start(self.description, self.recording_path)

    def _run(self) -> None:
        keeper = self._keeper
        if keeper is None:
            raise SessionStateError("Nothing is being recorded; call startup() before.")
        session = keeper.session
        if session is not None and not self.is_ending:
            self.run(session)
        keeper.request_stop(*self._end_words())
        while not keeper.recording_ended.wait(LOOK_S) and not self._is_interrupted:
            pass
        self._end()
        if keeper.error is not None:
            raise keeper.error
        if keeper.outcome is not None:
            self.tell_end(keeper.outcome)
            log.info("%s %s", self.recording_path, keeper.outcome.reason)

    def _units(self) -> dict[str, str]:
        """Units of those parameters that have one."""
        units = {name: getattr(one, "units", None) for name, one in parameters_of(self).items()}
        return {name: unit for name, unit in units.items() if unit}

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
            return STOPPED, ON_REQUEST
        return FINISHED, "The procedure has finished."

    def _fail(self, error: BaseException) -> None:
        """Keep the first failure, and end here: PyMeasure's window waits for ``shutdown``."""
        self.error = error
        if self._keeper is not None:
            if isinstance(error, Exception):
                self._keeper.request_stop(FAILED, sentence(error))
            else:
                self._keeper.request_stop(ABORTED, interruption(error))
        self._end()

    def _end(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        keeper.request_stop(*self._end_words())  # unless it was said before
        was_started = keeper.started.is_set()
        self._closing = keeper
        if not keeper.end(_END_TIMEOUT_S) and was_started:
            log.warning(
                "The disk, the scope or release() keeps the end of the recording waiting. The run "
                "ends before it; what was streamed is stored as soon as possible."
            )
        elif keeper.outcome is None and keeper.error is None:
            log.warning("The run was ended before its first sample.")

    def wait_for_release(self) -> BaseException | None:
        """Return when all is stored and the scope is free, which may be after the run.

        :returns: what :meth:`release` raised, if it did.
        """
        keeper, self._closing = self._closing, None
        if keeper is None:
            return None
        while not keeper.ended.wait(LOOK_S):
            pass
        return keeper.close_error

    @property
    def _is_interrupted(self) -> bool:
        return self._stop_requested.is_set() or self.should_stop()

    # -- in the keeper's thread

    def _open_session(self) -> KeptSession:
        self.scope = self.open_scope()
        require_given("open_scope", self.scope, PicoScope5000A)
        assert self.recording_path is not None
        session = self._session = self.make_session(self.scope, self.recording_path)
        if (keeper := self._keeper) is not None and self._is_interrupted:  # while it was opened
            keeper.request_stop(*self._end_words())
        return session

    def _close(self) -> None:
        failed: list[BaseException] = []
        for call in (self.release, self._close_scope):
            try:
                call()
            except BaseException as error:  # a run that is over does not hear it
                log.exception("The end of the run was not clean.")
                failed.append(error)
        if failed:
            raise failed[0]

    def _close_scope(self) -> None:
        scope, self.scope = self.scope, None
        if isinstance(scope, PicoScope5000A):
            scope.shutdown()


def _make(
    kind: type[RecordingProcedure], parameters: dict[str, Any], path: str | None
) -> RecordingProcedure:
    procedure = kind(**parameters)
    procedure.recording_path = path
    return procedure
