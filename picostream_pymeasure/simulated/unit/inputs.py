"""Which ``PS5000A_CHANNEL`` is which row of the simulated unit."""

from __future__ import annotations

from ...config import DIGITAL_PORTS, EXTERNAL_INDEX
from ..kernels.signal import ROWS
from ..scopes.models import Model

EXTERNAL_ROW = len(ROWS) - 1
_ROW_OF_PORT = {code: ROWS.index(name) for name, code in DIGITAL_PORTS.items()}
PORT_ROWS = tuple(_ROW_OF_PORT.values())


def port_row(model: Model, code: int) -> int | None:
    """Row of a digital port, None for one the model does not have."""
    return _ROW_OF_PORT.get(code) if model.has_ports else None


def input_row(model: Model, code: int) -> int | None:
    """Row of a channel or port, None for one the model does not have."""
    return code if 0 <= code < model.n_channels else port_row(model, code)


def trigger_row(model: Model, code: int) -> int | None:
    """Row of a source of the trigger, which may also be EXT."""
    return EXTERNAL_ROW if code == EXTERNAL_INDEX else input_row(model, code)
