"""The producer: one thread that owns every driver call while the stream runs.

Samples are fetched by native code (:mod:`.polling`); Python only acts when that code returns,
which it does when the stream ends or the driver reports a failure. A failed stream is started
anew where the driver's rules allow it, and the hole is entered as a gap.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..config import StreamConfig
from ..driver.status import BUFFER_STALL, STREAMING_FAILED, error_of, is_power_status
from ..driver.unit import Unit
from ..errors import OverrunError, PicoStreamError, StreamError, StreamStalledError
from ..records import FAILED, STOPPED, TARGET
from ..system.timer import fine_sleep
from . import polling
from . import state as st
from .callback import streaming_ready
from .lag import enter_gap, note_drained

_POLL_FUNCTION = "ps5000aGetStreamingLatestValues"

_ENDED_AS_ASKED = {
    polling.STOPPED: (STOPPED, "Stopped by the user."),
    polling.TARGET_REACHED: (TARGET, "All samples asked for were recorded."),
    polling.AUTO_STOPPED: (TARGET, "The scope ended the collection by itself."),
}


class Producer:
    """Fetches samples until the target, a stop, or a failure.

    :param unit: configured scope; its stream is started by the session before.
    :param on_failure: gets the exception when the stream fails.
    """

    def __init__(
        self,
        unit: Unit,
        config: StreamConfig,
        state: NDArray[np.int64],
        buffer_samples: int,
        sample_interval_ns: float,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._unit = unit
        self._config = config
        self._state = state
        self._buffer_samples = buffer_samples
        self._interval_ns = sample_interval_ns
        self._on_failure = on_failure
        self._received_at_restart = -1
        self.ended_by, self.reason = FAILED, ""
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, name="picostream-producer", daemon=True)

    def _run(self) -> None:
        try:
            with fine_sleep():
                self._fetch()
        except BaseException as error:  # noqa: BLE001 - handed to the session, never lost
            self.reason = str(error)
            self._on_failure(error)
        finally:
            self._stop_device()
            note_drained(self._state)
            st.publish(self._state, st.ENDED, 1)
            self.ended.set()

    def _fetch(self) -> None:
        unit, state = self._unit, self._state
        while True:
            why, status = polling.poll_until(
                state, unit.poll_address, unit.handle, streaming_ready.address
            )
            if why in _ENDED_AS_ASKED:
                self.ended_by, self.reason = _ENDED_AS_ASKED[why]
                return
            if why != polling.STATUS:
                raise _failure(why)
            self._restart(status)

    def _restart(self, status: int) -> None:
        """Start the stream anew after the driver gave it up, with a gap in between."""
        error = error_of(status, _POLL_FUNCTION)
        may_restart = is_power_status(status) or status in (STREAMING_FAILED, BUFFER_STALL)
        received = int(self._state[st.RECEIVED])
        if not may_restart or received == self._received_at_restart:
            raise error
        if self._config.on_overrun == "stop":
            raise OverrunError(f"Samples were lost, and the recording stops then: {error}")
        self._received_at_restart = received
        enter_gap(self._state, self._state[st.ACCEPTED], st.UNKNOWN, st.CAUSE_RESTART + status)
        if is_power_status(status):
            self._unit.acknowledge_power(status, self._config)
        self._unit.stop()
        interval_ns = self._unit.run_streaming(self._config, self._buffer_samples)
        if interval_ns != self._interval_ns:
            raise StreamError(
                f"After {error.status_name} the scope samples every {interval_ns:g} ns "
                f"instead of {self._interval_ns:g} ns."
            ) from error
        self._state[st.LAST_DATA_NS] = self._state[st.NOW_NS]

    def _stop_device(self) -> None:
        """Stop the scope and take its buffers back; one that is gone has nothing to stop."""
        try:
            self._unit.stop()
        except PicoStreamError as error:
            if not self.reason:
                self._on_failure(error)
        self._unit.release_all_buffers(self._config)


def _failure(why: int) -> StreamError:
    if why == polling.STALLED:
        return StreamStalledError(
            "The driver delivers no more samples although it reports no error; "
            "check the scope's connection."
        )
    if why == polling.LOSS:
        return OverrunError("Samples were lost, and the recording stops then.")
    return StreamError("The driver reported samples outside the buffer it was given.")
