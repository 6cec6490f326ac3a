"""Rules for events as people type them."""

from __future__ import annotations

import re
from typing import Any

from ..config import CHANNEL_NAMES, EVENT_DIRECTIONS, USUAL_MAX_RATE_HZ, EventRule, KeepConfig
from ..errors import ConfigurationError, shown
from ..quantities import exact, parse

_SIGMA = re.compile(r"(.*?)\s*(?:sigma|σ)", re.IGNORECASE | re.DOTALL)
_EXPONENT = re.compile(r"(?<=\d)e(?=[-+]?\d)", re.IGNORECASE)


def parse_rule(
    text: str,
    *,
    hysteresis: str | float | None = None,
    like: EventRule | None = None,
    **details: Any,
) -> EventRule:
    """Read ``A:falling:5sigma``, ``B:rising:20mV`` or ``A:falling:-20 mV``.

    The direction may be left out (either) and so may the threshold (5 sigma).

    :param hysteresis: in the unit of the threshold, a number or such as ``2sigma`` or ``5mV``.
    :param like: gives channel and direction where a text is no more than ``5sigma``.
    :param details: further fields of :class:`~picostream_pymeasure.config.EventRule`.
    :raises ConfigurationError: says what is allowed.
    """
    channel, *words = (word.strip() for word in text.split(":"))
    if like is not None and not words and channel.upper() not in CHANNEL_NAMES:
        channel, words = like.channel, [like.direction, channel]
    if channel.upper() not in CHANNEL_NAMES:
        raise ConfigurationError(
            f"Events are looked for on channel A, B, C or D, not {shown(channel)}; write the rule "
            f"as A:falling:5sigma or B:rising:20mV."
        )
    directions = [word.lower() for word in words if word.lower() in EVENT_DIRECTIONS]
    thresholds = [word for word in words if word.lower() not in EVENT_DIRECTIONS]
    if len(directions) > 1 or len(thresholds) > 1:
        raise ConfigurationError(
            f"{shown(text)} is no rule for events; write it as A:falling:5sigma or B:rising:20mV."
        )
    settings: dict[str, Any] = {"channel": channel.upper()}
    if directions:
        settings["direction"] = directions[0]
    if thresholds:
        settings["threshold"], settings["in_sigma"] = _threshold(thresholds[0])
    if twice := settings.keys() & details.keys():
        raise ConfigurationError(f"{shown(text)} says the {', '.join(sorted(twice))} already.")
    settings |= details
    if hysteresis is not None and not isinstance(hysteresis, str):
        settings["hysteresis"] = hysteresis
    elif hysteresis is not None:
        settings["hysteresis"], in_sigma = _threshold(hysteresis, "0")
        if in_sigma != settings.get("in_sigma", True):
            raise ConfigurationError(
                "The hysteresis of events is in the unit of their threshold, V or sigma."
            )
    return EventRule(**settings)


def parse_keep(
    text: str,
    before_s: float = KeepConfig.before_s,
    after_s: float = KeepConfig.after_s,
    **details: Any,
) -> KeepConfig:
    """Read which events are kept, 1000 a second unless something else is said.

    :param details: as of :func:`parse_rule`.
    :raises ConfigurationError: says what is allowed.
    """
    rule = parse_rule(text, **{"max_rate_hz": USUAL_MAX_RATE_HZ, **details})
    return KeepConfig(rule, before_s, after_s)


def rule_text(rule: EventRule) -> str:
    """Write channel, direction and threshold such that :func:`parse_rule` reads them back."""
    threshold = f"{rule.threshold:g}sigma" if rule.in_sigma else exact(rule.threshold, "V")
    return f"{rule.channel}:{rule.direction}:{threshold}"


def _threshold(text: str, allowed: str = "5") -> tuple[float, bool]:
    """Number, and whether it is in sigma; others than positive ones may be no level either."""
    if in_sigma := _SIGMA.fullmatch(text):
        return parse(in_sigma[1]), True
    try:
        level_v = parse(text, "V")
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{shown(text)} is no level of events; write for example 5sigma or 20mV."
        ) from error
    if not any(map(str.isalpha, _EXPONENT.sub("", text))):
        number = text if level_v > 0 else allowed
        raise ConfigurationError(
            f"{shown(text)} is no level of events: write {number}sigma, for so many \u03c3 of the "
            f"running baseline, or {number}V."
        )
    return level_v, False
