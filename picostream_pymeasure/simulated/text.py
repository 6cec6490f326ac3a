"""Simulated scopes from one line of text, as it fits into an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..errors import ConfigurationError
from .fault import FAULT_KINDS, Fault, FaultKind
from .scope import SimulatedScope
from .signal import DEFAULT_SIGNALS, SimulatedSignal

_SETTINGS: dict[str, Callable[[str], Any]] = {
    "variant": str,
    "serial": str,
    "power": str,
    "fifo_s": float,
    "overrun_signal": str,
    "seed": int,
    "paced": lambda text: {"yes": True, "no": False}[text],
    "max_rate_hz": float,
}
_FAULT_WORDS = {f"{kind}_at": kind for kind in FAULT_KINDS}
_SPAN_S = ("busy", "hang")
_SPAN_SAMPLES = ("overrun", "over_range")


def scopes_from_text(text: str) -> tuple[SimulatedScope, ...]:
    """Read scopes separated by ``;``, each ``word=value`` pairs separated by ``,``.

    Words are the settings of :class:`SimulatedScope` (``paced=yes|no``); inputs with a wave
    (``A=counter``, ``EXT=square``); faults as ``<kind>_at=<raw sample>`` with ``:<seconds>`` for
    ``busy`` and ``hang``, ``:<samples>`` for ``overrun`` and ``over_range``: ``unplug_at=5e6``,
    ``busy_at=1e6:0.05``, ``overrun_at=1e6:5000``.

    :raises ConfigurationError: naming the allowed words.
    """
    parts = [part for part in text.split(";") if part.strip()]
    if not parts:
        raise ConfigurationError("No simulated scope is described; write such as variant=5444D.")
    return tuple(_scope(part, f"SIM44/{index:04d}") for index, part in enumerate(parts, 1))


def _scope(text: str, serial: str) -> SimulatedScope:
    settings: dict[str, Any] = {"serial": serial}
    signals: dict[str, SimulatedSignal] = {}
    faults: list[Fault] = []
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, _, value = (part.strip() for part in pair.partition("="))
        try:
            if word in _SETTINGS:
                settings[word] = _SETTINGS[word](value)
            elif word in DEFAULT_SIGNALS:
                signals[word] = _signal(word, value)
            elif word in _FAULT_WORDS:
                faults.append(_fault(_FAULT_WORDS[word], value))
            else:
                raise ConfigurationError(_unknown(word))
        except (ValueError, KeyError) as error:
            if isinstance(error, ConfigurationError):
                raise
            raise ConfigurationError(
                f"{value!r} is no value for {word!r} of a simulated scope."
            ) from error
    return SimulatedScope(signals=signals, faults=tuple(faults), **settings)


def _unknown(word: str) -> str:
    allowed = [*_SETTINGS, *DEFAULT_SIGNALS, *_FAULT_WORDS]
    return f"A simulated scope has no {word!r}; use {', '.join(allowed)}."


def _signal(channel: str, wave: str) -> SimulatedSignal:
    default = DEFAULT_SIGNALS[channel]
    return default if wave == default.wave else SimulatedSignal(wave)


def _fault(kind: str, value: str) -> Fault:
    where, _, span = value.partition(":")
    extra: dict[str, Any] = {}
    if kind in _SPAN_S:
        extra["duration_s"] = float(span)
    elif kind in _SPAN_SAMPLES:
        extra["samples"] = int(float(span))
    return Fault(cast(FaultKind, kind), at_sample=int(float(where)), **extra)
