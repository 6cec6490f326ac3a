"""``picostream``, or a script, as a process that starts at once: a fork of a program that has all
loaded.

Its signals, streams, exit code and end are those of any process. How Python starts, what it imports
and which encodings it finds there is tested by programs that are really started.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from tests.support.forked_command import SERVER_VARIABLE

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = [sys.executable, "-c", "from picostream_pymeasure.cli import main; main()"]
_PAUSE_S = 0.005

#: Variables that count when Python starts, as they were for the program that forks.
_OF_THE_START = {name: os.environ.get(name) for name in ("LD_PRELOAD", "PYTHONPATH")}

_servers: list[subprocess.Popen[bytes]] = []


class Process:
    """A fork that runs; what :class:`subprocess.Popen` has, as far as tests need it.

    It ends when nobody is left who could ask for its end.

    :param streams: descriptors of its output and its errors; None is a pipe, :attr:`stdout`.
    :param is_asked: whether its input is a pipe as well, :attr:`stdin`; else it has none.
    """

    def __init__(
        self,
        request: dict[str, Any],
        streams: tuple[int | None, int | None] = (None, None),
        *,
        is_asked: bool = False,
    ) -> None:
        reading, writing = os.pipe()
        self._answers, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        data = json.dumps(request).encode()
        theirs_in, ours_in = os.pipe()
        out, errors = (writing if one is None else one for one in streams)
        own = [theirs_in, out, errors, theirs.fileno(), _server().fileno()]
        socket.send_fds(_server(), [data], own)
        os.close(theirs_in)
        os.close(writing)
        theirs.close()
        self.stdout: IO[str] = os.fdopen(reading, encoding="utf-8", errors="replace")
        self.stdin: IO[str] = os.fdopen(ours_in, "w", encoding="utf-8")
        if None not in streams:
            self.stdout.close()
        if not is_asked:
            self.stdin.close()
        self.pid = int(self._answers.recv(20))
        self.returncode: int | None = None

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        self.wait()

    def poll(self) -> int | None:
        """Exit code, or minus the signal that ended it; None while it runs."""
        if self.returncode is None:
            with contextlib.suppress(BlockingIOError):
                self.returncode = int(self._answers.recv(20, socket.MSG_DONTWAIT))
                self._answers.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        :raises subprocess.TimeoutExpired: it runs on.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("picostream", timeout or 0.0)
            time.sleep(_PAUSE_S)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """What it says until its end.

        :raises subprocess.TimeoutExpired: it runs on.
        """
        os.set_blocking(self.stdout.fileno(), False)
        deadline = time.monotonic() + (timeout or float("inf"))
        said = b""
        while True:
            with contextlib.suppress(BlockingIOError):
                if not (part := os.read(self.stdout.fileno(), 1 << 16)):
                    break
                said += part
                continue
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("picostream", timeout or 0.0)
            time.sleep(_PAUSE_S)
        self.stdout.close()
        self.wait(timeout)
        return said.decode(errors="replace"), None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # its end is about to be told
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def start(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    before: tuple[str, Any] | None = None,
    streams: tuple[int | None, int | None] = (None, None),
) -> Any:
    """Start ``picostream`` with these arguments.

    It is a new program where forks are not to be had, or variables count from its start.

    :param before: ``module:function`` and the argument it is called with in the fork.
    :param streams: as of :class:`Process`.
    """
    if _can_fork(env):
        request = {"arguments": arguments, "cwd": str(cwd), "env": {**env}, "before": before}
        return Process(request, streams)
    assert before is None
    return _start_anew([*_COMMAND, *arguments], cwd, env, streams)


def start_script(
    path: Path,
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    streams: tuple[int | None, int | None] = (None, None),
    is_asked: bool = False,
) -> Any:
    """Start a file of Python, for which each warning is an error; see :func:`start`.

    Programs that it starts may have forks too, by ``forked_command.py``.

    :param is_asked: as of :class:`Process`.
    """
    if _can_fork(env):
        request = {"arguments": arguments, "cwd": str(cwd), "env": {**env}, "script": str(path)}
        return Process(request, streams, is_asked=is_asked)
    command = [sys.executable, "-W", "error", str(path)]
    return _start_anew([*command, *arguments], cwd, env, streams, is_asked=is_asked)


def _can_fork(env: Mapping[str, str]) -> bool:
    is_same = all(env.get(name) == value for name, value in _OF_THE_START.items())
    return sys.platform == "linux" and is_same


def _start_anew(
    command: list[str],
    cwd: Path,
    env: Mapping[str, str],
    streams: tuple[int | None, int | None],
    *,
    is_asked: bool = False,
) -> subprocess.Popen[str]:
    out, errors = streams
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE if is_asked else subprocess.DEVNULL,
        stdout=subprocess.PIPE if out is None else out,
        stderr=subprocess.STDOUT if errors is None else errors,
        text=True,
    )


@functools.cache
def _server() -> socket.socket:
    """Where the program that forks is asked; it ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        server = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
        )
    _servers.append(server)
    return ours


def _load_all() -> None:
    """Load what recording, verifying and reading needs, compiled code included."""
    from picostream_pymeasure import PicoStreamReader, verify
    from picostream_pymeasure.config import StreamConfig
    from picostream_pymeasure.driver import Unit, load_library
    from picostream_pymeasure.storage import Recorder
    from picostream_pymeasure.streaming import StreamSession

    for name in ("acquire", "capture", "export", "group", "inspect", "repair", "status_line"):
        importlib.import_module(f"picostream_pymeasure.cli.{name}")
    config = StreamConfig(sample_rate_hz=1e6, samples=1000)
    with TemporaryDirectory() as folder:
        path = Path(folder, "data.hdf5")
        with Unit.open(load_library(simulated=True)) as unit:
            session = StreamSession(unit, config, Recorder(path))
            session.start()
            session.wait()
        verify(path)
        PicoStreamReader(path).close()


def _serve(descriptor: int) -> None:
    _load_all()
    gc.freeze()  # a collection would copy the memory that the forks share
    server = socket.socket(fileno=descriptor)
    while True:
        data, descriptors, *_ = socket.recv_fds(server, 1 << 20, 5)
        if not data:
            return
        if os.fork() == 0:
            server.close()
            _watch(json.loads(data), *descriptors)
            return
        for one in descriptors:
            os.close(one)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass


def _watch(request: dict[str, Any], *descriptors: int) -> None:
    """Fork once more, tell the number and how it ended, and end it when nobody is left to tell."""
    *standard, answers, asking = descriptors
    # what Ctrl+C raises is forgotten in what Python calls by itself behind a fork
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process = os.fork()
    if process == 0:
        os.close(answers)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _become(request, standard, asking)
        return
    for one in (*standard, asking):
        os.close(one)
    with socket.socket(fileno=answers) as told, contextlib.suppress(BrokenPipeError):
        told.sendall(str(process).encode())
        waiting = select.poll()
        waiting.register(ended := os.pidfd_open(process), select.POLLIN)
        waiting.register(told, 0)
        if ended not in dict(waiting.poll()):
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        told.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: dict[str, Any], standard: list[int], asking: int) -> None:
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    if script := request.get("script"):
        os.set_inheritable(asking, True)
        os.environ[SERVER_VARIABLE] = str(asking)
        _end_with(_run_script, script, request["arguments"])
        return
    os.close(asking)
    sys.argv = ["picostream", *request["arguments"]]
    if request.get("before"):
        name, argument = request["before"]
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)(argument)
    from picostream_pymeasure.cli import main

    _end_with(main)


def _run_script(path: str, arguments: list[str]) -> None:
    sys.argv, sys.path[0] = [path, *arguments], str(Path(path).parent)
    warnings.simplefilter("error")
    # older ones call what pyparsing has renamed since
    warnings.filterwarnings("default", module="matplotlib|pyparsing")
    runpy.run_path(path, run_name="__main__")


def _end_with(run: Callable[..., Any], *arguments: Any) -> None:
    """Run, and end as a program does; what is raised is told as ever."""
    code: Any = 0
    try:
        run(*arguments)
    except SystemExit as ended:
        code = ended.code
    # to take all modules down takes longer than most runs
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
