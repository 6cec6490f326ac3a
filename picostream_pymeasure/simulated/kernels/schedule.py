"""The generator's course of one segment, as settings say it, made ready for the kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .course import COURSE, NEVER, number_at, numbers_before
from .waveform import coupled_v

#: Sweep -> (first the last frequency, back again).
SWEEPS = {
    "up": (False, False),
    "down": (True, False),
    "up_down": (False, True),
    "down_up": (True, True),
}
_WORD = 2**64
#: Steps by which rounding may miss the last frequency of a sweep.
_NEARLY = 0.01

#: From volts at the input to counts.
ToCounts = Callable[[NDArray[np.float64]], NDArray[np.int64]]


def phase_step(frequency_hz: float, sample_interval_ns: float) -> int:
    """Phase a sample, in 2**-64 turns."""
    turns = (frequency_hz * sample_interval_ns * 1e-9) % 1.0
    return round(turns * _WORD) % _WORD


class Schedule:
    """When the generator puts out what, and the table of what it puts out.

    :param segment: settings with ``start_sample`` (None while it waits), ``stop_hz``,
        ``increment_hz``, ``dwell_s``, ``sweep``, ``shots`` and ``sweeps`` (0: no end), ``gate``
        (``none``, ``edge`` or ``level``), and for a gate ``gate_hz``, ``gate_begin`` and
        ``gate_end`` (points of the period of what opens it).
    :param to_counts: for an input without its coupling.
    """

    def __init__(
        self, segment: Mapping[str, Any], sample_interval_ns: float, to_counts: ToCounts
    ) -> None:
        self._segment, self._interval_s = segment, sample_interval_ns * 1e-9
        self.records = np.zeros(1, COURSE)
        self._record = self.records[0]
        start = segment["start_sample"]
        self._record["start"] = NEVER if start is None else start
        direct_v = 0.0 if segment["ac_coupled"] else segment["offset_v"]
        self._record["rest"] = to_counts(np.array([direct_v]))[0]
        self._set_frequencies(sample_interval_ns)
        self._record["length"] = self._length()
        self._set_table(to_counts)
        if segment["gate"] != "none":
            self._set_gate(phase_step(segment["gate_hz"], sample_interval_ns))

    @property
    def start_sample(self) -> int | None:
        """Where the course begins; None while it waits for a trigger."""
        start = int(self._record["start"])
        return None if start == NEVER else start

    def _set_frequencies(self, sample_interval_ns: float) -> None:
        segment, record = self._segment, self._record
        span_hz = segment["stop_hz"] - segment["frequency_hz"]
        self._change_hz = math.copysign(segment["increment_hz"], span_hz) if span_hz else 0.0
        count = math.floor(span_hz / self._change_hz + _NEARLY) + 1 if span_hz else 1
        mirrored, turns_back = SWEEPS[segment["sweep"]]
        record["frequencies"], record["mirrored"] = count, mirrored
        record["sweep_dwells"] = max(1, 2 * count - 2) if turns_back else count
        dwell = max(1, round(segment["dwell_s"] / self._interval_s))
        record["dwell"] = dwell if count > 1 else 1 << 31
        record["first_step"] = phase_step(segment["frequency_hz"], sample_interval_ns)
        record["step_change"] = phase_step(self._change_hz, sample_interval_ns)

    def _length(self) -> int:
        """Samples until the last of the shots or sweeps is over."""
        shots, sweeps = self._segment["shots"], self._segment["sweeps"]
        record = self._record
        if sweeps:
            return int(min(NEVER, sweeps * int(record["sweep_dwells"]) * int(record["dwell"])))
        if not shots:
            return NEVER
        low, high = 0, 1
        while self._turns(high) < shots - 1e-9:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._turns(middle) >= shots - 1e-9 else (middle, high)
        return min(NEVER, high)

    def _turns(self, elapsed: int) -> float:
        """Periods that have passed so many samples after the begin."""
        names = ("frequencies", "mirrored", "dwell", "sweep_dwells")
        frequencies, mirrored, dwell, sweep_dwells = (int(self._record[name]) for name in names)
        dwells, within = divmod(elapsed, dwell)
        sweeps, dwells = divmod(dwells, sweep_dwells)
        changes = sweeps * numbers_before(frequencies, mirrored, sweep_dwells)
        changes += numbers_before(frequencies, mirrored, dwells)
        number = number_at(frequencies, mirrored, dwells)
        frequency_hz = self._segment["frequency_hz"] + number * self._change_hz
        cycles_hz = dwell * (sweeps * sweep_dwells + dwells) * self._segment["frequency_hz"]
        cycles_hz += dwell * changes * self._change_hz + within * frequency_hz
        return float(cycles_hz * self._interval_s)

    def _set_table(self, to_counts: ToCounts) -> None:
        """One table for all frequencies; a low-pass acts on a single one, not on a sweep."""
        rc_hz = self._segment["rc_hz"] if self._record["frequencies"] == 1 else 0.0
        self._table = to_counts(coupled_v({**self._segment, "rc_hz": rc_hz})).astype(np.int32)
        self._record["table_address"] = self._table.ctypes.data

    def _set_gate(self, step: int) -> None:
        segment, record = self._segment, self._record
        begin, end = (int(segment[name]) << 48 for name in ("gate_begin", "gate_end"))
        is_edge = segment["gate"] == "edge"
        if is_edge and record["length"] == NEVER:
            record["start"] = _first_opening(int(record["start"]), step, begin)
            return
        record["gate_step"], record["gate_begin"] = step, begin
        record["gate_span"], record["gate_shuts"] = (end - begin) % _WORD, not is_edge


def _first_opening(start: int, step: int, begin: int) -> int:
    """First sample from ``start`` on at which the gate opens."""
    turn = (start * step - begin) % _WORD
    return start if turn < step else start + -(-(_WORD - turn) // step)
