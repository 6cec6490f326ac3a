"""What is to be painted of captures: made by a worker thread from the file, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...config import ChannelScale


@dataclass(frozen=True)
class Span:
    """A part of the plane of time, from the trigger on, and voltage."""

    begin_s: float
    end_s: float
    low_v: float
    high_v: float


@dataclass(frozen=True)
class CapturesRequest:
    """What is to be drawn.

    :param span: the part that is seen; None: all.
    :param scales: what channels' voltages stand for, in place of what the recording says.
    :param differences: pairs of channels, the second of which is taken from the first.
    :param n_columns: pixels of the plot from left to right …
    :param n_rows: … and from bottom to top.
    :param number: the capture to show by itself, from the end on if negative; None: none.
    """

    path: str
    n_columns: int
    n_rows: int
    number: int | None = None
    span: Span | None = None
    scales: tuple[tuple[str, ChannelScale], ...] = ()
    differences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Overlay:
    """One channel, or difference of two, of all captures that were drawn.

    :param crossings: int32, shape ``(columns, rows)``: how many captures cross each pixel of the
        picture's span.
    :param mean_v: float64, shape ``(k,)``: of all captures that were drawn, sample by sample.
    """

    crossings: NDArray[np.int32]
    mean_v: NDArray[np.float64]


@dataclass(frozen=True)
class SingleCapture:
    """One of them.

    :param trigger_time_s: from the first trigger on; NaN where the scope did not say.
    :param times_s: float64, shape ``(k,)``: from the trigger on.
    :param values_v: channel or difference → float64, shape ``(k,)``.
    :param over_range: channels that were clipped.
    """

    number: int
    trigger_time_s: float
    times_s: NDArray[np.float64]
    values_v: Mapping[str, NDArray[np.float64]]
    over_range: tuple[str, ...]


@dataclass(frozen=True)
class CapturesPicture:
    """One picture.

    :param captures: in the file.
    :param drawn: of them; fewer where all would take too long, evenly spread.
    :param span: what the overlays show: as much of what was asked for as there is.
    :param whole: all that there is, with some room.
    :param times_s: float64, shape ``(k,)``: of the samples of the mean, from the trigger on.
    :param unit: of all channels; empty where they differ.
    :param note: why a difference that was asked for is not drawn; empty if it is.
    :param message: why there is nothing to be seen.
    """

    request: CapturesRequest
    captures: int = 0
    drawn: int = 0
    span: Span | None = None
    whole: Span | None = None
    times_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    overlays: Mapping[str, Overlay] = field(default_factory=dict)
    single: SingleCapture | None = None
    unit: str = "V"
    note: str = ""
    message: str = ""
