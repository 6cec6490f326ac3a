"""What the scopes that are connected can do, as far as it was seen at the last look."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from ..driver import Unit, list_serials, why_none
from ..errors import PicoStreamError, SdkNotFoundError
from .discovery import library_of, looking

_NO_DRIVER = "the PicoScope driver cannot be loaded: install it, or choose the simulated scope."


@dataclass(frozen=True)
class FoundScope:
    """A scope that could be opened.

    :param limit: what supplies it, in words.
    """

    serial: str
    variant: str
    channels: tuple[str, ...]
    ports: tuple[str, ...]
    limit: str

    @classmethod
    def of(cls, library: Any, serial: str) -> FoundScope:
        """Open a scope, ask it, close it.

        :raises PicoStreamError: it cannot be opened.
        """
        with Unit.open(library, serial) as unit:
            variant, limit = unit.info.get("variant", ""), unit.power.limit
            return cls(serial, variant, unit.channel_names, unit.digital_ports, limit)

    def obstacle(self, channels: Collection[str], ports: Collection[str]) -> str:
        """Why it cannot record these inputs; empty if it can."""
        off = sorted(set(channels) - set(self.channels))
        if off:
            has = ", ".join(self.channels)
            return (
                f"the {self.variant} on {self.limit} has the channels {has}, not {', '.join(off)}."
            )
        missing = sorted(set(ports) - set(self.ports))
        return f"the {self.variant} has no {', '.join(missing)}." if missing else ""


class FoundScopes:
    """Looks for scopes, and remembers what was found."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scopes: dict[str, FoundScope] = {}
        self._problem = "the scopes are still being looked for."
        self._simulated: FoundScope | None = None

    def look(self) -> list[str]:
        """Give the serial numbers of the scopes that are connected and free.

        :raises PicoStreamError: there is no driver, or it fails.
        """
        self._simulated = None  # the environment may describe another one by now
        try:
            library = library_of(simulated=False)
            scopes = self._describe(library)
        except PicoStreamError as error:
            is_missing = isinstance(error, SdkNotFoundError)
            with self._lock:
                self._scopes, self._problem = {}, _NO_DRIVER if is_missing else str(error)
            raise
        with self._lock:
            self._scopes = scopes
            none = f"no scope is connected and free.{why_none(library)}"
            self._problem = "" if scopes else none
        return list(scopes)

    def obstacle(
        self, serial: str | None, channels: Collection[str], ports: Collection[str]
    ) -> str:
        """Why a scope cannot record these inputs now; empty if nothing is known against it.

        :param serial: None for the first one.
        """
        with self._lock:
            scopes, problem = self._scopes, self._problem
        if problem:
            return problem
        if serial is not None and serial not in scopes:
            return f"{serial} is not connected and free."
        return scopes[serial or next(iter(scopes))].obstacle(channels, ports)

    def simulated_obstacle(self, channels: Collection[str], ports: Collection[str]) -> str:
        """The same for the simulated scope."""
        if self._simulated is None:
            scopes = self._describe(library_of(simulated=True))
            self._simulated = next(iter(scopes.values()), None)
        return self._simulated.obstacle(channels, ports) if self._simulated else ""

    @staticmethod
    def _describe(library: Any) -> dict[str, FoundScope]:
        with looking:
            return {serial: FoundScope.of(library, serial) for serial in list_serials(library)}
