"""The two functions of PicoStream's module of this name, for programs that import them.

:class:`~picostream_pymeasure.PicoStreamReader` does both while it reads, with the offset and over
pieces of any size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def adc_to_mV(  # noqa: N802 - PicoStream's name
    adc_data: NDArray[Any], voltage_range_v: float, max_adc_value: int
) -> NDArray[np.float64]:
    """Convert counts to millivolts, without the analogue offset.

    :param adc_data: counts, any shape.
    :param voltage_range_v: full scale to one side, in V.
    :param max_adc_value: counts at full scale.
    :returns: float64, shaped as the counts.
    """
    return np.asarray(adc_data, np.float64) * (voltage_range_v * 1e3) / max_adc_value


def min_max_decimate_numba(data: NDArray[Any], factor: int) -> NDArray[Any]:
    """Reduce each ``factor`` neighbours to their minimum and maximum.

    :param data: one-dimensional.
    :returns: min, max, min, max … of ``data``'s type, shape ``(2 * (len(data) // factor),)``; a
        rest that fills no group is left out. Data shorter than a group come back as they are.
    """
    n_groups = len(data) // factor
    if not n_groups:
        return data
    groups = data[: n_groups * factor].reshape(n_groups, factor)
    return np.stack((groups.min(axis=1), groups.max(axis=1)), axis=1).ravel()
