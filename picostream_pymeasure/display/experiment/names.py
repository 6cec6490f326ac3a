"""What the files of a new run are called."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from string import Formatter

from pymeasure.experiment import Procedure

from ...errors import ConfigurationError
from .files import RECORDING_SUFFIX

#: Characters that some file systems refuse; they come from values of parameters.
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')

#: In the format of a placeholder, more characters than a name may have.
_LONG = re.compile(r"\d{3}")


class _Number(float):
    """A number that a placeholder without a format writes shortly: 0.992063."""

    def __format__(self, spec: str) -> str:
        return format(float(self), spec or ".6g")


def unused_csv_path(folder: str, prefix: str, extension: str, procedure: Procedure) -> Path:
    """Find the first ``prefix_N.extension`` that neither a CSV nor a recording has.

    Blanks around the prefix are left away: nobody sees them, and shells want them quoted.

    :param prefix: may hold placeholders such as ``{Sample Rate}``.
    :raises ConfigurationError: it is empty, a placeholder is unknown or its format is wrong.
    """
    stem = FORBIDDEN.sub("-", _filled_in(prefix, procedure)).strip()
    if not stem:
        raise ConfigurationError("The file name is empty; enter one.")
    for number in count(1):
        path = Path(folder).absolute() / f"{stem}_{number}.{extension}"
        both = (path, path.with_suffix(RECORDING_SUFFIX))
        if not any(map(os.path.lexists, both)):  # a link to nothing has the name as well
            return path
    raise AssertionError("there is always another number")


def _filled_in(text: str, procedure: Procedure) -> str:
    """Replace placeholders; PyMeasure's own way fails while a metadata has no value yet."""
    now = datetime.now()
    values: dict[str, object] = {"date": f"{now:%Y-%m-%d}", "time": f"{now:%H-%M-%S}"}
    for each in procedure.placeholder_objects().values():
        if each.is_set():
            value = each.value
            values[each.name] = _Number(value) if isinstance(value, float) else value
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ConfigurationError(
            f"Braces in the file name can only be those of {_listed(values)}."
        ) from None
    return "".join(literal + _value(values, *rest) for literal, *rest in parts)


def _value(
    values: Mapping[str, object], name: str | None, spec: str | None, conversion: str | None
) -> str:
    """What a placeholder stands for; nothing where there is none, as at the end of the text."""
    if name is None:
        return ""
    written = name if conversion is None else f"{name}!{conversion}"
    if written not in values:
        raise ConfigurationError(
            f"The file name has no placeholder {{{written}}}; use one of {_listed(values)}."
        )
    with suppress(ValueError, TypeError):
        if not _LONG.search(spec or ""):
            return format(values[written], spec or "")
    raise ConfigurationError(
        f"The file name cannot have {{{written}:{spec}}}; write {{{written}}}, or if it is a "
        f"number, {{{written}:.3f}}."
    )


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{{{name}}}" for name in values)
