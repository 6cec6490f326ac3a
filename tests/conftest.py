"""Fixtures every test shares: what a test opens or starts must be gone at its end."""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import hypothesis
import psutil
import pytest

from tests.support.compiled_first import compile_first
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[1]

#: The thread that waits for the end of all others, and those of queues that PyMeasure's log keeps
#: (after 0.16).
_OF_THE_PROGRAM = {"picostream end", "QueueFeederThread"}

#: What Qt 6 opens when it looks for the first icon of a kind of file.
_OF_QT = "/usr/share/mime/"

#: No run takes so long; one whose cache goes away while it compiles fails.
_CACHE_UNUSED_S = 86_400.0


def _use_fresh_compiled_code() -> None:
    """Keep numba's cache beside the sources and the numba that it was made from.

    Numba looks at the file of a function, not at those of the functions it calls and of the records
    they share, and two releases of it in one folder overwrite each other's code.
    """
    digest = hashlib.sha256(metadata.version("numba").encode())
    for path in sorted((ROOT / "picostream_pymeasure").rglob("*.py")):
        source = path.read_bytes()
        if b"numba" in source or b"dtype(" in source:
            digest.update(source)
    caches = ROOT / ".numba_cache"
    mine = caches / digest.hexdigest()[:16]
    for other in caches.glob("*"):
        if other != mine and time.time() - other.stat().st_mtime > _CACHE_UNUSED_S:
            shutil.rmtree(other, ignore_errors=True)
    mine.mkdir(parents=True, exist_ok=True)
    os.utime(mine)
    os.environ["NUMBA_CACHE_DIR"] = str(mine)


_use_fresh_compiled_code()


def _let_children_hear_signals() -> None:
    """What is ignored here stays ignored in programs that tests start, what is handled does not.

    A background job of a script ignores Ctrl+C, and one under ``nohup`` the hang-up.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)


_let_children_hear_signals()

_STATUS = pytest.StashKey[int]()
_TOLD = "told"

# how long an example takes is a matter of how busy the machine is
hypothesis.settings.register_profile("other", deadline=None)
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run tests that take minutes")
    parser.addoption(
        "--told",
        action="store_true",
        help="print what happened, what the file says, and what was true",
    )
    parser.addoption(
        "--picoscope",
        action="store_true",
        help="also run the tests of the instrument with the PicoScope 5000A that is connected",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Generate the same cases at each run; the long form draws others."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        compile_first(Path(os.environ["NUMBA_CACHE_DIR"]))
    hypothesis.settings.load_profile("other" if config.getoption("--long") else "same")


def pytest_collection(session: pytest.Session) -> None:
    """Each worker begins to load all tests elsewhere, and reads what others have compiled.

    They would all compile the same file at the same time: half of what loading costs.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker or session.config.args != session.config.getini("testpaths"):
        return
    tests = ROOT / "tests"
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted(tests.glob("*/test_*.py"))
    ]
    begin = len(names) * int(worker[2:]) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    rooms = [f"tests.{path.parent.name}.conftest" for path in tests.glob("*/conftest.py")]
    for name in rooms + names[begin:] + names[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # it is told when they are collected
            importlib.import_module(name)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; add --long to run it"))


@pytest.fixture(autouse=True)
def heard_as_before() -> Iterator[None]:
    """A command that runs within a test says for its process, and not for other tests, what is
    heard.
    """
    package = logging.getLogger("picostream_pymeasure")
    handlers, level = list(package.handlers), package.level
    yield
    package.handlers[:] = handlers
    package.setLevel(level)


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail a test that leaves a thread running or a file open.

    A thread that was told to end may still be compiling, which takes seconds at the first run.
    """
    process = psutil.Process()
    threads = set(threading.enumerate())
    files = {file.path for file in process.open_files()}
    yield
    new = {one for one in threading.enumerate() if one.name not in _OF_THE_PROGRAM} - threads
    for thread in new:
        thread.join(PATIENCE_S)
    left = [thread.name for thread in new if thread.is_alive()]
    assert not left, f"threads left running: {left}"
    now_open = {file.path for file in process.open_files()}
    still_open = {path for path in now_open - files if not path.startswith(_OF_QT)}
    assert not still_open, f"files left open: {still_open}"


@pytest.fixture
def simulated() -> Iterator[Callable[..., Any]]:
    """Load simulated libraries, and fail a test that leaves a scope open."""
    from picostream_pymeasure.simulated import SimulatedScope, VirtualClock, load_simulated

    loaded = []

    def load(*scopes: SimulatedScope, clock: VirtualClock | None = None, **settings: Any) -> Any:
        # a busy machine may keep a poll waiting; only tests of overruns want a small memory
        settings.setdefault("fifo_s", 2.0)
        library = load_simulated(list(scopes) or [SimulatedScope(**settings)], clock)
        loaded.append(library)
        return library

    yield load
    for library in loaded:
        assert not library.simulation.open_handles(), "a scope was left open"


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Any]:
    """The command line, in a folder of its own."""
    from tests.support.command_line import Cli

    command_line = Cli(tmp_path)
    yield command_line
    command_line.end()


@pytest.fixture
def sink() -> Any:
    """Where a stream of a test goes."""
    from tests.support.keeping_sink import KeepingSink

    return KeepingSink()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str, object, object], None]:
    """Add a row to the table of what happened, what the file says, and what was true."""

    def add(happened: str, said: object, true: object) -> None:
        record_property(_TOLD, f"| {happened} | {said} | {true} |")

    return add


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.getoption("--told"):
        return
    terminalreporter.section("told and true")
    terminalreporter.line("| what happened | what the file says | what was true |\n|---|---|---|")
    for report in terminalreporter.stats.get("passed", []):
        for name, row in report.user_properties:
            if name == _TOLD and report.when == "call":
                terminalreporter.line(row)


@pytest.fixture(params=["simulated", "hardware"])
def scope(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An instrument: simulated always, and a real one on request."""
    from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter

    if request.param == "simulated":
        adapter = PicoScopeAdapter(library=request.getfixturevalue("simulated")())
    elif request.config.getoption("--picoscope"):
        adapter = PicoScopeAdapter()
    else:
        pytest.skip("connect a PicoScope 5000A, install the PicoSDK, and add --picoscope")
    with PicoScope5000A(adapter) as instrument:
        yield instrument


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once: all is decided and told.

    Tests leave drivers behind that never return, and native threads of libraries; taking Python
    down around them has crashed. How programs end is tested by processes of their own.
    """
    if _STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])
