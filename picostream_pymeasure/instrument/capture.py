"""A short capture in memory, and the sink that collects it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..config import Named, StreamConfig
from ..errors import OverrunError
from ..records import Block, Gap, Outcome, Sink, StreamDescription
from ..system import memory

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)  # arrays are neither equal nor unequal
class Capture:
    """What ``scope.acquire`` gives: all samples, without a gap.

    :param description: the settings and what the scope said of itself.
    :param outcome: how the stream ended.
    :param counts: input → counts (int16, or int8 at 8 bit), shape ``(n,)``, or ``(n, 2)`` (minimum,
        maximum) in the down-sampling mode "aggregate".
    """

    description: StreamDescription
    outcome: Outcome
    counts: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.counts.values())))

    def __repr__(self) -> str:
        names = ", ".join(self.counts)
        return f"<Capture of {names}: {len(self)} samples, one every {self.sample_interval:g} s>"

    @property
    def sample_interval(self) -> float:
        """Get the time between two samples in s: the actual raw interval times the ratio."""
        return self.description.stored_interval_ns * 1e-9

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """Get the time of each sample in s since the first one (float64, shape ``(n,)``); the first
        of the raw samples where several were reduced to one.
        """
        return np.arange(len(self), dtype=np.float64) * self.sample_interval

    @cached_property
    def voltages(self) -> dict[str, NDArray[np.float64]]:
        """Get the voltages at the inputs in V (channel → float64, shaped as :attr:`counts`)."""
        channels = self.description.config.channels
        volts = {
            channel.name: self.description.volts(channel, self.counts[channel.name])
            for channel in channels
        }
        return Named("channel", volts)

    @cached_property
    def digital(self) -> dict[str, NDArray[np.uint8]]:
        """Get the patterns of the digital ports (port → uint8, shaped as :attr:`counts`); bit 0 is
        D0 of PORT0 and D8 of PORT1.
        """
        ports = self.description.config.digital_ports
        patterns = {port.name: self.counts[port.name].astype(np.uint8) for port in ports}
        return Named("digital port", patterns)

    @property
    def trigger_index(self) -> int | None:
        """Get the index of the sample at the trigger (int, or None without a trigger)."""
        return self.outcome.trigger_sample

    @property
    def over_range(self) -> dict[str, bool]:
        """Get whether each channel was clipped in what the scope delivered meanwhile."""
        counts = self.outcome.health.over_range
        clipped = {name: counts.get(name, 0) > 0 for name in self.voltages}
        return Named("channel", clipped)

    def to_pandas(self) -> pd.DataFrame:
        """Make a table of voltages (V) and port patterns over the time in s.

        :returns: one column an input; in the down-sampling mode "aggregate" two, such as ``A min``
            and ``A max``.
        """
        import pandas as pd

        columns: dict[str, NDArray[Any]] = {}
        inputs: dict[str, NDArray[Any]] = {**self.voltages, **self.digital}
        for name, values in inputs.items():
            if values.ndim == 1:
                columns[name] = values
            else:
                columns[f"{name} min"], columns[f"{name} max"] = values[:, 0], values[:, 1]
        return pd.DataFrame(columns, index=pd.Index(self.times, name="time (s)"))


class CaptureSink(Sink):
    """Collects a stream that has an end in memory of its own; samples that are lost fail it."""

    def __init__(self) -> None:
        self._description: StreamDescription | None = None
        self._outcome: Outcome | None = None
        self._rows: NDArray[Any] = np.empty((0, 0), np.int16)
        self._n_samples = 0

    def open(self, description: StreamDescription) -> None:
        """Make room for all samples."""
        self._description = description
        n_samples = description.config.largest_samples(description.sample_interval_ns)
        assert n_samples is not None
        shape = (len(description.channel_names), n_samples * description.values_per_sample)
        self._rows = np.empty(shape, description.counts_dtype)

    def write(self, block: Block) -> None:
        """Append a block."""
        assert self._description is not None
        values = self._description.values_per_sample
        begin = block.first_sample * values
        end = begin + block.count * values
        self._rows[:, begin:end] = block.rows
        self._n_samples = block.first_sample + block.count

    def add_gap(self, gap: Gap) -> None:
        """Fail: a capture is whole or is none.

        :raises OverrunError: always.
        """
        raise OverrunError(
            f"Samples were lost ({gap.cause}), so that there is no capture; try again, or use a "
            f"lower sample rate."
        )

    def close(self, outcome: Outcome) -> None:
        """Keep how it ended."""
        self._outcome = outcome

    def capture(self) -> Capture:
        """Give what was collected, once the stream has ended."""
        assert self._description is not None
        assert self._outcome is not None
        values = self._description.values_per_sample
        rows = self._rows[:, : self._n_samples * values]
        shape = (-1,) if values == 1 else (-1, values)
        names = self._description.channel_names
        counts = {name: row.reshape(shape) for name, row in zip(names, rows, strict=True)}
        return Capture(self._description, self._outcome, Named("input", counts))


def require_memory(config: StreamConfig, n_samples: int) -> None:
    """Refuse a capture that does not fit into memory with its times and voltages.

    :raises ConfigurationError: says how much is needed and what to do.
    """
    # counts, and voltages and times as float64
    n_values = len(config.inputs) * config.downsample_mode.values_per_sample
    needed = n_samples * (config.bytes_per_sample + 8 * n_values + 8)
    instead = "record into a file with stream() instead"
    memory.require(needed, "The capture needs", instead)
