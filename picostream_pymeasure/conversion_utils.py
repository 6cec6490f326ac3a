"""The two functions of PicoStream's module of this name, for programs that import them.

:class:`~picostream_pymeasure.PicoStreamReader` does both while it reads, with the offset and over
pieces of any size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .config import require_number
from .errors import ConfigurationError, shown


def adc_to_mV(  # noqa: N802 - PicoStream's name
    adc_data: NDArray[Any], voltage_range_v: float, max_adc_value: int
) -> NDArray[np.float64]:
    """Convert counts to millivolts, without the analogue offset.

    :param adc_data: counts, any shape.
    :param voltage_range_v: full scale to one side, in V.
    :param max_adc_value: counts at full scale.
    :returns: float64, shaped as the counts.
    :raises ConfigurationError: says what is allowed.
    """
    range_v = require_number("voltage_range_v", voltage_range_v, " of volts")
    max_adc = require_number("max_adc_value", max_adc_value, " of counts")
    if not max_adc > 0:
        raise ConfigurationError(f"max_adc_value must be more than 0 counts, not {max_adc:g}.")
    return _numbers("adc_data", adc_data).astype(np.float64) * (range_v * 1e3) / max_adc


def min_max_decimate_numba(data: NDArray[Any], factor: int) -> NDArray[Any]:
    """Reduce each ``factor`` neighbours to their minimum and maximum.

    :param data: one-dimensional.
    :param factor: 1 or more.
    :returns: min, max, min, max … of ``data``'s type, shape ``(2 * (len(data) // factor),)``; a
        rest that fills no group is left out. Data shorter than a group come back as they are.
    :raises ConfigurationError: says what is allowed.
    """
    data = _numbers("data", data)
    if data.ndim != 1:
        raise ConfigurationError(f"data must have one dimension, not {data.ndim}.")
    number = require_number("factor", factor)
    if number < 1 or number % 1:
        raise ConfigurationError(f"factor must be a whole number of 1 or more, not {number:g}.")
    factor = int(number)
    n_groups = len(data) // factor
    if not n_groups:
        return data
    groups = data[: n_groups * factor].reshape(n_groups, factor)
    return np.stack((groups.min(axis=1), groups.max(axis=1)), axis=1).ravel()


def _numbers(what: str, values: Any) -> NDArray[Any]:
    """Values as an array of numbers."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise ConfigurationError(f"{what} must be an array of numbers, not {shown(values)}.")
    return array
