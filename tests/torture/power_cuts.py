"""Recordings with all that they wrote, and what is left of them held against their plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py

from picostream_pymeasure.storage import repair, verify

from ..support.disk import Preload, SparseFile, read_log
from .judge import Judge, Kept
from .plan import Plan
from .recorders import MODES, recording
from .written import NAME, Log, Moment

#: As long as some syncs take.
LASTS_S = 4.0

#: Each begins so late that something is written meanwhile.
DELAY = "sync:60000"


def log_of(mode: str, preload: Preload, folder: Path, delay: str = DELAY) -> Log:
    """Record in a way, and keep what was written."""
    settings = MODES[mode]
    paused = replace(settings, pause_s=LASTS_S / len(Plan(settings).stretches))
    data = folder / "data"
    data.mkdir()
    env = preload.environment(data, folder / "log", delay=delay)
    with recording(data / NAME, paused, at_once=True, env=env) as recorder:
        while recorder.read():
            pass
        assert recorder.is_closed
        assert recorder.process.wait() == 0
    return Log(mode, data, read_log(folder / "log"), Plan(settings))


def save(files: dict[str, SparseFile], folder: Path) -> Path:
    for old in folder.iterdir():
        old.unlink()
    for name, file in files.items():
        file.save(folder / name)
    return folder / NAME


def judge(path: Path, plan: Plan, moment: Moment, where: str) -> Kept | None:
    """Repair what is there, and hold it against the plan; nothing of it may be missing."""
    try:
        return _judge(path, plan, moment)
    except Exception as error:
        raise AssertionError(f"{where}: {error}") from error


def _judge(path: Path, plan: Plan, moment: Moment) -> Kept | None:
    if not path.exists():
        assert moment.certain == 0, "the file is not there"
        return None
    repair(path)
    report = verify(path)
    assert report.errors == []
    assert report.exit_code in (0, 3)
    kept = Judge(path, plan).judge(moment.certain, moment.newest)
    with h5py.File(path) as file:
        assert file["adc_counts"].size == (kept.stop - kept.first) * plan.settings.width
    return kept
