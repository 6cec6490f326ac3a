"""Capture around triggers into the scope's own memory: up to 1 GS/s, one row of the CSV a capture.

The samples go into an HDF5 file beside the CSV. To do something between captures, write ``run``
anew, and call :meth:`~TriggeredCapture.capture` in it; :mod:`.capture_sweep` shows that.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from picostream_pymeasure.config import CaptureConfig
from picostream_pymeasure.instrument import capture_recorder

from . import estimates, pulse_rows
from .capture_parameters import CaptureParameters
from .derived import require_given
from .recording_procedure import LOOK_S, RecordingProcedure

if TYPE_CHECKING:
    from picostream_pymeasure.capture import Pulses
    from picostream_pymeasure.instrument import OrderedCaptures, PicoScope5000A
    from picostream_pymeasure.records import Outcome
    from picostream_pymeasure.storage import Recorder

log = logging.getLogger(__name__)


class TriggeredCapture(RecordingProcedure, CaptureParameters):
    """Makes captures, as many in one run of the scope as fit into its memory."""

    DATA_COLUMNS: ClassVar[list[str]] = pulse_rows.COLUMNS

    #: Parameters that a window shows beside each run.
    DISPLAYS: tuple[str, ...] = ("scope_serial", "resolution", "sample_rate", "captures")

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self._n_captured = 0

    # -- for derived procedures

    def configure(self, scope: PicoScope5000A) -> None:
        """Set up what is not of the captures, such as the generator; the scope is open and idle."""

    def run(self, session: OrderedCaptures) -> None:
        """Do what is to be done; its return ends the recording.

        :param session: ``session.mark(label, value)`` makes an event at the next capture.
        """
        self.capture()

    def rows(self, pulses: Pulses) -> dict[str, list[Any]]:
        """Make rows of the CSV, one a capture: a key of ``DATA_COLUMNS`` → their values."""
        return pulse_rows.rows(pulses)

    def capture(self) -> bool:
        """Make :attr:`captures` more, with rows for the CSV; tell whether the run goes on.

        False means that :meth:`run` shall return: the user stopped or aborted, or it failed.
        """
        done = self._session.order(self.captures)
        while not done.wait(LOOK_S) and not self.is_ending:
            self._emit_rows()
        self._emit_rows()
        return not self.is_ending

    def _emit_rows(self) -> None:
        for pulses in self._session.take_pulses():
            self.emit("batch results", self.rows(pulses))
            self._n_captured += len(pulses)
            self.emit("progress", 100 * self._n_captured / self.all_captures)

    def tell_end(self, outcome: Outcome) -> None:
        """Give the last rows, and say so when captures are missing."""
        self._emit_rows()
        if self._n_captured < self.all_captures:
            log.warning("%s", outcome.reason)

    # -- the plan

    def planned_config(self) -> CaptureConfig:
        """What will be captured, see :meth:`.PlannedRecording.planned_config`."""
        config = self.capture_config()
        require_given("capture_config", config, CaptureConfig)
        return config

    def estimated(self, config: CaptureConfig, folder: Path, n_runs: int) -> list[tuple[str, str]]:
        """See :meth:`.PlannedRecording.estimated`."""
        return estimates.of_captures(config, folder, n_runs)

    def recorder(self, path: str, config: CaptureConfig) -> Recorder:
        """See :meth:`.PlannedRecording.recorder`."""
        return capture_recorder(path, config, force=False)

    def make_session(self, scope: PicoScope5000A, path: str) -> OrderedCaptures:
        """See :meth:`.RecordingProcedure.make_session`."""
        from picostream_pymeasure.instrument import OrderedCaptures  # with compiled code

        self._n_captured = 0
        self.configure(scope)
        config = self.capture_config()
        recorder = self.recorder(path, config)
        return OrderedCaptures(scope, config, recorder, self.session_metadata, self.timeout or None)
