"""``picostream`` as a process that starts at once: a fork of a program that has all loaded.

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
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = [sys.executable, "-c", "from picostream_pymeasure.cli import main; main()"]
_PAUSE_S = 0.005

#: Variables that count when Python starts, as they were for the program that forks.
_OF_THE_START = {name: os.environ.get(name) for name in ("LD_PRELOAD", "PYTHONPATH")}

_servers: list[subprocess.Popen[bytes]] = []


class Process:
    """A fork that runs; what :class:`subprocess.Popen` has, as far as tests need it.

    :param stdout: both of its streams.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        reading, writing = os.pipe()
        self._answers, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        data = json.dumps(request).encode()
        socket.send_fds(_server(), [data], [writing, theirs.fileno()])
        os.close(writing)
        theirs.close()
        self.stdout: IO[str] = os.fdopen(reading, encoding="utf-8", errors="replace")
        self.pid = int(self._answers.recv(20))
        self.returncode: int | None = None

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stdout.close()
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
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def start(
    *arguments: str, cwd: Path, env: Mapping[str, str], before: tuple[str, Any] | None = None
) -> Any:
    """Start ``picostream`` with these arguments.

    It is a new program where forks are not to be had, or variables count from its start.

    :param before: ``module:function`` and the argument it is called with in the fork.
    """
    is_other = any(env.get(name) != value for name, value in _OF_THE_START.items())
    if sys.platform == "linux" and not is_other:
        return Process({"arguments": arguments, "cwd": str(cwd), "env": {**env}, "before": before})
    assert before is None
    return subprocess.Popen(
        [*_COMMAND, *arguments],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
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
        data, descriptors, *_ = socket.recv_fds(server, 1 << 20, 2)
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


def _watch(request: dict[str, Any], output: int, answers: int) -> None:
    """Fork once more, and tell the number and how it ended."""
    process = os.fork()
    if process == 0:
        os.close(answers)
        _become(request, output)
        return
    os.close(output)
    with socket.socket(fileno=answers) as told:
        told.sendall(str(process).encode())
        _, status = os.waitpid(process, 0)
        told.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: dict[str, Any], output: int) -> None:
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = ["picostream", *request["arguments"]]
    if request["before"]:
        name, argument = request["before"]
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)(argument)
    from picostream_pymeasure.cli import main

    try:
        main()
    except SystemExit as ended:
        # to take all modules down takes longer than most runs
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        os._exit(ended.code if isinstance(ended.code, int) else 1)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
