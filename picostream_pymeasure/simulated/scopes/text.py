"""Simulated scopes from one line of text, as it fits into an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin, get_type_hints

from ...errors import ConfigurationError, shown
from .block_fault import BLOCK_FAULTS, BlockFault
from .block_habits import BlockHabits
from .fault import FAULT_KINDS, WITH_DURATION, WITH_SAMPLES, Fault, FaultKind
from .habits import Habits
from .scope import SimulatedScope
from .signal import DEFAULT_SIGNALS, SimulatedSignal


class _Word(NamedTuple):
    """What a word of the text describes, how its value is read, and what is said if it cannot."""

    part: str
    read: Callable[[str], Any]
    hint: str = ""


def _times_s(text: str) -> tuple[float, float]:
    """``0.08``, or ``0.001-0.1``."""
    shortest, _, longest = text.partition("-")
    return float(shortest), float(longest or shortest)


def _signal(channel: str, wave: str) -> SimulatedSignal:
    default = DEFAULT_SIGNALS[channel]
    return default if wave == default.wave else SimulatedSignal(wave)


def _fault(kind: str, value: str) -> Fault | BlockFault:
    if kind not in FAULT_KINDS or value.removesuffix("*").partition(":")[0] in BLOCK_FAULTS:
        return _block_fault(kind, value)
    where, has_span, span = value.removesuffix("*").partition(":")
    extra: dict[str, Any] = {}
    if kind in WITH_DURATION:
        extra["duration_s"] = float(span)
    elif kind in WITH_SAMPLES:
        extra["samples"] = int(float(span))
    elif has_span:
        raise ValueError(value)
    at_sample, always = int(float(where)), value.endswith("*")
    return Fault(cast(FaultKind, kind), at_sample=at_sample, always=always, **extra)


def _block_fault(kind: str, value: str) -> BlockFault:
    when, *numbers = value.removesuffix("*").split(":")
    if len(numbers) > 2:
        raise ValueError(value)
    meaning = {"answer": "status", "fewer_samples": "samples"}.get(kind, "at_capture")
    found: dict[str, Any] = dict(zip(("at_run", meaning), map(int, numbers), strict=False))
    return BlockFault(cast(Any, kind), cast(Any, when), always=value.endswith("*"), **found)


#: By the type of a setting; what has another type is not told in words.
_READERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, ""),
    float: (float, "write a number"),
    float | None: (float, "write a number"),
    int: (int, "write a whole number"),
    bool: ({"yes": True, "no": False}.__getitem__, "write yes or no"),
    tuple[float, float]: (_times_s, "write seconds, one number or two as in 0.001-0.1"),
}


def _settings(part: str, described: type) -> dict[str, _Word]:
    hints = get_type_hints(described)
    plain = {n: type(get_args(h)[0]) if get_origin(h) is Literal else h for n, h in hints.items()}
    return {name: _Word(part, *_READERS[h]) for name, h in plain.items() if h in _READERS}


def _fault_word(kind: str) -> _Word:
    more = ":SECONDS" if kind in WITH_DURATION else ":SAMPLES" if kind in WITH_SAMPLES else ""
    whens = [when for when, kinds in BLOCK_FAULTS.items() if kind in kinds]
    forms = [f"SAMPLE{more}"] * (kind in FAULT_KINDS) + [f"{when}:RUN:NUMBER" for when in whens]
    return _Word("faults", partial(_fault, kind), f"write {kind}_at={' or '.join(forms)}")


_BLOCK_KINDS = sorted({kind for kinds in BLOCK_FAULTS.values() for kind in kinds} - {*FAULT_KINDS})
_WORDS = {
    **_settings("scope", SimulatedScope),
    **_settings("habits", Habits),
    **_settings("block", BlockHabits),
    **{channel: _Word("signals", partial(_signal, channel)) for channel in DEFAULT_SIGNALS},
    **{f"{kind}_at": _fault_word(kind) for kind in (*FAULT_KINDS, *_BLOCK_KINDS)},
}


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
    scopes = tuple(_scope(part, f"SIM44/{index:04d}") for index, part in enumerate(parts, 1))
    if len({scope.serial for scope in scopes}) < len(scopes):
        raise ConfigurationError("Two simulated scopes have one serial number; give each its own.")
    return scopes


def _scope(text: str, serial: str) -> SimulatedScope:
    found: dict[str, Any] = {"habits": {}, "block": {}, "signals": {}, "scope": {}}
    faults: list[Fault | BlockFault] = []
    for pair in filter(None, (part.strip() for part in text.split(","))):
        word, _, value = (part.strip() for part in pair.partition("="))
        if word not in _WORDS:
            allowed = ", ".join(_WORDS)
            raise ConfigurationError(f"A simulated scope has no {shown(word)}; use {allowed}.")
        if _WORDS[word].part == "faults":
            faults.append(_value(word, value))
        elif word in found[_WORDS[word].part]:
            raise ConfigurationError(f"A simulated scope has {word} once; it is told twice.")
        else:
            found[_WORDS[word].part][word] = _value(word, value)
    return SimulatedScope(
        signals=found["signals"],
        faults=tuple(fault for fault in faults if isinstance(fault, Fault)),
        habits=Habits(**found["habits"]),
        block=BlockHabits(**found["block"]),
        block_faults=tuple(fault for fault in faults if isinstance(fault, BlockFault)),
        **{"serial": serial, **found["scope"]},
    )


def _value(word: str, text: str) -> Any:
    try:
        return _WORDS[word].read(text)
    except ConfigurationError:
        raise
    except (ValueError, KeyError, OverflowError) as error:
        hint = _WORDS[word].hint and f"; {_WORDS[word].hint}"
        raise ConfigurationError(
            f"{shown(text)} is no value for {shown(word)} of a simulated scope{hint}."
        ) from error
