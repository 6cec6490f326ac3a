"""What a run will take, before it is queued: pure, fast, and always as many lines."""

from __future__ import annotations

import shutil
from pathlib import Path

from picostream_pymeasure import quantities
from picostream_pymeasure.config import CaptureConfig, StreamConfig
from picostream_pymeasure.storage import DEFAULT_RESERVE_BYTES, MOST_CAPTURES

UNKNOWN = "–"


def of_stream(
    config: StreamConfig,
    live_only_s: float,
    folder: Path,
    n_runs: int,
    *,
    is_packed: bool = False,
) -> list[tuple[str, str]]:
    """Lines for PyMeasure's estimator: rate, duration, file size, room on the disk, verdict.

    :param live_only_s: seconds that are kept; 0 for all.
    :param folder: where the file will be.
    :param n_runs: how many runs will follow each other.
    :param is_packed: the files are compressed; what is said of room is the most that they can take.
    """
    free_bytes = shutil.disk_usage(folder).free
    lasts = quantities.rough_duration(_usable(free_bytes) / _bytes_per_s(config))
    needed_bytes = _file_bytes(config, live_only_s)
    return lines(
        rate=_rate(config),
        duration=_times(_duration(config), n_runs),
        size=UNKNOWN
        if needed_bytes is None
        else f"{'at most ' * is_packed}{_times(quantities.size(needed_bytes), n_runs)}",
        free=quantities.size(free_bytes),
        lasts=f"{'at least' if is_packed else '≈'} {lasts}",
        verdict=_verdict(n_runs * (needed_bytes or 0), free_bytes, is_packed),
    )


def of_captures(config: CaptureConfig, folder: Path, n_runs: int) -> list[tuple[str, str]]:
    """The same of captures, which last until enough triggers came."""
    free_bytes = shutil.disk_usage(folder).free
    needed_bytes = config.total_bytes
    samples = sum(config.samples_at(config.requested_interval_ns))
    length = quantities.si(samples * config.requested_interval_ns * 1e-9, "s")
    n_possible = _usable(free_bytes) // max(needed_bytes // config.captures, 1)
    verdict = _verdict(n_runs * needed_bytes, free_bytes)
    if config.captures > MOST_CAPTURES:
        verdict = f"no: a file holds at most {MOST_CAPTURES:,} captures"
    return lines(
        rate=quantities.si(1e9 / config.requested_interval_ns, "S/s"),
        duration=_times(f"{config.captures} × {length}", n_runs),
        size=_times(quantities.size(needed_bytes), n_runs),
        free=quantities.size(free_bytes),
        lasts=f"≈ {quantities.count(n_possible)} captures",
        verdict=verdict,
    )


def lines(
    rate: str, duration: str, size: str, free: str, lasts: str, verdict: str
) -> list[tuple[str, str]]:
    """Name the lines."""
    return [
        ("Sample rate", rate),
        ("Duration", duration),
        ("File size", size),
        ("Free on disk", free),
        ("Disk lasts", lasts),
        ("Can record", verdict),
    ]


def _verdict(needed_bytes: float, free_bytes: int, is_packed: bool = False) -> str:
    if needed_bytes < _usable(free_bytes):
        return "yes"
    needed, free = quantities.size(needed_bytes), quantities.size(free_bytes)
    kept = quantities.size(DEFAULT_RESERVE_BYTES)
    room = f"{free} are free on the disk, of which {kept} stay free"
    if is_packed and _usable(free_bytes):
        return f"perhaps: up to {needed} are needed, {room}"
    return f"no: {needed} are needed, {room}"


def _usable(free_bytes: int) -> int:
    """What a recording may take of the room on the disk."""
    return max(free_bytes - DEFAULT_RESERVE_BYTES, 0)


def _rate(config: StreamConfig) -> str:
    """The rate that will be, and whether it is another than the one asked for."""
    expected = quantities.si(1e9 / config.expected_interval_ns, "S/s")
    wanted = quantities.si(1e9 / config.requested_interval_ns, "S/s")
    text = expected if expected == wanted else f"{expected}, the nearest to {wanted}"
    ratio = config.downsample_ratio
    return text if ratio == 1 else f"{text}; 1 of {ratio} kept"


def _bytes_per_s(config: StreamConfig) -> float:
    """Growth of the recording."""
    interval_s = config.expected_interval_ns * config.downsample_ratio * 1e-9
    return config.bytes_per_sample / interval_s


def _file_bytes(config: StreamConfig, live_only_s: float) -> float | None:
    """Size of the file at the end; None if nobody knows, as of kept events."""
    rate_bytes = _bytes_per_s(config)
    n_samples = config.largest_samples(config.expected_interval_ns)
    if n_samples is None or config.keep is not None:
        return live_only_s * rate_bytes if live_only_s else None
    n_bytes = n_samples * config.bytes_per_sample
    return min(n_bytes, live_only_s * rate_bytes) if live_only_s else n_bytes


def _duration(config: StreamConfig) -> str:
    seconds = config.duration_s
    if config.samples is not None:
        seconds = config.samples * config.expected_interval_ns * config.downsample_ratio * 1e-9
    if seconds is None:
        return "until stopped"
    return f"{'trigger + ' if config.trigger else ''}{quantities.duration(seconds)}"


def _times(text: str, n_runs: int) -> str:
    return text if n_runs == 1 else f"{n_runs} × {text}"
