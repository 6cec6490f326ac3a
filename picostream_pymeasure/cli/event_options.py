"""Options that say what an event is, and which ones of a stream are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..config import USUAL_MAX_RATE_HZ, KeepConfig
from ..errors import ConfigurationError
from ..quantity_options import EVENTS_A_SECOND, TIME

_RULE = (
    click.option(
        "--hysteresis",
        metavar="LEVEL",
        help="By how much less an event begins and ends, as in 5mV or 2sigma.  "
        "[default: 0 V, or 0.4 of the sigmas]",
    ),
    click.option("--min-width", type=TIME, help="Pass shorter events over, as in 0.75us."),
    click.option("--max-width", type=TIME, help="Cut longer events there.  [default: 1 s]"),
    click.option("--baseline", type=TIME, help="Window of the baseline.  [default: 10 ms]"),
    click.option("--hold-off", type=TIME, help="Pass over events that begin so soon after one."),
    click.option(
        "--max-rate",
        type=EVENTS_A_SECOND,
        help="Events a second at most; more are passed over.  "
        f"[default: {USUAL_MAX_RATE_HZ:g} where only events are kept, else any number]",
    ),
)
_KEEP = (
    click.option(
        "--keep",
        metavar="CH:DIRECTION[:LEVEL]",
        help="Store only events of a channel, as in A:falling (5 sigma) or B:rising:20mV.",
    ),
    click.option("--before", type=TIME, help="Keep so much before each.  [default: 1 ms]"),
    click.option("--after", type=TIME, help="Keep so much after each.  [default: 4 ms]"),
    *_RULE,
    click.option(
        "--dry-run", is_flag=True, help="Only tell how many events --keep finds; write nothing."
    ),
)

#: Options of a rule, and the fields that they set.
_FIELDS = {
    "hysteresis": "hysteresis",
    "min_width": "min_width_s",
    "max_width": "max_width_s",
    "baseline": "baseline_s",
    "hold_off": "hold_off_s",
    "max_rate": "max_rate_hz",
}
_AROUND = {"before": "before_s", "after": "after_s"}

_Command = Callable[..., Any]


def rule_options(command: _Command) -> _Command:
    """Give a command the options that say what an event is, beside level and direction."""
    return _with(_RULE, command)


def keep_options(command: _Command) -> _Command:
    """Give a command the options that say which events are kept."""
    return _with(_KEEP, command)


def take_rule(options: dict[str, Any]) -> dict[str, Any]:
    """Take the options of :func:`rule_options` that were given, as fields of an event rule."""
    return _take(options, _FIELDS)


def take_keep(options: dict[str, Any]) -> KeepConfig | None:
    """Take the options of :func:`keep_options`; None if all is to be stored.

    :raises ConfigurationError: one is impossible, or there is no ``--keep`` that it belongs to.
    """
    keep = options.pop("keep")
    names = {**_AROUND, **_FIELDS}
    given = [name for name in names if options[name] is not None]
    details = _take(options, names)
    if keep is None:
        if given or options["dry_run"]:
            first = (*given, "dry_run")[0].replace("_", "-")
            raise ConfigurationError(f"--{first} needs --keep, as in --keep A:falling:5sigma.")
        return None
    from ..reader import parse_keep

    return parse_keep(keep, **details)


def _with(options: tuple[_Command, ...], command: _Command) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def _take(options: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    taken = {field: options.pop(name) for name, field in fields.items()}
    return {field: value for field, value in taken.items() if value is not None}
