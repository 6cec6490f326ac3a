"""What the files of a new run are called."""

from __future__ import annotations

import os
import re
from datetime import datetime
from itertools import count
from pathlib import Path

from pymeasure.experiment import Procedure

from ...errors import ConfigurationError
from .files import RECORDING_SUFFIX

#: Characters that some file systems refuse; they come from values of parameters.
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


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
        return text.format_map(values)
    except KeyError as error:
        allowed = ", ".join(f"{{{name}}}" for name in values)
        raise ConfigurationError(
            f"The file name has no placeholder {{{error.args[0]}}}; use one of {allowed}."
        ) from None
    except (ValueError, IndexError, AttributeError) as error:
        raise ConfigurationError(f"The file name {text!r} cannot be used: {error}.") from None
