"""What viewers of HDF5 files draw when they open a recording: its envelope, in volts and seconds.

``/`` → ``@default`` → ``/entry`` (NXentry) → ``@default`` → ``/entry/envelope`` (NXdata), as the
NeXus standard has it and silx and h5web follow it. The group holds ``time`` and, for each channel,
``A_min`` and ``A_max``: :data:`POINTS` values each, not-a-number where there are no samples, so
that viewers draw nothing there, and in gaps. Digital ports have no volts and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

POINTS = 2000

_ENTRY, _ENVELOPE = "entry", "envelope"
TIME_PATH = f"{_ENTRY}/{_ENVELOPE}/time"


def envelope_paths(channel: str) -> tuple[str, str]:
    """Paths of the smallest and the largest values of a channel."""
    return f"{_ENTRY}/{_ENVELOPE}/{channel}_min", f"{_ENTRY}/{_ENVELOPE}/{channel}_max"


def create_default_plot(root: Any, channels: Sequence[str]) -> None:
    """Make the groups and the datasets of a new file, without values.

    :param channels: the analogue ones, the first is the one that viewers begin with.
    """
    entry = root.create_group(_ENTRY)
    envelope = entry.create_group(_ENVELOPE)
    root.attrs.update({"NX_class": "NXroot", "default": _ENTRY})
    entry.attrs.update({"NX_class": "NXentry", "default": _ENVELOPE})
    curves = [f"{name}_{end}" for name in channels for end in ("max", "min")]
    envelope.attrs.update(
        {
            "NX_class": "NXdata",
            "title": f"Voltage (V), smallest and largest of each 1/{POINTS}",
            "signal": curves[0],
            "auxiliary_signals": curves[1:],
            "axes": ["time"],
        }
    )
    _create(root, TIME_PATH, np.arange(POINTS, dtype=np.float64), "Time (s)", "s")
    nothing = np.full(POINTS, np.nan, np.float32)
    for name in channels:
        lowest, highest = envelope_paths(name)
        _create(root, lowest, nothing, f"Channel {name}, minimum (V)", "V")
        _create(root, highest, nothing, f"Channel {name}, maximum (V)", "V")


def _create(root: Any, path: str, data: Any, long_name: str, units: str) -> None:
    dataset = root.create_dataset(path, data=data, track_times=False)
    dataset.attrs.update({"long_name": long_name, "units": units})
