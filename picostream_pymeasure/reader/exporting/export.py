"""Recordings as CSV, NumPy, WAV and Parquet files, with constant memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from ...config import ChannelScale, require_flag, require_function
from ...errors import ConfigurationError
from ...storage import (
    DEFAULT_RESERVE_BYTES,
    appearing,
    check_space,
    check_target,
    file_name,
    require_no_data,
    size_of_file,
)
from ..arguments import DecimationMode, read_scales
from ..source import Source
from ..table import Table
from . import as_csv, as_numpy, as_wav
from .as_parquet import ParquetWriter
from .plan import ExportPlan

Progress = Callable[[int, int], None]


class TableWriter(Protocol):
    """Writes one table, block by block."""

    def write(self, table: Table) -> None:
        """Append rows."""

    def close(self) -> None:
        """Write what belongs to the end; called once, also after a failure."""


@dataclass(frozen=True)
class ExportFormat:
    """A kind of file.

    :param estimate_bytes: how large it will be, or a little less.
    :param limit_bytes: larger ones are written only if that is asked for.
    """

    writer: Callable[[BinaryIO, ExportPlan], TableWriter]
    estimate_bytes: Callable[[ExportPlan], int]
    limit_bytes: int


#: By the suffix of the file's name.
FORMATS = {
    ".csv": ExportFormat(as_csv.CsvWriter, as_csv.estimate_bytes, 2 * 10**9),
    ".npy": ExportFormat(as_numpy.NumpyWriter, as_numpy.estimate_bytes, 20 * 10**9),
    ".wav": ExportFormat(as_wav.WavWriter, as_wav.estimate_bytes, 2**32),
    ".parquet": ExportFormat(ParquetWriter, as_numpy.estimate_bytes, 20 * 10**9),
}


@dataclass(frozen=True)
class ExportReport:
    """What was written: rows from the time of the first sample to that of the last one."""

    path: Path
    rows: int
    n_bytes: int
    begin_s: float
    end_s: float


def export_recording(
    recording: str | Path,
    target: str | Path,
    *,
    channels: Sequence[str] | None = None,
    scales: Mapping[str, ChannelScale | str] | None = None,
    from_s: float | None = None,
    to_s: float | None = None,
    decimation_factor: int = 1,
    decimation_mode: DecimationMode = "mean",
    force: bool = False,
    force_size: bool = False,
    reserve_bytes: int = DEFAULT_RESERVE_BYTES,
    progress: Progress | None = None,
) -> ExportReport:
    """Write a stretch of a recording into a file of another format; its suffix says which.

    The file appears under its name when it is complete, and not at all if anything fails.

    :param channels: names, and differences such as ``"A-B"``, or one of them; by default all.
    :param scales: by channel, what its voltage stands for, in place of what the recording says.
    :param from_s: time of the first sample, by default the recording's begin.
    :param to_s: time of the first sample that is left out, by default none is.
    :param decimation_factor: with ``decimation_mode`` as of ``PicoStreamReader.get_block``.
    :param force: replace an existing file.
    :param force_size: write it even if it is absurdly large.
    :param reserve_bytes: what must stay free on the disk.
    :param progress: called with the samples done and all samples; what it raises ends the export.
    :raises ConfigurationError: an argument is impossible, or the file would be absurdly large.
    :raises OutputExistsError: the file exists, and replacing it was not asked for.
    :raises StorageError: the recording cannot be read, or the file not be written.
    """
    require_function("progress", progress)
    force = require_flag("force", force)
    force_size = require_flag("force_size", force_size)
    own_scales = read_scales(scales)
    target = Path(file_name(target))
    chosen = _format(target)
    target = target.absolute()
    source = Source(Path(file_name(recording)))
    with contextlib.closing(source):
        for name in own_scales:
            source.channel_name(name)
        plan = ExportPlan.make(
            source.in_units(own_scales),
            target,
            channels,
            from_s,
            to_s,
            decimation_factor,
            decimation_mode,
        )
        _check(plan, chosen, force, force_size)
        check_space(target.parent, chosen.estimate_bytes(plan), reserve_bytes)
        with appearing(target, force=force) as file:
            _write(plan, chosen.writer(file, plan), progress)
        n_bytes = size_of_file(target)
        return ExportReport(target, plan.rows, n_bytes, plan.begin_s, plan.end_s)


def _format(target: Path) -> ExportFormat:
    if target.suffix.lower() not in FORMATS:
        raise ConfigurationError(
            f"The name {target.name!r} does not say the format; end it with {', '.join(FORMATS)}."
        )
    return FORMATS[target.suffix.lower()]


def _check(plan: ExportPlan, chosen: ExportFormat, force: bool, force_size: bool) -> None:
    check_target(plan.target, force=force)
    if plan.target.exists() and plan.target.samefile(plan.source.recording.path):
        raise ConfigurationError("A recording cannot be exported over itself; choose another name.")
    require_no_data(plan.target)
    if chosen is FORMATS[".wav"]:
        as_wav.check(plan)
    needed = chosen.estimate_bytes(plan)
    if needed > chosen.limit_bytes and not force_size:
        raise ConfigurationError(
            f"The file would have {needed / 1e9:.1f} GB ({plan.rows} rows); choose a shorter time "
            "range, decimate, or force the size."
        )


def _write(plan: ExportPlan, writer: TableWriter, progress: Progress | None) -> None:
    with contextlib.closing(writer):
        for done, table in plan.blocks():
            writer.write(table)
            if progress is not None:
                progress(done, plan.size)
