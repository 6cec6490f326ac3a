"""An open recording beyond what PicoStream's reader knew: pictures, arrays, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..config import EventRule, require_function
from ..errors import ConfigurationError, shown
from .arguments import (
    DecimationMode,
    check_decimation,
    check_window,
    clip,
    finite_number,
    index,
    slice_bounds,
)
from .metadata import Metadata
from .opened_file import OpenedFile
from .table import Table, TableReader
from .window import draw_window

if TYPE_CHECKING:
    import dask.array
    import pandas
    import xarray

    from .captures import RecordedCaptures
    from .found_events import FoundEvents


class RecordingReader(OpenedFile):
    """The part of :class:`~.stream_reader.PicoStreamReader` that is not PicoStream's."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Recorded channels and digital ports; of PicoStream's own files one without a name."""
        return tuple(self._source().channels)

    @property
    def gaps(self) -> NDArray[Any]:
        """Rows of ``/gaps`` (fields as in :class:`~picostream_pymeasure.records.Gap`).

        ``time_s`` is when the gap begins, on the time axis of the samples.
        """
        return self._source().gaps

    @property
    def lacks(self) -> tuple[str, ...]:
        """Which rows of gaps, marks and captures are not in the file, a sentence for each table.

        None of a recorder's file, but of copies that broke off or were made while it grew: where
        rows of gaps are missing, samples may be missing that nothing tells of.
        """
        return self._source().recording.lacks

    def find_events(
        self,
        rule: str | EventRule,
        progress: Callable[[int, int], None] | None = None,
        from_s: float | None = None,
        to_s: float | None = None,
        **details: Any,
    ) -> FoundEvents:
        """Find stretches of a channel that leave its running baseline, on all cores.

        .. code-block:: python

            found = reader.find_events("A:falling:5sigma", min_width_s=0.75e-6)
            found.to_pandas()

        :param rule: such as ``"A:falling:5sigma"`` or ``"B:rising:20mV"``, or an ``EventRule``.
        :param progress: called with samples searched and to search.
        :param from_s: time of the first sample that is searched, by default the recording's begin;
            the search begins with the window of the baseline that it lies in …
        :param to_s: … and of the first one that is not, by default the end.
        :param details: further fields of the ``EventRule``.
        :raises ConfigurationError: the rule, or this recording's form, does not allow it.
        :raises StorageError: the recording cannot be read.
        """
        from .event_finder import EventFinder
        from .event_text import parse_rule

        require_function("progress", progress)
        if isinstance(rule, str):
            rule = parse_rule(rule, **details)
        elif isinstance(rule, EventRule):
            rule = replace(rule, **details)
        else:
            raise ConfigurationError(
                f"A rule for events is an EventRule or a text such as A:falling:5sigma, not "
                f"{shown(rule)}."
            )
        start = 0 if from_s is None else self.index_at(from_s)
        stop = None if to_s is None else self.index_at(to_s)
        if from_s is not None and to_s is not None and to_s < from_s:
            raise ConfigurationError(f"The end, {to_s:g} s, lies before the begin, {from_s:g} s.")
        return EventFinder(self._source(), rule).find(progress, start, stop)

    @property
    def captures(self) -> RecordedCaptures:
        """Triggered captures, one by one as ``reader.captures[i]``; none in a stream."""
        from .captures import RecordedCaptures

        return RecordedCaptures(self._source())

    @property
    def events(self) -> NDArray[Any]:
        """Rows of ``/events`` (fields as in :class:`~picostream_pymeasure.records.Event`)."""
        return self._source().events

    @property
    def first_sample(self) -> int:
        """How many samples came before the file's first one; above 0 in live-only files alone."""
        return self._source().first_sample

    @property
    def begin_s(self) -> float:
        """Time of the first sample; above 0 in live-only files, or after a gap at the begin."""
        return self._source().begin_s

    @property
    def end_s(self) -> float:
        """Time at which the last sample ends."""
        return self._source().end_s

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the end of the last one, gaps included."""
        return self.end_s - self.begin_s

    def index_at(self, time_s: float) -> int:
        """Index of the first stored sample not before a time, at most ``num_samples``."""
        return self._source().index_at(finite_number(time_s, "The time"))

    def settings(self, channel: str | None = None) -> Metadata:
        """What turns a channel's counts into volts and its indices into times.

        :param channel: by default the reader's.
        :raises ConfigurationError: there is no such channel.
        """
        source = self._source()
        name = source.channel_name(self.channel if channel is None else channel)
        return source.channels[name].metadata

    def read_counts(self, start: int, size: int, channel: str | None = None) -> NDArray[Any]:
        """Read raw counts, as many of the stretch as there are.

        :param channel: by default the reader's.
        :returns: int16, or int8 (uint8 of digital ports) as recorded, shape ``(size,)``; in
            aggregate recordings ``(size, 2)``: min, max.
        :raises ConfigurationError: there is no such channel.
        """
        source = self._source()
        start, size = clip(start, size, source.num_samples)
        name = source.channel_name(self.channel if channel is None else channel)
        counts = source.read_counts(name, start, start + size)
        return counts.reshape(size, 2) if source.values_per_sample == 2 else counts

    def __getitem__(self, stretch: slice) -> NDArray[np.float64]:
        """Millivolts of the samples ``start:stop``, bounds as of any sequence.

        :returns: float64, shape ``(n,)``; in aggregate recordings ``(n, 2)``: min, max.
        :raises ConfigurationError: not a slice, or one with a step.
        """
        source = self._source()
        start, stop = slice_bounds(stretch, source.num_samples)
        millivolts = self._blocks.read(start, stop - start, 1, "mean")[1]
        return millivolts.reshape(-1, 2) if source.values_per_sample == 2 else millivolts

    def window(
        self, t0: float, t1: float, n_out: int, channel: str | None = None
    ) -> NDArray[np.float64]:
        """Make what is needed to draw the time from ``t0`` to ``t1`` s in ``n_out`` equal columns.

        A line through all samples of a column covers the pixels from its min to its max, and
        enters and leaves it at its first and its last: column by column this gives the picture
        that all samples would give. A sample belongs to the column that its time lies in. Columns
        without samples (in a gap, outside the recording, or where a damaged file lacks chunks) are
        NaN.

        The number of values read depends on ``n_out`` alone. Windows of up to 2 million samples,
        and of up to 1024 a column, are made from the samples and exact. Longer ones are made from
        overview bins, 4 to 64 of them a column: every sample counts, in the right column unless it
        is less than half a bin (1/8 of a column) from its edge; then it may count in the next
        one. Where edges lie between bins it is exact again, and so it is at both ends of the
        window and of its 8 longest gaps. Recordings without an overview, as PicoStream's own, are
        read whole.

        :param channel: by default the reader's.
        :returns: float64, shape ``(n_out, 4)``: first, min, max and last in mV. Of a digital port
            recorded as uint8: its first number, the bits that are 1 in all samples, those that are
            1 in any, and the last number.
        :raises ConfigurationError: an argument is impossible.
        """
        source = self._source()
        begin_s, end_s, n_out = check_window(t0, t1, n_out)
        name = source.channel_name(self.channel if channel is None else channel)
        return draw_window(source, name, begin_s, end_s, n_out)

    def to_pandas(
        self,
        start: int = 0,
        size: int | None = None,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
        channels: Iterable[str] | None = None,
    ) -> pandas.DataFrame:
        """Read a block of several channels as a data frame.

        :param size: by default all samples from ``start`` on.
        :param channels: names, and differences such as ``"A-B"``, or one of them; by default all.
        :returns: float64 columns ``A_mv`` … (``voltage_mv`` of PicoStream's own files; ``A_nA`` of
            a channel with that scale; ``PORT0`` … of digital ports, 0 to 255) over the index
            ``time_s``.
        :raises ConfigurationError: as :meth:`get_block`.
        """
        import pandas

        _, table = self._table(start, size, decimation_factor, decimation_mode, channels)
        columns = dict(zip(table.columns, table.values.values(), strict=True))
        return pandas.DataFrame(columns, pandas.Index(table.times_s, name="time_s"), copy=False)

    def to_xarray(
        self,
        start: int = 0,
        size: int | None = None,
        decimation_factor: int = 1,
        decimation_mode: DecimationMode = "mean",
        channels: Iterable[str] | None = None,
    ) -> xarray.Dataset:
        """Read a block of several channels as a data set; arguments as :meth:`to_pandas`.

        :returns: float64 variables ``A`` … (``voltage`` of PicoStream's own files) in mV, or in
            the unit of the channel's scale, over the coordinate ``time_s``, with the settings as
            attributes.
        """
        from .datasets import as_dataset

        reader, table = self._table(start, size, decimation_factor, decimation_mode, channels)
        return as_dataset(table, reader, self._source())

    def to_dask(
        self, unit: Literal["mv", "counts"] = "mv", chunks_per_block: int = 1
    ) -> dask.array.Array:
        """Make a lazy array of all samples; nothing is read before it is computed.

        Each task opens the file itself, so that the array works on any cluster whose workers see
        the file under the same path. A growing file is taken as far as it is now.

        :param unit: millivolts (float64) or counts (as recorded).
        :param chunks_per_block: chunks of the file that make one of the array's; more of them
            for very long recordings, where the number of tasks matters.
        :returns: shape ``(num_samples,)``; of aggregate recordings ``(num_samples, 2)``: min, max.
        """
        from .lazy import as_dask

        source = self._source()
        return as_dask(source, source.channel_name(self.channel), unit, chunks_per_block)

    def _table(
        self, start: Any, size: Any, factor: Any, mode: Any, channels: Iterable[str] | None
    ) -> tuple[TableReader, Table]:
        source = self._source()
        if size is None:
            size = max(source.num_samples - index(start, "The first sample"), 0)
        factor = check_decimation(factor, mode)
        start, size = clip(start, size, source.num_samples)
        reader = TableReader(source.in_units(self._scales), channels)
        return reader, reader.read(start, size, factor, mode)
