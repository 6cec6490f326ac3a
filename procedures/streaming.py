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
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from picostream_pymeasure.config import StreamConfig, require_seconds
from picostream_pymeasure.errors import ConfigurationError, shown
from picostream_pymeasure.instrument import PicoScope5000A, recorder_for
from picostream_pymeasure.records import TARGET, Health, Outcome

from . import estimates, summary
from .derived import require_given
from .keep_parameters import KeepParameters
from .number_parameters import NumberParameter
from .recording_procedure import RecordingProcedure
from .stream_parameters import StreamParameters

if TYPE_CHECKING:
    from picostream_pymeasure.keeping import KeepingSink
    from picostream_pymeasure.storage import Recorder
    from picostream_pymeasure.streaming import Piece, StreamSession

log = logging.getLogger(__name__)


class StreamingProcedure(RecordingProcedure, StreamParameters):
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
    INPUTS = (*StreamParameters.INPUTS, "summary_interval")
    #: Titles and the inputs below them, for a window; tuples are rows of a table, "…" folds.
    INPUT_GROUPS: tuple[tuple[str, tuple[str | tuple[str, ...], ...]], ...] = (
        *StreamParameters.INPUT_GROUPS,
        ("Events …", KeepParameters.INPUTS),
        ("Recording …", ("live_only", "compress", "pool", "on_overrun", "summary_interval")),
    )
    #: Parameters that a window shows beside each run.
    DISPLAYS: tuple[str, ...] = ("scope_serial", "resolution", "sample_rate", "ends_by")

    def __init_subclass__(cls, **options: Any) -> None:
        """A procedure with a ``run`` of its own ends when that returns, unless it is told else."""
        super().__init_subclass__(**options)
        if "run" in vars(cls) and cls.ends_by is StreamParameters.ends_by:
            cls.ends_by = copy.deepcopy(cls.ends_by)
            cls.ends_by.value = "stop"

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._next_summary_s = 0.0
        self._samples_told = -1
        self._statistics: dict[str, float] = {}
        self._told_columns: set[Any] = set()

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
        """Make a row of the CSV, with the keys ``DATA_COLUMNS``.

        ``A Minimum (V)`` … ``A RMS (V)`` are of :meth:`newest_samples`, which may not be all that
        came since the row before: a short spike may be in no row. The other columns count all.
        """
        pieces = self.newest_samples()
        if pieces and self.description is not None:  # a slow stream has none now and then
            self._statistics = summary.statistics(pieces, self.description)
        return {**summary.totals(health), **self._statistics}

    def newest_samples(self) -> list[Piece]:
        """Give pieces of the stream that came since the last call, the oldest first.

        They are of the last 64 blocks, 16384 samples per input of each: enough to look at the
        signals while the stream runs; the file has them all.
        """
        return self._session.take_newest() if self._session else []

    @property
    def planned_duration_s(self) -> float | None:
        """How long :meth:`run` will take if it decides that; for estimates."""
        return None

    def stream_for(self, seconds: float) -> bool:
        """Let the stream run for a time, with rows for the CSV; tell whether it still runs.

        False means that :meth:`run` shall return: the end is reached, the user stopped or
        aborted, or the stream failed.

        :raises ConfigurationError: the time is no number.
        """
        seconds = require_seconds("seconds", seconds)
        if self._next_summary_s == 0.0:
            self._next_summary_s = time.monotonic() + self.summary_interval
        deadline = time.monotonic() + seconds
        while not self.is_ending:
            now = time.monotonic()
            if now >= self._next_summary_s:
                self._next_summary_s = now + self.summary_interval
                self._emit_running_summary()
            if now >= deadline:
                return True
            self.wait_for_stop(deadline - now)
        return False

    def emit_summary(self, health: Health) -> None:
        """Give a row to the CSV, and the progress to the window when the end is known."""
        row = self.summary(health)
        require_given("summary", row, dict)
        self._tell_unknown(row)
        if not row.keys().isdisjoint(self.DATA_COLUMNS):  # a procedure's own rows are its own
            self.emit("results", row)
        self._samples_told = health.stored
        description = self.description
        if description is not None:
            target = description.config.target_samples(description.sample_interval_ns)
            if target is not None:
                self.emit("progress", min(100 * health.stored / target, 100.0))

    def _tell_unknown(self, row: dict[str, Any]) -> None:
        """Name columns that the CSV does not have, once; those of a stream may be left out."""
        unknown = row.keys() - {*self.DATA_COLUMNS, *summary.COLUMNS, *self._told_columns}
        if not unknown:
            return
        self._told_columns |= unknown
        log.warning(
            "The CSV has no column %s, which summary() fills; DATA_COLUMNS has %s.",
            ", ".join(sorted(map(shown, unknown))),
            ", ".join(self.DATA_COLUMNS),
        )

    def tell_end(self, outcome: Outcome) -> None:
        """Give the last row, and say so when something else than :meth:`run` decided the end."""
        if type(self).run is not StreamingProcedure.run and outcome.ended_by == TARGET:
            log.warning(
                "The recording reached its end (%s) before the procedure did.", self.ends_by
            )
        if outcome.health.stored != self._samples_told:  # else the last row has it
            self.emit_summary(outcome.health)

    def _emit_running_summary(self) -> None:
        if self.description is not None:
            self.emit_summary(self._session.health())

    # -- the plan

    def planned_config(self) -> StreamConfig:
        """What will be streamed, with the expected duration where :meth:`run` decides it.

        :raises ConfigurationError: as :meth:`check`.
        """
        config = self.stream_config()
        require_given("stream_config", config, StreamConfig)
        if self.planned_duration_s is None:
            return config
        return replace(config, duration_s=self.planned_duration_s, samples=None)

    def estimated(self, config: StreamConfig, folder: Path, n_runs: int) -> list[tuple[str, str]]:
        """See :meth:`.PlannedRecording.estimated`."""
        return estimates.of_stream(config, self.live_only, folder, n_runs, is_packed=self.compress)

    def recorder(self, path: str, config: StreamConfig) -> Recorder | KeepingSink:
        """See :meth:`.PlannedRecording.recorder`."""
        return recorder_for(
            path,
            config,
            live_only=self.live_only or None,
            compress=self.compress,
            force=False,
            reserve_bytes=None,
        )

    def make_session(self, scope: PicoScope5000A, path: str) -> StreamSession:
        """See :meth:`.RecordingProcedure.make_session`."""
        self._samples_told, self._next_summary_s = -1, 0.0
        config = self.stream_config()
        scope.apply(config)
        self._configure(scope)
        recorder = self.recorder(path, config)
        return scope.stream(recorder, config=config, metadata=self.session_metadata)

    def _configure(self, scope: PicoScope5000A) -> None:
        before = scope.stream_config()
        self.configure(scope)
        if scope.stream_config() != before:
            raise ConfigurationError(
                "configure() has changed settings of the stream, which was planned without them; "
                "change them in stream_config() instead."
            )
