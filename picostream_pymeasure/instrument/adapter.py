"""PyMeasure's adapter to a scope: it owns the opened unit, as others own a VISA resource."""

from __future__ import annotations

import logging
from typing import Any

from pymeasure.adapters import Adapter

from ..driver import Unit
from .discovery import library_of, looking


class PicoScopeAdapter(Adapter):
    """Opens a scope; ``connection`` is its :class:`~picostream_pymeasure.driver.unit.Unit`.

    :param serial: serial number of the scope; None takes the first free one.
    :param simulated: open a simulated scope; needs no SDK. A text describes another than usual,
        such as ``"variant=5444D,A=generator"``.
    :param library: a loaded ``ps5000a`` to use, such as one with simulated scopes of your own.
    :param log: parent of the adapter's logger.
    :raises SdkNotFoundError: the PicoSDK is missing; says what to install.
    :raises DeviceNotFoundError: no such scope, or it is in use; names those that are free.
    :raises PowerSourceError: the supply does not suffice.
    """

    connection: Unit

    def __init__(
        self,
        serial: str | None = None,
        *,
        simulated: bool | str = False,
        library: Any = None,
        log: logging.Logger | None = None,
    ) -> None:
        super().__init__(log)
        with looking:
            if library is None:
                library = library_of(simulated)
            self.connection = Unit.open(library, serial)

    def __repr__(self) -> str:
        info = self.connection.info
        return f"<PicoScopeAdapter {info.get('variant', '')} {info.get('serial', '')}>"
