"""What a recording waits for, from the trigger's settings as its file has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...quantities import exact


def level_of(trigger: Mapping[str, Any]) -> tuple[str, float] | None:
    """Channel and volts of a simple trigger; None for every other."""
    if "level_v" not in trigger:
        return None
    return str(trigger["source"]), float(trigger["level_v"])


def in_words(trigger: Mapping[str, Any]) -> str:
    """``A rising through 500 mV``; empty without a trigger."""
    if not trigger:
        return ""
    level = level_of(trigger)
    if level is not None:
        return f"{level[0]} {_word(trigger.get('direction'))} through {exact(level[1], 'V')}"
    watched = [each for each in trigger.get("inputs", ()) if isinstance(each, dict)]
    return " and ".join(map(_input_in_words, watched)) or "an advanced trigger"


def _input_in_words(watched: Mapping[str, Any]) -> str:
    levels_v = [watched[key] for key in ("lower_v", "upper_v") if watched.get(key) is not None]
    levels = " to ".join(exact(level_v, "V") for level_v in levels_v)
    return f"{watched.get('source')} {_word(watched.get('direction'))} {levels}".rstrip()


def _word(name: Any) -> str:
    return str(name).lower().replace("_", " ")
