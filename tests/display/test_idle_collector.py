"""Garbage is collected in pauses."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import pytest


class Thing:
    """What refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def lost() -> weakref.ref[Thing]:
    return weakref.ref(Thing())


@pytest.fixture(autouse=True)
def garbage_waits() -> None:
    """It does not: that is what these tests are about."""


@pytest.fixture
def run(application: Any) -> Iterator[Any]:
    """A collector, and what says that something is recorded."""
    from picostream_pymeasure.display.idle_collector import IdleCollector

    class Run:
        is_recording = False

    run = Run()
    run.collector = IdleCollector(lambda: run.is_recording)
    yield run
    run.collector.stop()


def test_young_garbage_goes_while_something_is_recorded(run: Any) -> None:
    run.is_recording = True
    run.collector.look()
    assert not gc.isenabled()
    young = lost()
    made = [[] for _ in range(2 * gc.get_threshold()[0])]
    run.collector.look()
    assert young() is None
    assert made


def test_what_a_run_has_loaded_as_it_begins_is_not_searched(run: Any) -> None:
    loaded = [[] for _ in range(2 * gc.get_threshold()[0])]
    frozen = gc.get_freeze_count()
    run.is_recording = True
    run.collector.look()
    assert gc.get_freeze_count() >= frozen + len(loaded)
    assert gc.get_count()[0] < gc.get_threshold()[0]


def test_the_first_run_leaves_nothing_to_search(run: Any) -> None:
    run.is_recording = True
    run.collector.look()
    young, old = lost(), Thing()
    gc.collect(1)
    gc.collect(1)  # it is old by now
    frozen = gc.get_freeze_count()
    run.is_recording = False
    run.collector.look()
    assert young() is None
    assert gc.get_freeze_count() > frozen
    assert not any(each is old for each in gc.get_objects(generation=2)), "nor searched again"


def test_what_later_runs_leave_is_searched_between_them(run: Any) -> None:
    for is_recording in (True, False):  # the first one
        run.is_recording = is_recording
        run.collector.look()
    run.is_recording = True
    kept = Thing()
    gone = weakref.ref(kept)
    for _ in range(gc.get_threshold()[2] + 2):
        gc.collect(1)
    del kept
    run.collector.look()
    assert gone() is not None, "all of it is searched in pauses only"
    run.is_recording = False
    run.collector.look()
    assert gone() is None


def test_python_collects_again_at_the_end(run: Any) -> None:
    run.collector.stop()
    assert gc.isenabled()


def test_a_window_waits_little_for_other_threads(application: Any) -> None:
    from picostream_pymeasure.display.application import windows_first

    before_s = sys.getswitchinterval()
    with windows_first(lambda: False):
        assert sys.getswitchinterval() <= 1e-3 < before_s
    assert sys.getswitchinterval() == before_s
    assert gc.isenabled()
