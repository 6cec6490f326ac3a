"""Whether a recorded file is whole: attributes, lengths, gaps, times, checksums, overview."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..records import Proof
from .chunks import ChunkCheck, check_chunks, count_chunks
from .opening import open_recording
from .recording import PICOSTREAM, READ_ERRORS, Recording, reading
from .report import Report
from .schema import COUNTS_DTYPE, STATUSES
from .time_check import time_errors

#: Called with the bytes read so far and the bytes to read.
Progress = Callable[[int, int], None]

#: Compares the first samples of a simulated recording, so many of each channel, with what the
#: simulated scope delivered.
Prove = Callable[[Recording, int], Proof]


def verify(
    path: str | Path,
    *,
    progress: Progress | None = None,
    prove: Prove | None = None,
) -> Report:
    """Verify a recording.

    A file that is still being recorded, or was left by a crash, is verified as far as it was
    acknowledged: its last chunk may be missing, and is left out then.

    :param prove: what proves the samples of a simulated recording.
    :raises FileFormatError: it is not a recording, or too damaged to be opened.
    :raises StorageError: there is no such file, or it may not be read.
    """
    with open_recording(path) as recording:
        report = Report(str(path), recording.format, recording.status)
        if recording.format == PICOSTREAM:
            _count_only(recording, report)
            return report
        report.errors += _attribute_errors(recording)
        if recording.is_live_only:
            _describe_only(recording, report)
            return report
        _check_extent(recording, report)
        _check_gaps(recording, report)
        report.errors += time_errors(recording, report.samples)
        _check_chunks(recording, report, progress or _no_progress)
        if prove is not None and recording.attributes.get("simulated"):
            _prove(recording, report, prove)
        return report


def _no_progress(_done_bytes: int, _total_bytes: int) -> None:
    """Nobody wants to know."""


def _count_only(recording: Recording, report: Report) -> None:
    """PicoStream keeps no checksums, so that only missing chunks can be found."""
    with reading(recording.path):
        check = count_chunks(recording.first)
    report.samples, report.chunks = recording.stored_samples, check.needed
    report.errors += check.problems()
    report.notes.append("PicoStream's files hold no checksums; only the chunks were counted.")


def _describe_only(recording: Recording, report: Report) -> None:
    """What is overwritten all the time has no checksums."""
    report.samples = recording.stored_samples
    report.gaps = len(recording.gaps)
    report.lost_samples = int(recording.gaps["estimated_missing"].sum())
    report.notes.append("The file is live-only; there is nothing to verify.")


def _attribute_errors(recording: Recording) -> list[str]:
    numbers: dict[str, Callable[[Any], bool]] = {
        "sample_interval_ns": lambda value: value > 0,
        "voltage_range_v": lambda value: value > 0,
        "max_adc": lambda value: value > 0,
        "analog_offset_v": lambda value: True,
        "hardware_downsample_ratio": lambda value: value >= 1,
    }
    errors = []
    for name, is_possible in numbers.items():
        value = recording.attributes.get(name)
        if (
            not isinstance(value, (int, float))
            or not math.isfinite(value)
            or not is_possible(value)
        ):
            errors.append(f"The attribute {name} is impossible: {value!r}.")
    if recording.status not in ("", *STATUSES):
        errors.append(f"The attribute status is impossible: {recording.status!r}.")
    return errors


def _check_extent(recording: Recording, report: Report) -> None:
    """How many samples the file holds, and whether all who say so agree."""
    report.samples = recording.stored_samples
    if recording.finished:
        report.errors += _length_errors(recording)
        return
    for pair in recording.channels.values():
        covered = pair.checksums.shape[0] * pair.counts.chunks[0] // recording.values_per_sample
        report.samples = min(report.samples, covered)
    report.notes.append(
        "The file was not finished: it is being recorded, or the program or the disk failed."
    )


def _length_errors(recording: Recording) -> list[str]:
    total = recording.attributes.get("total_samples")
    errors = []
    for name, pair in recording.channels.items():
        values = pair.counts.shape[0]
        if total is None or values != total * recording.values_per_sample:
            errors.append(f"Channel {name} holds {values} values, which is not {total} samples.")
        chunks = -(-values // pair.counts.chunks[0])
        if pair.checksums.shape[0] != chunks:
            errors.append(
                f"Channel {name} has {pair.checksums.shape[0]} checksums for {chunks} chunks."
            )
    return errors


def _check_gaps(recording: Recording, report: Report) -> None:
    gaps = recording.gaps
    report.gaps = len(gaps)
    report.lost_samples = int(gaps["estimated_missing"].sum())
    positions = gaps["sample_index"]
    if (np.diff(positions) < 0).any():
        report.errors.append("The gaps are not in order.")
    if (positions < 0).any() or (recording.finished and (positions > report.samples).any()):
        report.errors.append("A gap lies outside of the recording.")
    if (gaps["missing"] < -1).any() or (gaps["estimated_missing"] < 0).any():
        report.errors.append("A gap has an impossible length.")
    lost = recording.attributes.get("lost_samples")
    if recording.finished and lost != report.lost_samples:
        report.errors.append(
            f"The file claims {lost} lost samples, but its gaps sum up to {report.lost_samples}."
        )


def _check_chunks(recording: Recording, report: Report, progress: Progress) -> None:
    values = report.samples * recording.values_per_sample
    total_bytes = values * COUNTS_DTYPE.itemsize * len(recording.channels)
    done_bytes = 0

    def advance(size: int) -> None:
        nonlocal done_bytes
        done_bytes += size
        progress(done_bytes, total_bytes)

    checks = {
        name: _check_channel(recording, report, name, values, advance)
        for name in recording.channels
    }
    if not recording.finished:
        _leave_out_tail(recording, report, checks)
    for name, check in checks.items():
        report.chunks += check.needed
        report.verified_chunks += check.verified
        report.errors += [f"Channel {name}: {problem}" for problem in check.problems()]


def _check_channel(
    recording: Recording, report: Report, name: str, values: int, advance: Callable[[int], None]
) -> ChunkCheck:
    """Read the chunks of a channel once, for their checksums and for the overview."""
    # compiled code, which takes its time to load: not for those who only look at files
    from .overview_check import OverviewCheck
    from .overview_levels import find_levels

    pair = recording.channels[name]
    overview = OverviewCheck(find_levels(pair.counts.parent), recording.values_per_sample)
    check = check_chunks(pair, values, overview, advance)
    overview.finish(report.samples, finished=recording.finished)
    report.errors += [f"Channel {name}: {error}" for error in overview.errors()]
    if short := overview.short_levels():
        levels = ", ".join(map(str, short))
        report.notes.append(
            f"Channel {name}: the last bins of the overview ({levels}) are missing."
        )
    return check


def _leave_out_tail(recording: Recording, report: Report, checks: dict[str, ChunkCheck]) -> None:
    """Forget the last chunk, which was not acknowledged, if it is all that is wrong."""
    bad = [check for check in checks.values() if check.verified < check.needed]
    if not bad or not all(check.only_last_is_bad for check in bad):
        return
    last = bad[0].needed - 1
    for name, check in checks.items():
        checks[name] = ChunkCheck(last) if check in bad else ChunkCheck(check.needed - 1)
    report.samples = last * recording.first.chunks[0] // recording.values_per_sample
    report.notes.append("The last chunk had not been acknowledged and is left out.")


def _prove(recording: Recording, report: Report, prove: Prove) -> None:
    try:
        proof = prove(recording, report.samples)
    except READ_ERRORS as error:
        proof = Proof(0, f"The samples cannot be compared: {error}", False)
    report.proven_samples, report.proof = proof.proven_samples, proof.text
    if not proof.holds:
        is_damage = recording.finished and not recording.repaired
        (report.errors if is_damage else report.notes).append(proof.text)
