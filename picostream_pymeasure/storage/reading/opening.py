"""Opens a file for reading, and checks that it is a recording."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...config import INPUT_NAMES
from ...errors import FileFormatError
from ..bytes.raw_file import RawFile
from ..bytes.superblock import SIGNATURE, SUPERBLOCK_BYTES, of_closed_file
from ..layout.areas import MOST_TABLE_UNITS
from ..layout.members import as_if_plain
from ..layout.plan import Plan
from ..layout.records import PLAN
from ..place import check_file, file_name
from ..schema import ADC_COUNTS, CHANNELS, FEATURES, FORMAT, FORMAT_VERSION
from .growth import with_samples
from .hdf5 import Hdf5File
from .hdf5_rows import Hdf5Rows
from .mended_bytes import MendedBytes
from .packed_file import laid_out
from .planned_file import PlannedFile
from .recording import PICOSTREAM, Recording, StoredChannel
from .rewritten_file import RewrittenFile
from .stored_attributes import StoredAttributes
from .stored_plan import LONGEST_BYTES, find_plan, parse_plan

#: What is read of PicoStream's own files. Their metadata have no checksums, and damaged ones may
#: cost much memory or end the program, so that nothing else is touched.
_PICOSTREAM_ATTRIBUTES = (
    "sample_interval_ns",
    "voltage_range_v",
    "max_adc",
    "analog_offset_v",
    "downsample_mode",
    "hardware_downsample_ratio",
    "resolution",
)

#: A file may be opened in the midst of its last change.
_ATTEMPTS = 5
_PAUSE_S = 0.01


@contextlib.contextmanager
def open_recording(path: str | Path, *, proven: bool = False) -> Iterator[Recording]:
    """Open a recording, also one that is still growing or was left by a crash.

    :param proven: nobody records it: take of an unfinished one only what its checksums prove, also
        when its last publishing was a moment ago.
    :raises FileFormatError: it is not a recording of this package or of PicoStream.
    :raises StorageError: there is no such file, or it cannot be opened.
    """
    with contextlib.closing(open_file(path, proven=proven)) as recording:
        yield recording


def open_file(path: str | Path, *, proven: bool = False) -> Recording:
    """What :func:`open_recording` gives, to be closed by the caller."""
    path = Path(file_name(path))
    check_file(path)
    for _ in range(_ATTEMPTS - 1):
        try:
            return _open_file(path, proven)
        except FileFormatError:
            if not _changes(path):
                raise
    return _open_file(path, proven)


def _changes(path: Path) -> bool:
    """Whether somebody writes the file, or has taken it away; it takes some milliseconds to see."""
    try:
        before = path.stat().st_mtime_ns
        time.sleep(_PAUSE_S)
        return path.stat().st_mtime_ns != before or time.time_ns() - before < 1e9
    except OSError:
        return True


def _open_file(path: Path, proven: bool) -> Recording:
    with contextlib.ExitStack() as stack:
        raw = RawFile(path)
        stack.callback(raw.close)
        content = MendedBytes(raw)
        file = _open_hdf5(path, raw, content)
        stack.callback(file.close)
        if file.has_attribute("format"):
            recording = _own(path, raw, file, proven)
        elif file.has_attribute("sample_interval_ns"):
            recording = _picostream(path, content, file)
        else:
            raise FileFormatError(f"{path} is an HDF5 file, but no recording.")
        return replace(recording, stack=stack.pop_all())


def _open_hdf5(path: Path, raw: RawFile, content: MendedBytes) -> Hdf5File:
    """The file as HDF5 sees it; if it sees nothing, as the end would have left it."""
    file = None
    try:
        if raw.size() < SUPERBLOCK_BYTES or not raw.read(0, 8).startswith(SIGNATURE):
            raise FileFormatError(f"{path} is no HDF5 file, or its beginning is missing.")
        file = Hdf5File(path, content)
        file.has_attribute("format")
        return file
    except FileFormatError:
        if file is not None:
            file.close()
        plan = find_plan(path, raw)
        if plan is None:
            raise
        planned = PlannedFile(path, raw, plan)
        superblock = of_closed_file(plan.root_blocks[0][0], content.end)
        return Hdf5File(path, MendedBytes(raw, [(0, superblock), *planned.closing_blocks()]))


def _picostream(path: Path, content: MendedBytes, file: Hdf5File) -> Recording:
    attributes = file.chosen_attributes(_PICOSTREAM_ATTRIBUTES)
    dataset = file.dataset(ADC_COUNTS)
    if dataset is None:
        raise FileFormatError(f"{path} has no dataset {ADC_COUNTS}.")
    if dataset.dtype != np.int16 or len(dataset.shape) != 1 or dataset.chunks is None:
        raise FileFormatError(f"{path}: {ADC_COUNTS} is not a chunked list of int16.")
    if dataset.is_filtered:
        import hdf5plugin  # noqa: F401 - the import makes its filters known to HDF5
    counts = Hdf5Rows(path, dataset, unclosed=content.is_marked_open, is_short=content.is_short)
    channels = {"": StoredChannel("", attributes, counts, {})}
    is_closed = not content.is_marked_open
    recording = Recording(path, file, PICOSTREAM, attributes, is_closed, channels=channels)
    return replace(recording, stored_samples=counts.rows // recording.values_per_sample)


def _own(path: Path, raw: RawFile, file: Hdf5File, proven: bool) -> Recording:
    attributes = file.attributes()
    _check_version(path, attributes)
    plan, is_rewritten = _plan(path, raw, file)
    if attributes.texts("channels") != plan.inputs or not set(plan.inputs) <= set(INPUT_NAMES):
        raise FileFormatError(f"{path} does not say which of the scope's channels it holds.")
    if is_rewritten and plan.is_packed:
        import hdf5plugin  # noqa: F401 - as above; such a copy is read by HDF5 alone

        plan = as_if_plain(plan)
    rewritten = RewrittenFile(path, file, plan) if is_rewritten else None
    planned = PlannedFile(path, rewritten or raw, plan)
    state = planned.state() or replace(planned.sync(), units=MOST_TABLE_UNITS)
    if is_rewritten and (plan.is_ring or not state.is_finished):
        raise FileFormatError(
            f"{path} was written anew by another program, which only finished recordings of all "
            "samples survive; use the original."
        )
    # after the state, so that all that it tells of is found
    if rewritten:
        planned = PlannedFile(path, rewritten, rewritten.plan, state)
    else:
        planned = laid_out(path, raw, plan, state)
    recording = Recording(path, file, FORMAT, attributes, state.is_finished, planned)
    own = {name: file.attributes(f"{CHANNELS}/{name}") for name in plan.inputs}
    return with_samples(recording, own, proven)


def _plan(path: Path, raw: RawFile, file: Hdf5File) -> tuple[Plan, bool]:
    """The plan of the layout, and whether another program has put all elsewhere since."""
    dataset = file.dataset(PLAN)
    if dataset is not None and dataset.dtype == np.uint8 and len(dataset.shape) == 1:
        size = min(dataset.shape[0], LONGEST_BYTES)
        if (begin := dataset.begin) is not None:
            plan = parse_plan(path, raw.read(begin, size))
            return plan, plan.fixed.get(PLAN, (begin,))[0] != begin
        if dataset.chunks is not None:
            content = np.zeros(size, np.uint8)
            dataset.read_into(0, content)
            return parse_plan(path, content.tobytes()), True
    found = find_plan(path, raw)
    if found is None:
        raise FileFormatError(f"{path} is damaged: the plan of its layout is missing.")
    return found, False


def _check_version(path: Path, attributes: StoredAttributes) -> None:
    if attributes.get("format") != FORMAT:
        raise FileFormatError(f"{path} is an HDF5 file, but no recording.")
    version = attributes.get("format_version")
    if version != FORMAT_VERSION:
        raise FileFormatError(
            f"{path} has format version {version}; this software reads version {FORMAT_VERSION}."
        )
    unknown = sorted(set(attributes.texts("features")) - FEATURES)
    if unknown:
        raise FileFormatError(
            f"{path} needs newer software: this one does not know {', '.join(unknown)}."
        )
