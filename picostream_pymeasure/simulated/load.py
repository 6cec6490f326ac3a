"""A second instance of picosdk's own ``ps5000a`` wrapper, on top of the simulated library."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from typing import Any

from picosdk.library import Library

from .device.clock import VirtualClock
from .library import SimulatedLibrary
from .scopes.scope import DEFAULT_SCOPES, SimulatedScope

_MODULE = "picosdk.ps5000a"
_patched = threading.Lock()


def _run_wrapper(library: SimulatedLibrary) -> Any:
    """Run picosdk's module once more, with its loading of a library replaced."""
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or spec.loader is None:
        raise ImportError(f"{_MODULE} is missing; install picosdk 1.1 or later.")
    module = importlib.util.module_from_spec(spec)
    with _patched:
        load = Library._load
        Library._load = lambda self: library
        try:
            spec.loader.exec_module(module)
        finally:
            Library._load = load
    return module.ps5000a


def load_simulated(
    scopes: Sequence[SimulatedScope] | None = None, clock: VirtualClock | None = None
) -> Any:
    """Return a ``ps5000a`` object like ``picosdk.ps5000a.ps5000a``, with simulated units.

    Needs no SDK and does not touch the real one; every call makes a library of its own.
    ``.simulation`` is its :class:`~.library.SimulatedLibrary`.

    :param scopes: the units that are connected; None: a 5444D and a 5242D.
    :param clock: what they go by; None: the host's clock.
    """
    library = SimulatedLibrary(DEFAULT_SCOPES if scopes is None else scopes, clock)
    ps5000a = _run_wrapper(library)
    ps5000a.simulation = library
    return ps5000a
