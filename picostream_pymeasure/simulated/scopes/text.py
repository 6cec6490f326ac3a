"""Simulated scopes from one line of text, as it fits into an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from ...errors import ConfigurationError
from .block_fault import BLOCK_FAULTS, BlockFault
from .block_habits import BlockHabits
from .fault import FAULT_KINDS, WITH_DURATION, WITH_SAMPLES, Fault, FaultKind
from .habits import Habits
from .scope import SimulatedScope
from .signal import DEFAULT_SIGNALS, SimulatedSignal

_BLOCK_KINDS = {kind for kinds in BLOCK_FAULTS.values() for kind in kinds}
_FAULT_WORDS = {f"{kind}_at": kind for kind in (*FAULT_KINDS, *sorted(_BLOCK_KINDS))}


def _times_s(text: str) -> tuple[float, float]:
    """``0.08``, or ``0.001-0.1``."""
    shortest, _, longest = text.partition("-")
    return float(shortest), float(longest or shortest)


def _yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _reader(hint: Any) -> Callable[[str], Any]:
    """What reads a habit of this type from its text."""
    if get_origin(hint) is Literal:
        return type(get_args(hint)[0])
    read: Callable[[str], Any] = {bool: _yes_or_no, tuple[float, float]: _times_s}.get(hint, hint)
    return read


_SETTINGS: dict[str, Callable[[str], Any]] = {
    "variant": str,
    "serial": str,
    "power": str,
    "fifo_s": float,
    "overrun_signal": str,
    "seed": int,
    "paced": _yes_or_no,
    "max_rate_hz": float,
}
_HABITS = {name: _reader(hint) for name, hint in get_type_hints(Habits).items()}
_BLOCK_HABITS = {name: _reader(hint) for name, hint in get_type_hints(BlockHabits).items()}
_READERS = {**_SETTINGS, **_HABITS, **_BLOCK_HABITS}
_EXPECTED: dict[Callable[[str], Any], str] = {
    _yes_or_no: "write yes or no",
    _times_s: "write seconds, one number or two as in 0.001-0.1",
    float: "write a number",
    int: "write a whole number",
}
_ALLOWED = (*_SETTINGS, *_HABITS, *_BLOCK_HABITS, *DEFAULT_SIGNALS, *_FAULT_WORDS)


def scopes_from_text(text: str) -> tuple[SimulatedScope, ...]:
    """Read scopes separated by ``;``, each ``word=value`` pairs separated by ``,``.

    Words are the settings of :class:`SimulatedScope` (``paced=yes|no``); those of :class:`Habits`
    and :class:`BlockHabits` (``packet=25ms``, ``loss_s=0.001-0.1``, ``rearm_s=1e-5``); inputs with
    a wave (``A=counter``, ``EXT=square``); faults as ``<kind>_at=<raw sample>`` with ``:<seconds>``
    for ``busy`` and ``hang``, ``:<samples>`` for ``overrun``, ``over_range``, ``start_shift`` and
    ``count_shift``: ``unplug_at=5e6``, ``busy_at=1e6:0.05``, ``overrun_at=1e6:5000``; ``*`` at the
    end makes what callbacks are told wrong for ever: ``start_shift_at=0:-1*``. Faults of block mode
    have when they happen, at which run, and their number: ``unplug_at=armed:1:20`` (captures),
    ``answer_at=run_block:2:284`` (status), ``fewer_samples_at=get_values:1:100*``.

    :raises ConfigurationError: naming the allowed words.
    """
    parts = [part for part in text.split(";") if part.strip()]
    if not parts:
        raise ConfigurationError("No simulated scope is described; write such as variant=5444D.")
    return tuple(_scope(part, f"SIM44/{index:04d}") for index, part in enumerate(parts, 1))


def _scope(text: str, serial: str) -> SimulatedScope:
    described = _Described(serial)
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, _, value = (part.strip() for part in pair.partition("="))
        if word not in _ALLOWED:
            allowed = ", ".join(_ALLOWED)
            raise ConfigurationError(f"A simulated scope has no {word!r}; use {allowed}.")
        try:
            described.take(word, value)
        except ConfigurationError:
            raise
        except (ValueError, KeyError, OverflowError) as error:
            raise ConfigurationError(
                f"{value!r} is no value for {word!r} of a simulated scope{_hint(word)}."
            ) from error
    return described.scope()


def _hint(word: str) -> str:
    kind = _FAULT_WORDS.get(word)
    if kind in FAULT_KINDS:
        more = ":SECONDS" if kind in WITH_DURATION else ":SAMPLES" if kind in WITH_SAMPLES else ""
        return f"; write {word}=SAMPLE{more}"
    expected = _EXPECTED.get(_READERS.get(word, str))
    return f"; {expected}" if expected else ""


class _Described:
    """What the words read so far say."""

    def __init__(self, serial: str) -> None:
        self._settings: dict[str, Any] = {"serial": serial}
        self._habits: dict[str, Any] = {}
        self._block_habits: dict[str, Any] = {}
        self._signals: dict[str, SimulatedSignal] = {}
        self._faults: list[Fault] = []
        self._block_faults: list[BlockFault] = []

    def take(self, word: str, value: str) -> None:
        """Read one word; :raises ValueError, KeyError: if it cannot have this value."""
        if word in _SETTINGS:
            self._settings[word] = _SETTINGS[word](value)
        elif word in _HABITS:
            self._habits[word] = _HABITS[word](value)
        elif word in _BLOCK_HABITS:
            self._block_habits[word] = _BLOCK_HABITS[word](value)
        elif word in DEFAULT_SIGNALS:
            self._signals[word] = _signal(word, value)
        elif value.partition(":")[0] in BLOCK_FAULTS:
            self._block_faults.append(_block_fault(_FAULT_WORDS[word], value))
        else:
            self._faults.append(_fault(_FAULT_WORDS[word], value))

    def scope(self) -> SimulatedScope:
        """The scope described."""
        return SimulatedScope(
            signals=self._signals,
            faults=tuple(self._faults),
            habits=Habits(**self._habits),
            block=BlockHabits(**self._block_habits),
            block_faults=tuple(self._block_faults),
            **self._settings,
        )


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


def _block_fault(kind: str, value: str) -> BlockFault:
    when, *numbers = value.removesuffix("*").split(":")
    meaning = {"answer": "status", "fewer_samples": "samples"}.get(kind, "at_capture")
    found: dict[str, Any] = dict(zip(("at_run", meaning), map(int, numbers), strict=False))
    return BlockFault(cast(Any, kind), cast(Any, when), always=value.endswith("*"), **found)
