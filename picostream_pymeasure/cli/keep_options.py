"""Options that say which events of a stream are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..config import USUAL_MAX_RATE_HZ, KeepConfig
from ..errors import ConfigurationError
from .quantity import NUMBER, TIME

_OPTIONS = (
    click.option(
        "--keep",
        metavar="CH:DIRECTION:LEVEL",
        help="Store only events of a channel, as in A:falling:5sigma or B:rising:20mV.",
    ),
    click.option("--before", type=TIME, help="Keep so much before each.  [default: 1 ms]"),
    click.option("--after", type=TIME, help="Keep so much after each.  [default: 4 ms]"),
    click.option(
        "--hysteresis",
        metavar="LEVEL",
        help="By how much less an event begins and ends, as in 2sigma or 5mV.",
    ),
    click.option("--min-width", type=TIME, help="Pass shorter events over, as in 0.75us."),
    click.option("--max-width", type=TIME, help="Cut longer events there.  [default: 1 s]"),
    click.option("--baseline", type=TIME, help="Window of the baseline.  [default: 10 ms]"),
    click.option("--hold-off", type=TIME, help="Pass over what follows an event so soon."),
    click.option(
        "--max-rate",
        type=NUMBER,
        help=f"Events a second that are kept at most.  [default: {USUAL_MAX_RATE_HZ:g}]",
    ),
    click.option(
        "--dry-run", is_flag=True, help="Only tell how many events --keep finds; write nothing."
    ),
)
_TIMES = ("min_width", "max_width", "baseline", "hold_off")


def keep_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_keep(options: dict[str, Any]) -> KeepConfig | None:
    """Take them from a command's options; None if all is to be stored.

    :raises ConfigurationError: one is impossible, or there is no ``--keep`` that it belongs to.
    """
    keep = options.pop("keep")
    names = ("before", "after", "hysteresis", "max_rate", *_TIMES)
    given = {name: value for name in names if (value := options.pop(name)) is not None}
    if keep is None:
        if given or options["dry_run"]:
            first = next(iter(given), "dry_run").replace("_", "-")
            raise ConfigurationError(f"--{first} needs --keep, as in --keep A:falling:5sigma.")
        return None
    from ..reader import parse_rule

    details = {f"{name}_s": given[name] for name in _TIMES if name in given}
    details["max_rate_hz"] = given.get("max_rate", USUAL_MAX_RATE_HZ)
    rule = parse_rule(keep, hysteresis=given.get("hysteresis"), **details)
    around = {f"{name}_s": given[name] for name in ("before", "after") if name in given}
    return KeepConfig(rule, **around)
