"""How the signals of a stream went: enough to compute every sample of it again."""

from __future__ import annotations

from typing import Any

from ...config import (
    CHANNEL_NAMES,
    EXTERNAL_INDEX,
    EXTERNAL_MAX_COUNTS,
    EXTERNAL_RANGE_V,
    max_adc_counts,
)
from ..device.layout import MODES
from ..kernels.signal import ROWS, ChannelSignal
from ..scopes.scope import SimulatedScope
from .inputs import EXTERNAL_ROW, PORT_ROWS
from .settings import UnitSettings

#: How the external trigger input is digitised.
_EXTERNAL = {
    "range_v": EXTERNAL_RANGE_V,
    "analog_offset_v": 0.0,
    "ac_coupled": False,
    "max_adc": EXTERNAL_MAX_COUNTS,
    "resolution_bits": 16,
}
_COUNTS_A_SEED = 7919


class SignalHistory:
    """Segments of constant settings per channel; a stream adds one when something changes.

    :param settings: of the unit when the stream starts; later changes of the inputs wait for
        the next start, those of the generator do not.
    """

    def __init__(
        self, scope: SimulatedScope, settings: UnitSettings, sample_interval_ns: float
    ) -> None:
        self._scope = scope
        self.sample_interval_ns = sample_interval_ns
        self.ratio_mode, self.ratio = 0, 1
        self._inputs: dict[int, dict[str, Any]] = {}
        self._segments: dict[int, list[dict[str, Any]]] = {}
        self._signals: dict[int, ChannelSignal] = {}
        self.apply(settings)

    def apply(self, settings: UnitSettings) -> None:
        """Take over the inputs' settings, at the start of a stream."""
        max_adc = max_adc_counts(settings.bits)
        self._inputs = {
            index: {
                "range_v": settings.channels[index].range_v,
                "analog_offset_v": settings.channels[index].analog_offset_v,
                "ac_coupled": settings.channels[index].ac_coupled,
                "max_adc": max_adc,
                "resolution_bits": settings.bits,
            }
            for index in settings.enabled
        }
        self._inputs |= {row: {} for row in settings.ports}
        if EXTERNAL_INDEX in settings.trigger.sources:
            self._inputs[EXTERNAL_ROW] = dict(_EXTERNAL)

    @property
    def n_segments(self) -> int:
        """Times that something has changed, all rows together."""
        return sum(map(len, self._segments.values()))

    @property
    def rows(self) -> list[int]:
        """All that is digitised."""
        return list(self._inputs)

    def signal_from(self, first_sample: int, row: int, generator: dict[str, Any]) -> Any:
        """Record for the kernels, valid from a raw sample on; notes a segment if it is new."""
        self._note_starts()
        segment = {
            **self._wave(row, generator),
            **self._inputs[row],
            "first_sample": first_sample,
        }
        segments = self._segments.setdefault(row, [])
        if segments and {**segments[-1], "first_sample": first_sample} == segment:
            return self._signals[row].records[0]
        segments.append(segment)
        self._signals[row] = ChannelSignal(segment, self.sample_interval_ns, self._scope.seed, row)
        return self._signals[row].records[0]

    def _wave(self, row: int, generator: dict[str, Any]) -> dict[str, Any]:
        if row not in PORT_ROWS:
            return self._scope.signal(ROWS[row]).settings(generator)
        # The ports count the samples together, from a number of the seed's own.
        first_count = self._scope.seed * _COUNTS_A_SEED % 65536
        lowest_bit = 8 * PORT_ROWS.index(row)
        return {"wave": "port", "first_count": first_count, "lowest_bit": lowest_bit}

    def _note_starts(self) -> None:
        """Complete segments whose generator the trigger of the stream has started."""
        for row, segments in self._segments.items():
            schedule = self._signals[row].schedule
            if schedule is not None and segments[-1]["start_sample"] is None:
                segments[-1]["start_sample"] = schedule.start_sample

    def over_range(self) -> list[tuple[int, int, int]]:
        """Channel index, begin and end (raw samples) of the stretches beyond the range."""
        found = []
        for fault in self._scope.faults:
            if fault.kind == "over_range":
                begin = fault.first_sample(self.sample_interval_ns)
                found.append((CHANNEL_NAMES.index(fault.channel), begin, begin + fault.samples))
        return found

    def describe(self) -> dict[str, Any]:
        """The part of a simulation's description that tells the samples; JSON-able."""
        self._note_starts()
        windows = self.over_range()
        return {
            "sample_interval_ns": self.sample_interval_ns,
            "mode": MODES[self.ratio_mode],
            "ratio": self.ratio,
            "channels": {
                ROWS[row]: {
                    "segments": [dict(segment) for segment in segments],
                    "over_range": [[b, e] for channel, b, e in windows if channel == row],
                }
                for row, segments in sorted(self._segments.items())
            },
        }
