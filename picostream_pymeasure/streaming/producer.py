"""The producer: one thread that owns every driver call while the stream runs.

Samples are fetched by native code (:mod:`.polling`); Python only acts when that code returns,
which it does when the stream ends or the driver reports a failure. A failed stream is started
anew where the driver's rules allow it, and the hole is entered as a gap.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from ..config import StreamConfig
from ..driver import BUFFER_STALL, POWER_STATES, STREAMING_FAILED, Unit, error_of, status_name
from ..errors import OverrunError, PicoStreamError, StreamError, StreamStalledError
from ..records import FAILED, ON_REQUEST, STOPPED, TARGET
from ..system.timer import fine_sleep
from . import access, polling
from .callback import streaming_ready
from .state import SharedState
from .totals import samples_to_come, usual_shortage

log = logging.getLogger(__name__)

_POLL_FUNCTION = "ps5000aGetStreamingLatestValues"
_PAUSE_S = 0.0005

_ENDED_AS_ASKED = {
    polling.STOPPED: (STOPPED, ON_REQUEST),
    polling.TARGET_REACHED: (TARGET, "The target was reached."),
    polling.TIME_OVER: (TARGET, "The time asked for was over by the host's clock."),
}


class Producer:
    """Fetches samples until the target, a stop, or a failure.

    :param unit: configured scope; its stream is started by the session meanwhile.
    :param on_failure: gets the exception when the stream fails.
    """

    def __init__(
        self,
        unit: Unit,
        config: StreamConfig,
        state: SharedState,
        buffer_samples: int,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._unit = unit
        self._config = config
        self._state = state
        self._buffer_samples = buffer_samples
        self._on_failure = on_failure
        self._delivered_at_restart = -1
        self.ended_by, self.reason, self.is_short = FAILED, "", False
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, name="picostream-producer", daemon=True)

    def begin(self) -> None:
        """Start the thread; when this returns it polls the scope from its first moment on."""
        self.thread.start()
        while not (self._state.read(access.WAITS) or self.ended.is_set()):
            time.sleep(_PAUSE_S)

    def end(self, timeout_s: float) -> bool:
        """Wait until the scope is stopped, once that was asked for; False if it is not in time."""
        if self.thread.ident is None:
            self._unit.release_all_buffers()
            return True
        if not self.ended.wait(timeout_s):
            return False
        self.thread.join()
        return True

    def _run(self) -> None:
        try:
            with fine_sleep():
                self._fetch()
        except BaseException as error:  # noqa: BLE001 - handed to the session, never lost
            self.reason = str(error)
            self._on_failure(error)
        finally:
            if self.ended_by == FAILED:
                polling.end_ledger(self._state.records)
            self._stop_device()
            self._state.publish(access.ENDED, 1)
            self.ended.set()

    def _fetch(self) -> None:
        arguments = (
            self._state.records,
            self._unit.poll_address,
            self._unit.handle,
            streaming_ready.address,
        )
        while True:
            why, status = polling.poll_until(*arguments)
            polls = self._state.read(access.POLLS)
            log.debug("%s: %d so far, at last %s", _POLL_FUNCTION, polls, status_name(status))
            if why == polling.STATUS:
                self._restart(status)
                continue
            if why not in _ENDED_AS_ASKED:
                unwritten = self._config.inputs[int(self._state["unwritten_row"])]
                raise _failure(why, unwritten.name)
            self.ended_by, self.reason = _ENDED_AS_ASKED[why]
            if why == polling.TIME_OVER:
                self._note_shortage()
            return

    def _note_shortage(self) -> None:
        """Say what has not come when the host's clock ends it, if that is more than clocks say."""
        target, missing = int(self._state["target"]), samples_to_come(self._state)
        if missing <= usual_shortage(self._state):
            return
        self.is_short = True
        self.reason = (
            f"The time asked for was over by the host's clock, and {missing:,} of {target:,} "
            "samples per channel had not come: the scope or its driver hands them over too slowly."
        )

    def _restart(self, status: int) -> None:
        """Start the stream anew after the driver gave it up, with a gap in between."""
        error = error_of(status, _POLL_FUNCTION)
        may_restart = status in (*POWER_STATES, STREAMING_FAILED, BUFFER_STALL)
        delivered = int(self._state["told_total"])
        if not may_restart or delivered == self._delivered_at_restart:
            raise error
        if self._config.on_overrun == "stop":
            raise OverrunError(f"Samples were lost, and the recording stops then: {error}")
        self._delivered_at_restart = delivered
        log.warning("The stream is started again: %s", error)
        self._state.set_restart_cause(f"restart after {error.status_name}")
        polling.enter_restart(self._state.records)
        if status in POWER_STATES:
            self._unit.recover_power(error)
        else:
            self._unit.stop()
        interval_ns = self._unit.run_streaming(self._config, self._buffer_samples)
        ratio, before_ns = self._config.downsample_ratio, float(self._state["interval_ns"])
        if interval_ns * ratio != before_ns:
            raise StreamError(
                f"After {error.status_name} the scope samples every {interval_ns:g} ns "
                f"instead of {before_ns / ratio:g} ns."
            ) from error
        polling.note_data(self._state.records)

    def _stop_device(self) -> None:
        """Stop the scope and take its buffers back; one that is gone has nothing to stop."""
        try:
            self._unit.stop()
        except PicoStreamError as error:
            if not self.reason:
                self._on_failure(error)
        self._unit.release_all_buffers()


def _failure(why: int, unwritten: str) -> StreamError:
    """What ended the stream; ``unwritten`` is an input that the driver may have written none of."""
    if why == polling.STALLED:
        return StreamStalledError(
            "The driver delivers no more samples although it reports no error; "
            "check the scope's connection."
        )
    if why == polling.LOSS:
        return OverrunError("Samples were lost, and the recording stops then.")
    if why == polling.AUTO_STOPPED:
        return StreamError("The scope ended the collection by itself, before it was asked to.")
    if why == polling.UNWRITTEN:
        return StreamError(
            f"The driver told of samples, but it wrote none of {unwritten}; record without it."
        )
    return StreamError("The driver reported samples outside the buffer it was given.")
