"""Feeds a recorder without a scope: a program whose every sample is known beforehand.

``python -m tests.torture.feeder PATH SETTINGS`` opens the recorder, and hands over a stretch for
each line of its standard input until the :mod:`.plan` is done; with ``--at-once`` it does not ask.
It answers with the number of samples that are with the recorder for good, and at last with
``closed``, or ``failed: `` and what the recorder told. ``SETTINGS`` is a JSON object with fields of
:class:`.plan.Settings`.

``python -m tests.torture.feeder --serve`` feeds in a new process for each line ``[PATH, SETTINGS,
ANSWERS, FAIL]`` (JSON) what the plan says, with everything imported and compiled; the answers go to
the file ``ANSWERS``, a call fails as ``FAIL`` says (see ``preload.c``; "" for none). It says the
number of the process, and ``ended`` when that has ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np

from picostream_pymeasure.config import (
    ChannelConfig,
    DigitalPortConfig,
    DownsampleMode,
    KeepConfig,
    StreamConfig,
)
from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.records import (
    CAPTURE_DTYPE,
    CAPTURES,
    CAPTURES_MESSAGE_DTYPE,
    CLOCK,
    CLOCK_DTYPE,
    GAP,
    GAP_MESSAGE_DTYPE,
    HEALTH,
    HEALTH_MESSAGE_DTYPE,
    KEPT,
    KEPT_BINS,
    KEPT_MESSAGE_DTYPE,
    STRETCH,
    STRETCH_DTYPE,
    CapturedRun,
    Event,
    Health,
    NativeSink,
    Outcome,
    StreamDescription,
)
from picostream_pymeasure.storage import make_recorder

from . import plan
from .plan import Settings, Stretch, stretches

_CAUSE = b"driver overrun".ljust(64, b"\0")

#: Samples in a bin of the overview of a stream whose events are kept.
_BIN_SAMPLES = 64


def describe(settings: Settings) -> StreamDescription:
    aggregate = settings.width == 2
    config = StreamConfig(
        channels=tuple(ChannelConfig(name) for name in settings.names if len(name) == 1),
        digital_ports=tuple(DigitalPortConfig(name) for name in settings.names if len(name) > 1),
        resolution_bits=8,
        downsample_mode=DownsampleMode.AGGREGATE if aggregate else DownsampleMode.NONE,
        downsample_ratio=4 if aggregate else 1,
        samples=settings.samples if settings.is_known else None,
    )
    return StreamDescription(
        config=config,
        sample_interval_ns=settings.interval_ns / config.downsample_ratio,
        max_adc=127 if settings.dtype == "i1" else 32512,
        block_samples=settings.longest,
        start_time="2024-05-06T07:08:09+00:00",
        counts_dtype="i1" if settings.dtype == "i1" else "<i2",
        keep=KeepConfig() if settings.kind == plan.EVENTS else None,
        capture_samples=settings.longest if settings.kind == plan.CAPTURES else 0,
        held_s=settings.held_s,
    )


class Feeder:
    """Hands what the plan says to a recorder, as the stream's own thread would."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.settings = settings
        description = describe(settings)
        self.recorder = make_recorder(
            path,
            description.config,
            live_only_s=settings.live_s,
            compress=settings.compress,
            reserve_bytes=0,
        )
        native = self.recorder.open(description)
        assert isinstance(native, NativeSink)
        form = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
        self._function = form(native.function)
        self._context = native.context
        self._missing = 0
        self._gaps = 0
        self._captures = 0
        limits = np.iinfo(description.counts_dtype)
        # wide enough for any sample
        bins = np.tile(np.array([limits.min, limits.max], limits.dtype), KEPT_BINS)
        self._bins = np.tile(bins, (len(settings.names), 1))
        self._n_bins = 0
        self._rows = np.zeros(
            (len(settings.names), settings.longest * settings.width), description.counts_dtype
        )

    def feed(self, stretch: Stretch) -> None:
        """Hand over a stretch, the gap before it, and the time it took."""
        if stretch.missing and self.settings.kind == plan.STREAM:
            self._tell_gap(stretch)
        self._missing += stretch.missing
        if self.settings.kind == plan.EVENTS:
            self._tell_event(stretch)
        index = stretch.first_sample + self._missing
        for row, name in zip(self._rows, self.settings.names, strict=True):
            found = self.settings.values(name, index, stretch.count)
            row[: found.size] = found.view(np.int8) if row.itemsize == 1 else found
        address, row_bytes = self._rows.ctypes.data, self._rows.strides[0]
        self._call(STRETCH, STRETCH_DTYPE, stretch.first_sample, stretch.count, address, row_bytes)
        if self.settings.kind == plan.CAPTURES:
            self._tell_capture(stretch)
        stop = stretch.first_sample + stretch.count
        host_ns = int((stop + self._missing) * self.settings.interval_ns)
        self._call(CLOCK, CLOCK_DTYPE, stop, host_ns, 0)
        received = (stop, self._lost, self._gaps, 0, 0, 0, 0, 0)
        self._call(HEALTH, HEALTH_MESSAGE_DTYPE, host_ns, *received)

    def mark(self, label: str, sample: int) -> None:
        self.recorder.add_event(Event(sample, sample * self.settings.interval_ns * 1e-9, label))

    def close(self) -> None:
        health = Health(
            received=self.settings.samples, stored=self.settings.samples, lost=self._lost
        )
        self.recorder.update(health)
        self.recorder.close(Outcome("target", "", health))

    def give_up(self) -> int:
        """Close what failed; samples that it says are in the file."""
        with contextlib.suppress(StorageError):
            self.recorder.close(Outcome("disk", "", Health()))
        return self.recorder.told_samples

    @property
    def _lost(self) -> int:
        return self._missing if self.settings.kind == plan.STREAM else 0

    def _tell_capture(self, stretch: Stretch) -> None:
        """By Python, as the runs of captures do."""
        first = np.array([stretch.first_sample])
        time_s = np.array([self._captures * 1e-3])
        nothing = np.zeros(1, np.int64)
        run = CapturedRun(first, first, time_s, np.zeros(1), nothing, stretch.count, 0)
        self.recorder.add_captures(run)
        self._captures += 1

    def _tell_event(self, stretch: Stretch) -> None:
        """Its row before its samples, and how far the stream is."""
        row = np.zeros(1, CAPTURE_DTYPE)
        begin = stretch.first_sample + self._missing
        row["first_sample"] = row["trigger_sample"] = stretch.first_sample
        row["samples"], row["event_samples"], row["stream_sample"] = stretch.count, 1, begin
        row["time_s"] = begin * self.settings.interval_ns * 1e-9
        self._call(CAPTURES, CAPTURES_MESSAGE_DTYPE, self._captures, 1, row.ctypes.data)
        self._captures += 1
        samples, found = begin + stretch.count, self._captures
        first_bin, self._n_bins = max(self._n_bins - 1, 0), -(-samples // _BIN_SAMPLES)
        bins = (first_bin, self._bins.ctypes.data, self._bins.strides[0])
        totals = (samples, found, found, 0, _BIN_SAMPLES, self._n_bins)
        self._call(KEPT, KEPT_MESSAGE_DTYPE, *totals, *bins)

    def _tell_gap(self, stretch: Stretch) -> None:
        """First that there is one, then how long it is."""
        cause = ctypes.create_string_buffer(_CAUSE, 64)
        at = stretch.first_sample
        for missing in (-1, stretch.missing):
            place = (self._gaps, at, at, at, missing, missing, at * 1000)
            self._call(GAP, GAP_MESSAGE_DTYPE, *place, ctypes.addressof(cause))
        self._gaps += 1

    def _call(self, kind: int, dtype: np.dtype[np.void], *fields: int) -> None:
        record = np.array([fields], dtype)
        if self._function(self._context, kind, record.ctypes.data):
            self.recorder.update(Health())
            raise AssertionError("the recorder failed and gave no reason")


def feed(path: Path, settings: Settings, answer: Callable[[str], None], may_go_on: bool) -> None:
    """Go through the plan; without ``may_go_on`` each stretch is asked for."""
    feeder = Feeder(path, settings)
    answer("open")
    try:
        for number, stretch in enumerate(stretches(settings)):
            if not may_go_on and not sys.stdin.readline():
                break
            feeder.feed(stretch)
            if number % 7 == 3:
                feeder.mark(f"mark {number}", stretch.first_sample)
            answer(str(stretch.first_sample + stretch.count))
            time.sleep(settings.pause_s)
        feeder.close()
    except StorageError:
        answer(f"told {feeder.give_up()}")
        raise
    answer("closed")


def record(path: Path, settings: Settings, answer: Callable[[str], None], may_go_on: bool) -> None:
    """Feed, and tell how it failed."""
    try:
        feed(path, settings, answer, may_go_on)
    except StorageError as error:
        answer(f"failed: {error}")


def main(path: str, text: str, how: str = "") -> None:
    answer = functools.partial(print, flush=True)
    record(Path(path), Settings(**json.loads(text)), answer, how == "--at-once")


def serve() -> None:
    with tempfile.TemporaryDirectory() as folder:  # compile before the first one is asked for
        feed(Path(folder, "a.hdf5"), Settings(samples=10_000), lambda _line: None, True)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            serve_one(*json.loads(line))
        print(process, flush=True)
        os.waitpid(process, 0)
        print("ended", flush=True)


def serve_one(path: str, text: str, answers: str, fail: str) -> None:
    if fail:  # of the library that watches this process
        ctypes.CDLL(None).disk_fail(fail.encode())
    with Path(answers).open("w", buffering=1) as file:
        answer = functools.partial(print, file=file)
        try:
            record(Path(path), Settings(**json.loads(text)), answer, True)
        except BaseException:  # noqa: BLE001  whatever it is, the test shows it
            answer(traceback.format_exc())
        finally:
            file.flush()
            os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        main(*sys.argv[1:])
