"""The HDF5 file of a live-only recording while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..records import Block, StreamDescription
from .channel_writer import ChannelWriter
from .default_plot import create_default_plot
from .live_channel import LiveChannel
from .live_layout import FIRST_SAMPLE, LIVE, LIVE_DTYPE, LIVE_ONLY_S, MOST_ROWS
from .live_plan import LivePlan, create_live_row, create_rings
from .output_file import OutputFile
from .raw_file import RawFile
from .schema import (
    ADC_COUNTS,
    CHANNELS,
    EVENTS,
    GAPS,
    NO_COMPRESSION,
    create_channel_group,
    create_tables,
)


class LiveFile(OutputFile):
    """A file of bounded size that keeps the newest blocks it was given.

    :param plan: how many.
    :param seconds: how much the user wants kept.
    """

    def __init__(
        self,
        path: Path,
        description: StreamDescription,
        *,
        replace: bool,
        plan: LivePlan,
        seconds: float,
    ) -> None:
        self._plan = plan
        self._seconds = seconds
        self._block_samples = description.block_samples
        self._blocks = 0
        self._rows = {GAPS: 0, EVENTS: 0}
        super().__init__(path, description, replace=replace, compression=NO_COMPRESSION)
        try:
            self._raw = RawFile(path, writable=True)
        except OSError:
            super().abandon()
            path.unlink()
            raise
        self._live = dict.fromkeys(LIVE_DTYPE.names or (), 0)
        self._live_at = self._root[LIVE].id.get_offset()
        self._rings = [
            LiveChannel(self._raw, self._root[f"{CHANNELS}/{name}"], description)
            for name in description.channel_names
        ]

    @property
    def is_growing(self) -> bool:
        """Whether not all slots have been filled."""
        return self._blocks < self._plan.slots

    def append(self, block: Block, valid: int, *, compress: bool) -> None:
        """Store ``valid`` values of each row as they are, in the place of the oldest if full."""
        oldest = max(self._blocks + 1 - self._plan.slots, 0)
        self._update_live(begin=oldest * self._block_samples)
        for row, rings in zip(block.rows, self._rings, strict=True):
            rings.append(row, valid)
        self._blocks += 1
        self._update_live(end=self._live["end"] + block.count)
        if self._blocks % self._plan.rotate_every == 0:
            self._rotate()

    def close(self, attributes: Mapping[str, Any]) -> None:
        """Finish as any file; the window's first sample is known now."""
        first_block = max(self._blocks - self._plan.kept, 0)
        super().close({**attributes, FIRST_SAMPLE: first_block * self._block_samples})
        self._raw.close()

    def abandon(self) -> None:
        """See :meth:`.OutputFile.abandon`."""
        self._raw.close()
        super().abandon()

    def _complete(self, attributes: Mapping[str, Any]) -> None:
        self._rotate(at_rest=True)
        for table in self._rows:
            self._put_in_order(table)
        super()._complete(attributes)

    def _rotate(self, *, at_rest: bool = False) -> None:
        for rings in self._rings:
            rings.rotate(at_rest=at_rest)

    def _update_live(self, **fields: int) -> None:
        self._live.update(fields)
        self._raw.write(self._live_at, np.array(tuple(self._live.values()), LIVE_DTYPE).tobytes())

    def _lay_out(
        self, description: StreamDescription, attributes: Mapping[str, Any]
    ) -> list[ChannelWriter]:
        """Make everything the file will ever have; no channel grows for ever."""
        self._root.attrs.update({**attributes, LIVE_ONLY_S: self._seconds, FIRST_SAMPLE: 0})
        for channel in description.config.inputs:
            group = create_channel_group(self._root, channel, description)
            create_rings(group, description, self._plan)
        first = f"{CHANNELS}/{description.channel_names[0]}/{ADC_COUNTS}"
        self._root[ADC_COUNTS] = self._root[first]
        create_tables(self._root)
        create_live_row(self._root)
        create_default_plot(self._root, [channel.name for channel in description.config.channels])
        return []

    def _append(self, table: str, row: tuple[Any, ...]) -> None:
        if self._rows[table] < MOST_ROWS:
            super()._append(table, row)
        else:
            self._replace_oldest(table, row)
        self._rows[table] += 1

    def _replace_oldest(self, table: str, row: tuple[Any, ...]) -> None:
        dataset = self._root[table]
        oldest = self._rows[table] % MOST_ROWS
        if table == GAPS:
            missing = int(dataset[oldest]["estimated_missing"])
            self._update_live(missing_before=self._live["missing_before"] + missing)
        dataset[oldest] = np.array(row, dataset.dtype)
        dataset.flush()

    def _put_in_order(self, table: str) -> None:
        if self._rows[table] > MOST_ROWS:
            dataset = self._root[table]
            dataset[...] = np.roll(dataset[()], -(self._rows[table] % MOST_ROWS))
            dataset.flush()
