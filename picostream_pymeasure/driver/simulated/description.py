"""How the signals of a stream went: enough to compute every sample of it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...config import CHANNEL_NAMES
from ...kernels.signal import ChannelSignal
from .scope import SimulatedScope
from .settings import UnitSettings

_MODE_NAMES = {0: "none", 1: "aggregate", 2: "decimate", 4: "average"}


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
        max_adc = 32512 if settings.bits == 8 else 32767
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

    @property
    def channels(self) -> list[int]:
        """Indices of the inputs that are digitised."""
        return list(self._inputs)

    def signal_from(self, first_sample: int, index: int, generator: dict[str, Any]) -> Any:
        """Record for the kernels, valid from a raw sample on; notes a segment if it is new."""
        wave = self._scope.signal(CHANNEL_NAMES[index]).settings(generator)
        segment = {**wave, **self._inputs[index], "first_sample": first_sample}
        segments = self._segments.setdefault(index, [])
        if segments and {**segments[-1], "first_sample": first_sample} == segment:
            return self._signals[index].records[0]
        segments.append(segment)
        self._signals[index] = ChannelSignal(
            segment, self.sample_interval_ns, self._scope.seed, index
        )
        return self._signals[index].records[0]

    def over_range(self) -> list[tuple[int, int, int]]:
        """Channel index, begin and end (raw samples) of the stretches beyond the range."""
        found = []
        for fault in self._scope.faults:
            if fault.kind == "over_range":
                begin = fault.first_sample(self.sample_interval_ns)
                found.append((CHANNEL_NAMES.index(fault.channel), begin, begin + fault.samples))
        return found

    def describe(self, names: Sequence[str]) -> dict[str, Any]:
        """The part of a simulation's description that tells the samples; JSON-able."""
        windows = self.over_range()
        return {
            "sample_interval_ns": self.sample_interval_ns,
            "mode": _MODE_NAMES[self.ratio_mode],
            "ratio": self.ratio,
            "channels": {
                names[index]: {
                    "segments": [dict(segment) for segment in segments],
                    "over_range": [[b, e] for channel, b, e in windows if channel == index],
                }
                for index, segments in sorted(self._segments.items())
            },
        }
