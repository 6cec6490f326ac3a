"""Whether a recorded file is whole: attributes, lengths, gaps, times, checksums, overview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...config import require_function
from ...errors import StorageError, counted
from ...records import Proof
from ..reading import PICOSTREAM, Recording, open_recording
from .chunk_check import listed_runs
from .claims import claim_errors
from .kept_check import kept_errors
from .kept_extent import is_cut_off, kept_extent, kept_units
from .report import Report, left_out_notes
from .structure import structure_errors

#: Called with the bytes read so far and the bytes to read.
Progress = Callable[[int, int], None]

#: Compares the first samples of a simulated recording, so many of each channel, with what the
#: simulated scope delivered.
Prove = Callable[[Recording, int], Proof]


def verify(
    path: str | Path, *, progress: Progress | None = None, prove: Prove | None = None
) -> Report:
    """Verify a recording.

    A file that is still being recorded is verified as far as it was published when it was opened;
    one that was left by a crash as far as its checksums are right.

    :param prove: what proves the samples of a simulated recording.
    :raises FileFormatError: it is not a recording, or too damaged to be opened.
    :raises StorageError: there is no such file, or it may not be read.
    """
    require_function("progress", progress)
    with open_recording(path) as recording:
        report = Report(str(path), recording.format, recording.status)
        report.samples = recording.stored_samples
        report.smallest_visible_loss = recording.accuracy.smallest_visible_loss
        report.rate_deviation_ppm = recording.accuracy.rate_deviation_ppm
        report.rate_accuracy_ppm = recording.accuracy.rate_accuracy_ppm
        report.errors += claim_errors(recording)
        if recording.format == PICOSTREAM:
            _count_only(recording, report)
            return report
        report.errors += recording.lacks
        if not recording.finished:
            _note_what_is_left_out(recording, report)
        _check_gaps(recording, report)
        if recording.is_rewritten:
            report.notes.append("The file is a copy that was written anew, perhaps to compress it.")
        elif recording.finished:
            report.errors += structure_errors(recording)
        _check_samples(recording, report, progress or (lambda _done, _total: None))
        report.errors += kept_errors(recording)
        if recording.finished and not report.errors:
            # compiled code, which takes its time to load: not for those who only look at files
            from .picture_check import picture_errors

            report.errors += picture_errors(recording)
        if prove is not None and recording.attributes.get("simulated"):
            _prove(recording, report, prove)
        return report


def _count_only(recording: Recording, report: Report) -> None:
    """PicoStream keeps no checksums, so that only missing chunks can be found."""
    counts = recording.first.counts
    needed = -(-counts.rows // counts.chunk_rows)
    report.chunks = needed
    runs, done = [], 0  # a damaged file may lack more chunks than can be listed
    for begin, end in [*counts.written(0, counts.rows), (counts.rows, counts.rows)]:
        first = -(-begin // counts.chunk_rows)
        runs += [(done, first - 1)] if done < first else []
        done = -(-end // counts.chunk_rows)
    if runs:
        missing = sum(last - first + 1 for first, last in runs)
        report.errors.append(f"{counted(missing, 'chunk')} missing: {listed_runs(runs)}.")
    if counts.rows % recording.values_per_sample:
        report.notes.append("The last value is half of a pair, and belongs to no sample.")
    report.notes.append("PicoStream's files hold no checksums; only the chunks were counted.")


def _note_what_is_left_out(recording: Recording, report: Report) -> None:
    """Of a file that was not finished."""
    failed = f"the program or the disk failed; then picostream repair {recording.path} completes it"
    if _is_cut_off(recording):
        failed = "a copy broke off; then another copy of the original is whole"
    report.notes.append(f"The file was not finished: it is being recorded, or {failed}.")
    report.notes += left_out_notes(recording)


def _is_cut_off(recording: Recording) -> bool:
    planned = recording.planned
    if planned is None:
        return False
    extent = kept_extent(recording, planned, kept_units(recording, planned))
    return is_cut_off(recording, planned, extent)


def _check_gaps(recording: Recording, report: Report) -> None:
    gaps = recording.gaps
    report.gaps = len(gaps)
    report.lost_samples = recording.lost_samples
    positions = gaps["sample_index"]
    if (positions < 0).any() or (recording.finished and (positions > report.samples).any()):
        report.errors.append("A gap lies outside of the recording.")
    if (gaps["missing"] < -1).any() or (gaps["estimated_missing"] < -1).any():
        report.errors.append("A gap has an impossible length.")


def _check_samples(recording: Recording, report: Report, progress: Progress) -> None:
    from .sample_check import SampleCheck  # compiled code as well

    counts = [channel.counts for channel in recording.channels.values()]
    total_bytes = sum(rows.rows * rows.dtype.itemsize for rows in counts)
    done_bytes = 0

    def advance(size: int) -> None:
        nonlocal done_bytes
        done_bytes = min(done_bytes + size, total_bytes)
        progress(done_bytes, total_bytes)

    for name, check in SampleCheck(recording, report.samples, advance).run().items():
        report.chunks += check.needed
        report.verified_chunks += check.verified
        report.errors += [f"Channel {name}: {problem}" for problem in check.problems()]


def _prove(recording: Recording, report: Report, prove: Prove) -> None:
    try:
        proof = prove(recording, report.samples)
    except StorageError as error:
        proof = Proof(0, f"The samples cannot be compared: {error}", False)
    report.proven_samples, report.proof = proof.proven_samples, proof.text
    if not proof.holds:
        is_damage = recording.finished and not recording.repaired
        (report.errors if is_damage else report.notes).append(proof.text)
