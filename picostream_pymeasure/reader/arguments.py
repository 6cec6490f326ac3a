"""Checks of what callers pass: each refusal, a ``ConfigurationError``, says what is allowed."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from ..config import ChannelScale
from ..errors import ConfigurationError, shown
from ..quantities import read_scale

DecimationMode = Literal["mean", "min_max"]

_MODES = ("mean", "min_max")

#: No recording has so many samples: larger factors mean the same, and fit into no integer.
_MAX_FACTOR = 2**40

#: Columns of a picture; more than any screen or printer has.
_MAX_COLUMNS = 1_000_000


def whole_number(value: Any, what: str) -> int:
    """An integer, also a NumPy one; ``True`` and ``1.0`` are none."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise ConfigurationError(f"{what} must be a whole number, not {shown(value)}.")
    return number


def index(value: Any, what: str) -> int:
    """A position or a number of samples: an integer, or a float that is whole, such as 1e6."""
    if isinstance(value, float | np.floating) and value.is_integer():
        return int(value)
    return whole_number(value, what)


def check_decimation(factor: Any, mode: Any) -> int:
    """Decimation factor as an integer.

    :raises ConfigurationError: it, or the mode, is impossible.
    """
    if not isinstance(mode, str) or mode not in _MODES:
        raise ConfigurationError(f"There is no decimation mode {shown(mode)}; use mean or min_max.")
    factor = index(factor, "The decimation factor")
    if factor < 1:
        raise ConfigurationError(f"The decimation factor must be 1 or more, not {factor}.")
    return int(min(factor, _MAX_FACTOR))


def check_pieces(size: Any, factor: Any, mode: Any) -> tuple[int, int]:
    """Samples of each of the blocks that follow each other, in whole groups, and the factor.

    :raises ConfigurationError: one of them, or the mode, is impossible.
    """
    factor = check_decimation(factor, mode)
    size = index(size, "The size of a block")
    if size < 1:
        raise ConfigurationError(f"A block needs 1 sample or more, not {size}.")
    return max(size // factor, 1) * factor, factor


def clip(start: Any, size: Any, num_samples: int) -> tuple[int, int]:
    """First sample and number of samples that ``[start : start + size]`` means, as any slice does.

    :raises ConfigurationError: one of them is no number.
    """
    begin = index(start, "The first sample")
    end = begin + index(size, "The number of samples")
    begin, end, _ = slice(begin, end).indices(num_samples)
    return begin, max(end - begin, 0)


def slice_bounds(stretch: Any, num_samples: int) -> tuple[int, int]:
    """Begin and end of a slice without a step, cut to what the file holds.

    :raises ConfigurationError: it is something else.
    """
    if not isinstance(stretch, slice) or stretch.step not in (None, 1):
        raise ConfigurationError(
            f"Take samples with a slice, as in reader[1000:2000], not {shown(stretch)}; "
            "get_block decimates."
        )
    try:
        start, stop, _ = stretch.indices(num_samples)
    except TypeError as error:
        raise ConfigurationError(
            f"The bounds of {shown(stretch)} must be whole numbers."
        ) from error
    return start, max(start, stop)


def check_window(t0: Any, t1: Any, n_out: Any) -> tuple[float, float, int]:
    """Begin, end and number of columns of a picture.

    :raises ConfigurationError: the times are no times or in the wrong order, or there are no
        columns or more than a million.
    """
    begin_s, end_s = finite_number(t0, "The begin"), finite_number(t1, "The end")
    if not begin_s < end_s:
        raise ConfigurationError(f"The end ({end_s:g} s) must lie after the begin ({begin_s:g} s).")
    n_out = whole_number(n_out, "The number of columns")
    if not 1 <= n_out <= _MAX_COLUMNS:
        raise ConfigurationError(f"A picture has 1 to {_MAX_COLUMNS} columns, not {shown(n_out)}.")
    return begin_s, end_s, n_out


def read_scales(scales: Any) -> dict[str, ChannelScale]:
    """What voltages stand for, by channel, of scales or of texts such as ``"1 nA/mV"``.

    :raises ConfigurationError: one of them is something else.
    """
    is_mapping = isinstance(scales, Mapping | None)
    if not (is_mapping and all(isinstance(name, str) for name in scales or ())):
        raise ConfigurationError(
            f"Scales are given by channel, as {{'A': '1 nA/mV'}}, not {shown(scales)}."
        )
    return {
        name: read_scale(scale, f"The scale of {name}") for name, scale in (scales or {}).items()
    }


def finite_number(value: Any, what: str) -> float:
    """A finite number as float; texts and ``True`` are none."""
    try:
        is_finite = not isinstance(value, (str, bytes, bool)) and math.isfinite(value)
    except (TypeError, OverflowError):
        is_finite = False
    if not is_finite:
        raise ConfigurationError(f"{what} must be a finite number, not {shown(value)}.")
    return float(value)
