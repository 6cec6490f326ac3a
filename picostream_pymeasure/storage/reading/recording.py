"""A recorded file that is open for reading."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import DownsampleMode
from ...errors import FileFormatError
from ...records import CRASH
from ..layout.attributes import LIVE_ONLY_S
from ..layout.kept_stream import KeptTotals, kept_totals, stream_bins
from ..schema import (
    ADC_COUNTS,
    CAPTURES,
    EVENTS,
    FORMAT,
    GAPS,
    STATUSES,
    TABLE_DTYPES,
    missing_in,
    moved,
)
from .accuracy import Accuracy
from .hdf5 import Hdf5File
from .kept_runs import KeptRuns
from .missing_rows import tell_missing
from .planned_file import PlannedFile
from .rewritten_file import RewrittenFile
from .rows import Rows
from .stored_attributes import StoredAttributes

PICOSTREAM = "picostream"

#: Impossible beyond these: 11 days a sample, 32-bit ratios.
LEAST_INTERVAL_NS, MOST_INTERVAL_NS = 1e-6, 1e15
MOST_RATIO = 2**32


@dataclass(frozen=True)
class StoredChannel:
    """One channel or port of an open file.

    :param attributes: its own; PicoStream's only channel has them at the root.
    :param counts: ``values_per_sample`` rows a sample.
    :param levels: overview bins by samples a bin, the finest first.
    """

    name: str
    attributes: StoredAttributes
    counts: Rows
    levels: Mapping[int, Rows]


@dataclass(frozen=True)
class Recording:
    """An open file; make it with :func:`~.opening.open_recording`.

    :param file: as HDF5 sees it; only what never changes is read there.
    :param planned: the file past HDF5; None of PicoStream's own.
    :param closed_properly: False while it is being recorded, and after a crash.
    :param channels: in the order of recording; of PicoStream's own files, which know no channels,
        one called ``""``.
    :param stored_samples: per channel, in the file.
    :param first_sample: how many samples came before those; 0 unless it is live-only.
    """

    path: Path
    file: Hdf5File
    format: str
    attributes: StoredAttributes
    closed_properly: bool
    planned: PlannedFile | None = None
    channels: Mapping[str, StoredChannel] = field(default_factory=dict)
    stored_samples: int = 0
    first_sample: int = 0
    stack: ExitStack = field(repr=False, default_factory=ExitStack)

    def close(self) -> None:
        """Close the file; later calls do nothing."""
        self.stack.close()

    @property
    def first(self) -> StoredChannel:
        """The first channel."""
        return next(iter(self.channels.values()))

    @property
    def left_out(self) -> int:
        """Samples at the end that were published, but are not kept."""
        held = self.first_sample + self.stored_samples
        return 0 if self.planned is None else max(self.planned.published.samples - held, 0)

    @property
    def values_per_sample(self) -> int:
        """Values per delivered sample: 2 (min, max) in aggregate mode, else 1."""
        return self.downsample_mode.values_per_sample

    @cached_property
    def downsample_mode(self) -> DownsampleMode:
        """How the driver reduced the raw samples.

        :raises FileFormatError: the file says what cannot be.
        """
        mode = self.attributes.text("downsample_mode", "none")
        try:
            return DownsampleMode(mode)
        except ValueError as error:
            raise FileFormatError(
                f"{self.path} is damaged: downsample_mode is {mode!r}."
            ) from error

    @property
    def is_live_only(self) -> bool:
        """Whether the file holds the newest samples only."""
        return self.format == FORMAT and LIVE_ONLY_S in self.attributes

    @property
    def live_only_s(self) -> float | None:
        """How many seconds a live-only file holds; None of others."""
        return float(self.attributes.number(LIVE_ONLY_S, 0, 1e9)) if self.is_live_only else None

    @property
    def is_rewritten(self) -> bool:
        """Whether another program has written the file anew since, perhaps compressed."""
        return self.planned is not None and isinstance(self.planned.raw, RewrittenFile)

    @property
    def is_compressed(self) -> bool:
        """Whether the counts are."""
        dataset = self.file.dataset(ADC_COUNTS)
        return dataset is not None and dataset.is_filtered

    @property
    def missing_before(self) -> int:
        """Samples missing before the first sample of a live-only file.

        Those in gaps that it has no more rows for count as well, wherever they were.
        """
        if self.planned is None:
            return 0
        before = self._tables[GAPS]["sample_index"] <= self.first_sample
        listed = missing_in(self._tables[GAPS][before]) if self.first_sample else 0
        return self.planned.published.missing_overwritten + listed

    @property
    def first_stream_sample(self) -> int:
        """Index in the stream of the first sample, which the end alone writes into the file."""
        told = self.attributes.whole("first_stream_sample", 0, 2**62)
        return told if self.finished else told + self.first_sample + self.missing_before

    @property
    def ratio(self) -> int:
        """Raw samples that the scope reduced to one stored sample."""
        return self.attributes.whole("hardware_downsample_ratio", 1, MOST_RATIO, default=1)

    @property
    def stored_interval_ns(self) -> float:
        """Time between two delivered samples."""
        limits = LEAST_INTERVAL_NS, MOST_INTERVAL_NS
        return float(self.attributes.number("sample_interval_ns", *limits)) * self.ratio

    @property
    def accuracy(self) -> Accuracy:
        """How sure the recorder was of losses, the rate and marks."""
        return Accuracy.of(self.attributes)

    @property
    def status(self) -> str:
        """``recording`` (also after a crash), ``complete``, ``incomplete``; ``""`` if unknown."""
        return self.attributes.text("status")

    @property
    def finished(self) -> bool:
        """Whether the final attributes were written; PicoStream's files have none."""
        return self.format == PICOSTREAM or self.status in STATUSES[1:]

    @cached_property
    def gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps`` by index in the file, in order; of a live-only file those in it.

        Where only events are kept, one between two of them lies at the begin of the second.
        """
        return self._placed(GAPS, self.first_sample + (self.first_sample > 0))

    @cached_property
    def events(self) -> NDArray[Any]:
        """Rows of ``/events`` by index in the file, in order; as :attr:`gaps`."""
        return self._placed(EVENTS, self.first_sample)

    @cached_property
    def captures(self) -> NDArray[Any]:
        """Rows of ``/captures`` in the order of the file; none of streams that were kept whole.

        :raises FileFormatError: they do not lie one behind the other.
        """
        if self.runs is not None:
            return self.runs.captures
        rows = self._tables[CAPTURES]
        ends = rows["first_sample"] + rows["samples"]
        begins = np.append(0, ends)[: rows.size]
        if (rows["first_sample"] != begins).any() or (rows["samples"] <= 0).any():
            raise FileFormatError(f"{self.path} is damaged: its captures do not follow each other.")
        whole: NDArray[Any] = rows[ends <= self.stored_samples]
        return whole

    @cached_property
    def runs(self) -> KeptRuns | None:
        """Where in the stream the samples belong, if only events of it were kept.

        :raises FileFormatError: the rows of the events contradict each other.
        """
        if self.planned is None or not self.planned.plan.keeps:
            return None
        return KeptRuns(self._tables[CAPTURES], self.stored_samples)

    @cached_property
    def stream_gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps`` of such a recording by index in the stream, in order."""
        return self._in_order(GAPS, 0)

    @cached_property
    def stream_totals(self) -> KeptTotals:
        """What such a recording tells of the whole stream."""
        assert self.planned is not None
        return kept_totals(self.planned.raw, self.planned.plan)

    def stream_bins(self, channel: str) -> NDArray[Any]:
        """Its overview of the stream: smallest and largest count of each bin, shape ``(n, 2)``."""
        assert self.planned is not None
        count = self.stream_totals.n_bins
        return stream_bins(self.planned.raw, self.planned.plan, channel, count)

    def _placed(self, table: str, lowest: int) -> NDArray[Any]:
        """Rows of a table from an absolute index on, in order, by index in the file."""
        rows = self._in_order(table, lowest)
        if self.runs is not None:
            return moved(rows, self.runs.place_of)
        return moved(rows, lambda samples: samples - self.first_sample)

    def _in_order(self, table: str, lowest: int) -> NDArray[Any]:
        rows = self._tables[table]
        found = rows[rows["sample_index"] >= lowest] if self.first_sample else rows
        ordered: NDArray[Any] = found[np.argsort(found["sample_index"], kind="stable")]
        return ordered

    @property
    def lost_samples(self) -> int:
        """Known and estimated losses in the file."""
        return missing_in(self.gaps)

    @property
    def repaired(self) -> bool:
        """Whether not the recorder wrote the final attributes but a repair after a crash.

        Rows of the last moment may be missing then.
        """
        return self.finished and self.attributes.get("ended_by") == CRASH

    @cached_property
    def health(self) -> Mapping[str, Any]:
        """The row of ``/health`` by field; empty of PicoStream's own files."""
        return {} if self.planned is None else self.planned.health()

    @property
    def missing_bytes(self) -> int:
        """How many a finished file has less than it says: a copy that broke off.

        One that another program wrote anew has no bytes to count: HDF5 finds what is in it.
        """
        if self.planned is None or not self.finished or self.is_rewritten:
            return 0
        return self.planned.missing_bytes()

    @cached_property
    def lacks(self) -> tuple[str, ...]:
        """See :func:`~.missing_rows.tell_missing`."""
        if self.planned is None:
            return ()
        return tell_missing(self.planned, self._tables, has_all_samples=not self.left_out)

    @cached_property
    def _tables(self) -> Mapping[str, NDArray[Any]]:
        if self.planned is None:
            return {name: np.empty(0, dtype) for name, dtype in TABLE_DTYPES.items()}
        # a row that is all zeros has not come into the file
        return {
            name: rows[rows != np.zeros((), rows.dtype)]
            for name, rows in self.planned.tables().items()
        }
