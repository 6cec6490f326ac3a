"""What every part of the instrument stands on: the opened scope and the stream that uses it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from pymeasure.instruments import Instrument

from ..config import ChannelConfig, Coupling, StreamConfig, require_kind
from ..driver import Generator, Unit
from ..errors import ConfigurationError, PicoStreamError, SessionStateError, shown
from ..host import WITHOUT_SCPI
from ..records import Health, StreamDescription
from ..system import compiling
from .adapter import PicoScopeAdapter
from .strict_settings import StrictSettings

if TYPE_CHECKING:
    from typing_extensions import Self

log = logging.getLogger(__name__)

_STOP_TIMEOUT_S = 15.0

_OPENED_WITH = ("serial", "simulated", "library", "log")


class ScopeUse(Protocol):
    """What has a scope for itself while it runs, such as a stream."""

    description: StreamDescription | None

    @property
    def error(self) -> BaseException | None:
        """What it failed with."""

    @property
    def is_active(self) -> bool:
        """Whether it uses the scope; only asked once it was started."""

    @property
    def latest_health(self) -> Health:
        """The totals of now or of the end; zeros when it never ran."""

    def stop(self, timeout_s: float) -> object:
        """End it, and wait for that."""

    def request_stop(self) -> None:
        """End it without waiting."""


class OpenedScope(StrictSettings, Instrument):
    """Opens a scope, knows whether it streams, and brings it to rest at the end."""

    adapter: PicoScopeAdapter
    name: str

    def __init__(
        self, adapter: Any, name: str, *, serial: str | None, simulated: bool | str, **kwargs: Any
    ) -> None:
        self._session: ScopeUse | None = None
        self._claiming = threading.Lock()
        self._offset_limits_v: dict[tuple[float, Coupling], tuple[float, float]] = {}
        self._driver_generator: Generator | None = None
        require_kind("name", name, str)
        compiling.log_once()
        if adapter is None or isinstance(adapter, str | PicoScopeAdapter):
            _require_known(kwargs)  # PyMeasure lets other adapters take what they know
        if adapter is None or isinstance(adapter, str):
            serial = serial if adapter is None else adapter
            adapter = PicoScopeAdapter(serial, simulated=simulated, **kwargs)
        elif not hasattr(adapter, "connection"):
            raise ConfigurationError(
                f"A PicoScope has no address such as {shown(adapter)}; give its serial number, a "
                "PicoScopeAdapter, or nothing."
            )
        super().__init__(adapter, name, **WITHOUT_SCPI)

    def __enter__(self) -> Self:
        return self

    @property
    def unit(self) -> Unit:
        """Get the opened scope as the driver room knows it (``Unit``).

        :raises SessionStateError: the instrument was shut down, or its driver hung.
        """
        self.require_open()
        return self.adapter.connection

    def require_open(self) -> None:
        """Refuse what is of no effect any more.

        :raises SessionStateError: the instrument was shut down, or its driver hung.
        """
        if not self.adapter.connection.handle:
            raise SessionStateError(f"{self.name} is closed; make a new instrument to go on.")

    # -- the stream

    @property
    def is_streaming(self) -> bool:
        """Get whether a stream runs, so that settings cannot be changed (bool)."""
        return self._session is not None and self._session.is_active

    @property
    def latest_health(self) -> Health:
        """Get the totals of the running or latest stream (``Health``; zeros before the first)."""
        return self._session.latest_health if self._session else Health()

    def require_idle(self, what: str) -> None:
        """Refuse what cannot be while a stream runs, or once the instrument is closed.

        :param what: begins the sentence for the user.
        :raises SessionStateError: a stream runs, or the instrument is closed.
        """
        self.require_open()
        if self.is_streaming:
            raise SessionStateError(
                f"{what} cannot be set or used while the scope streams; end the stream first."
            )

    def claim(self, session: ScopeUse) -> None:
        """Make a session the one that streams.

        :raises SessionStateError: another one streams, or the instrument is closed.
        """
        with self._claiming:
            self.require_idle("A new stream")
            self._session = session

    # -- what the scope has

    def require_inputs(self, **inputs: Any) -> None:
        """Refuse channels and ports that the model or the power does not offer.

        :param inputs: ``channels`` or ``digital_ports`` as ``StreamConfig`` takes them.
        :raises ConfigurationError: says why, and what can be used.
        """
        self.unit.require_inputs(StreamConfig(**inputs))

    def offset_limits(self, range_v: float, coupling: Coupling) -> tuple[float, float]:
        """Lowest and highest offset in V; the driver is asked once for each range and coupling.

        :raises ConfigurationError: there is no such range or coupling.
        :raises SessionStateError: it would have to be asked while a stream runs.
        """
        asked = ChannelConfig("A", range_v, coupling)
        key = asked.range_v, asked.coupling
        if key not in self._offset_limits_v:
            self.require_idle("An offset limit that is not known yet")
            self._offset_limits_v[key] = self.unit.offset_limits_v(*key)
        return self._offset_limits_v[key]

    @property
    def driver_generator(self) -> Generator:
        """Get the driver's signal generator (``Generator``).

        :raises SessionStateError: the instrument is closed.
        """
        unit = self.unit
        if self._driver_generator is None:
            self._driver_generator = Generator(unit)
        return self._driver_generator

    # -- the end

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Shut down; a stream that an error in the block ends says so in its file."""
        if error is not None:
            self.adapter.connection.end_uses(error)
        self.shutdown()

    def shutdown(self) -> None:
        """End a running stream, switch the generator off and close the scope.

        It never raises, and takes about 15 s at most when the driver or the disk does not return.
        What the stream has fetched is stored. May be called again, and on an instrument whose
        opening failed. What a stream or a capture calls, such as a sink, only ends it so.
        """
        session = getattr(self, "_session", None)
        if session is not None and session.is_active and not self._end(session):
            return
        if hasattr(self, "adapter") and not self.isShutdown:
            self._bring_to_rest()
            super().shutdown()

    def _end(self, session: ScopeUse) -> bool:
        """Whether the scope can be closed now: not by a sink or whatever else the session calls."""
        try:
            session.stop(_STOP_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 - whoever started the session gets it as well
            if isinstance(error, SessionStateError) and session.is_active:
                session.request_stop()
                log.warning("%s: what runs is ended, but it cannot close its own scope.", self.name)
                return False
            log.warning("%s: the stream ended with: %s", self.name, error)
        if session.is_active:
            self.adapter.connection.abandon()
        return True

    def _bring_to_rest(self) -> None:
        try:
            self.generator.off()
        except PicoStreamError as error:  # unplugged, most of all
            log.warning("%s: the generator could not be switched off: %s", self.name, error)
        self.adapter.close()


def _require_known(names: Iterable[str]) -> None:
    """Refuse what the adapter would not take, in words about the instrument."""
    for name in set(names).difference(_OPENED_WITH):
        raise ConfigurationError(
            f"A scope is not opened with {shown(name)}, but with {', '.join(_OPENED_WITH)}; set "
            "what it measures afterwards, as in scope.sample_rate = 1e6."
        )
