"""``picostream verify`` and ``picostream info``."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import click

from ..quantities import exact
from .exit_codes import COMPLETE, FAILED
from .preparing import telling_that_it_compiles
from .report import print_verdict
from .terminal import make_console
from .verification import verify_with_progress

#: What stands for None: the first are figures that nobody can give of every recording.
_ABSENT = {
    "lost_accuracy_s": "not known",
    "smallest_visible_loss": "not known",
    "rate_deviation_ppm": "not known",
    "rate_accuracy_ppm": "not known",
    "mark_accuracy_s": "not known",
    "live_only_s": "no",
}

#: Rows of a table that people are shown; recordings may have 10⁵.
_MOST_ROWS = 100

#: Lengths of gaps, -1 as long as nobody knows them.
_LENGTHS = ("missing", "estimated_missing")

#: Of what is known to some percent at most.
_PPM_DIGITS = 3

#: Of names that mean something else to those who look for events.
_OTHER_WORDS = {"lacks": "missing parts", "events": "marks"}

#: Signs that would move a terminal's cursor, or more.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

#: Ends of names, and the unit that they say.
_UNITS = {"s": "s", "ns": "ns", "hz": "Hz", "ppm": "ppm", "v": "V", "bytes": "B"}


def verify_file(path: Path, as_json: bool) -> int:
    """Verify a recording, print what was found and return the exit code."""
    console = make_console(stderr=as_json)
    started_s = time.monotonic()
    report = verify_with_progress(console, path)
    assert report is not None
    if as_json:
        click.echo(json.dumps(report.to_dict(), indent=2))
    else:
        print_verdict(console, report, time.monotonic() - started_s)
    return report.exit_code


def show_file(path: Path, as_json: bool) -> int:
    """Describe a recording; returns the exit code."""
    from ..storage import describe_file

    described = describe_file(path)
    _show(described, as_json)
    return FAILED if described["damage"] else COMPLETE


def show_scopes(simulate: bool, as_json: bool) -> int:
    """Describe every scope that can be opened."""
    from ..driver import Unit, list_serials, load_library, why_none

    scopes = []
    with telling_that_it_compiles(simulate):
        library = load_library(simulated=simulate)
        for serial in list_serials(library):
            with Unit.open(library, serial) as unit:
                scopes.append({**unit.info, "usable_channels": list(unit.channel_names)})
    if as_json:
        click.echo(json.dumps(scopes, indent=2))
    elif not scopes:
        click.echo(f"No scope is connected and free.{why_none(library)}")
    for scope in [] if as_json else scopes:
        _show(scope, as_json=False)
        click.echo()
    return COMPLETE


def _show(values: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values, indent=2))
        return
    for name, value in {**values, **_procedure(values)}.items():
        words, unit = _words(name)
        label = f"{words}:"
        absent = _ABSENT.get(name) if value is None else None
        is_table = isinstance(value, list) and value and isinstance(value[0], dict)
        for row in value[:_MOST_ROWS] if is_table else [value]:
            click.echo(f"{label:<28}{absent or _text(row, unit)}")
            label = ""
        if is_table and len(value) > _MOST_ROWS:
            click.echo(f"{label:<28}… and {len(value) - _MOST_ROWS} more; --json gives them all")


def _procedure(values: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a procedure's recording with its parameters as texts, in their units."""
    metadata = values.get("metadata")
    if not isinstance(metadata, dict):
        return {}
    parameters, units = metadata.get("parameters"), metadata.get("units")
    if not isinstance(parameters, dict) or not isinstance(units, dict):
        return {}
    told = {
        name: f"{_text(one)} {units.get(name, '')}".rstrip() for name, one in parameters.items()
    }
    others = {name: one for name, one in metadata.items() if name not in ("parameters", "units")}
    return {"metadata": {**others, "parameters": told}}


def _words(name: str) -> tuple[str, str]:
    """A name as people read it, and the unit that its end says, if it says one."""
    if name == "smallest_visible_loss":
        return "smallest visible loss", "samples"
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name], ""
    stem, _, end = name.rpartition("_")
    if not stem or end not in _UNITS:
        return name.replace("_", " "), ""
    words = stem.replace("_", " ") + (" size" if end == "bytes" else "")
    return words, "S/s" if words.endswith("rate") else _UNITS[end]


def _text(value: Any, unit: str = "") -> str:
    """A value as people read it."""
    if isinstance(value, dict):
        unknown = (name for name in _LENGTHS if value.get(name) == -1)
        known = {**value, **dict.fromkeys(unknown, "not known")}
        named = ((*_words(name), one) for name, one in known.items())
        return ", ".join(f"{words} {_text(one, unit)}" for words, unit, one in named) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(one, unit) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)) and unit:
        digits = _PPM_DIGITS if unit == "ppm" else 10
        return exact(float(f"{value:.{digits}g}"), unit)
    if isinstance(value, float):
        return f"{value:.10g}"
    return "none" if value is None else _CONTROL.sub(lambda sign: repr(sign[0])[1:-1], f"{value}")
