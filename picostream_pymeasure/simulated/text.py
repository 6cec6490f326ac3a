"""Simulated scopes from one line of text, as it fits into an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..errors import ConfigurationError
from .fault import FAULT_KINDS, WITH_DURATION, WITH_SAMPLES, Fault, FaultKind
from .habits import Habits
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


def _times_s(text: str) -> tuple[float, float]:
    """``0.08``, or ``0.001-0.1``."""
    shortest, _, longest = text.partition("-")
    return float(shortest), float(longest or shortest)


_HABITS: dict[str, Callable[[str], Any]] = {
    "packet": str,
    "packets_a_call": int,
    "quiet_calls": int,
    "nothing_new": str,
    "wrap": str,
    "memory_full": str,
    "loss_told": str,
    "steady_loss": float,
    "loss_every_s": float,
    "loss_s": _times_s,
    "trigger_at": str,
    "interval_ppm": float,
    "interval_answer": str,
    "clock_ppm": float,
    "clock_drift_ppm_h": float,
    "call_s": float,
    "restart": str,
}


def scopes_from_text(text: str) -> tuple[SimulatedScope, ...]:
    """Read scopes separated by ``;``, each ``word=value`` pairs separated by ``,``.

    Words are the settings of :class:`SimulatedScope` (``paced=yes|no``); those of :class:`Habits`
    (``packet=25ms``, ``loss_s=0.001-0.1``); inputs with a wave (``A=counter``, ``EXT=square``);
    faults as ``<kind>_at=<raw sample>`` with ``:<seconds>`` for ``busy`` and ``hang``,
    ``:<samples>`` for ``overrun``, ``over_range``, ``start_shift`` and ``count_shift``:
    ``unplug_at=5e6``, ``busy_at=1e6:0.05``, ``overrun_at=1e6:5000``; ``*`` at the end makes what
    callbacks are told wrong for ever: ``start_shift_at=0:-1*``.

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
    habits: dict[str, Any] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, _, value = (part.strip() for part in pair.partition("="))
        try:
            if word in _SETTINGS:
                settings[word] = _SETTINGS[word](value)
            elif word in _HABITS:
                habits[word] = _HABITS[word](value)
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
    return SimulatedScope(
        signals=signals, faults=tuple(faults), habits=Habits(**habits), **settings
    )


def _unknown(word: str) -> str:
    allowed = [*_SETTINGS, *_HABITS, *DEFAULT_SIGNALS, *_FAULT_WORDS]
    return f"A simulated scope has no {word!r}; use {', '.join(allowed)}."


def _signal(channel: str, wave: str) -> SimulatedSignal:
    default = DEFAULT_SIGNALS[channel]
    return default if wave == default.wave else SimulatedSignal(wave)


def _fault(kind: str, value: str) -> Fault:
    where, _, span = value.removesuffix("*").partition(":")
    extra: dict[str, Any] = {}
    if kind in WITH_DURATION:
        extra["duration_s"] = float(span)
    elif kind in WITH_SAMPLES:
        extra["samples"] = int(float(span))
    at_sample, always = int(float(where)), value.endswith("*")
    return Fault(cast(FaultKind, kind), at_sample=at_sample, always=always, **extra)
