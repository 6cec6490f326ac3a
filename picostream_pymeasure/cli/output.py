"""Standard output and error that never end or delay what the program does.

What is printed goes into memory; a thread of its own hands it to the terminal, pipe or file. So a
parent that does not read its pipe, a terminal that is closed or held with Ctrl+S and a full disk
keep nobody waiting, and a sign that the encoding lacks becomes one that it has.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import math
import os
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

#: Whoever reads later than this gets the newest text; far more than a summary has.
_BACKLOG_BYTES = 1 << 18

#: How long the end waits for a reader, and an error for the text before it.
_PATIENCE_S, _ORDER_S = 3.0, 1.0

#: While a lock is waited for Windows lets no signal through, so that is never long.
_SLICE_S = 0.2

_ERRORS = "picostream-readable"
_READABLE = {
    "→": "->",
    "µ": "u",
    "μ": "u",
    "·": "|",
    "×": "x",
    "–": "-",
    "…": "...",
    "Δ": "d",
    "±": "+-",
    "°": "deg",
    "Ω": "Ohm",
    "\N{OHM SIGN}": "Ohm",
    "σ": "sigma",
    "√": "sqrt",
    "²": "2",
    "³": "3",
    "⁵": "5",
    "−": "-",
    "≈": "~",
    "≥": ">=",
    "≤": "<=",
    "’": "'",
}


def _readable(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding lacks, as ``codecs.register_error`` asks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_READABLE.get(sign, "?") for sign in signs), error.end


codecs.register_error(_ERRORS, _readable)


class Output(io.TextIOBase):
    """A text stream whose ``write`` returns at once.

    :param stream: the interpreter's own stream, which knows encoding and descriptor.
    :param device: what is written to, unbuffered.
    """

    def __init__(self, stream: Any, device: io.RawIOBase) -> None:
        self._stream = stream
        self._device = device
        # some encodings begin with a mark, or shift between sets of signs
        self._encoder = codecs.getincrementalencoder(self.encoding)(_ERRORS)
        self._waiting: deque[bytes] = deque()
        self._backlog = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        #: The oldest text is let go where nobody reads; else all of it waits for the reader.
        self.may_forget = False
        #: Why nothing can be written any more, or None.
        self.failure: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Encoding of the device."""
        return self._stream.encoding or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """How signs are written that the encoding lacks."""
        return _ERRORS

    def fileno(self) -> int:
        """Descriptor of the device."""
        return int(self._stream.fileno())

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        with contextlib.suppress(OSError, ValueError):
            return bool(self._stream.isatty())
        return False

    def writable(self) -> bool:
        """It always is."""
        return True

    def write(self, text: str) -> int:
        """Take a text for the device."""
        with self._changed:
            data = self._encoder.encode(text.replace("\n", os.linesep))
            if data and self.failure is None:
                self._waiting.append(data)
                self._backlog += len(data)
                while self.may_forget and self._backlog > _BACKLOG_BYTES and len(self._waiting) > 1:
                    self._backlog -= len(self._waiting.popleft())
                self._start()
                self._changed.notify_all()
        return len(text)

    def flush(self) -> None:
        """Nothing waits for a flush."""

    def drain(self, timeout_s: float = math.inf) -> None:
        """Wait until all was handed over, nothing more can be, or the time is over."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while self._backlog and self.failure is None:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return
                self._changed.wait(min(left_s, _SLICE_S))

    def _start(self) -> None:
        if self._thread is None:
            # a daemon: a device that never takes anything must not hold the exit
            self._thread = threading.Thread(target=self._hand_over, name="output", daemon=True)
            self._thread.start()

    def _hand_over(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                data = self._waiting.popleft()
            try:
                self._write_whole(data)
            except OSError as error:
                self.failure = error
            with self._changed:
                self._backlog -= len(data)
                if self.failure is not None:
                    self._waiting.clear()
                self._changed.notify_all()
            if self.failure is not None:
                return

    def _write_whole(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            written = self._device.write(rest)
            if written is None:  # a parent made the pipe non-blocking
                time.sleep(0.01)
            else:
                rest = rest[written:]


_logs: list[Output] = []


def appended_file(path: Path) -> Output:
    """Open a file for text that nobody waits for either, such as a log on a network's disk.

    :raises OSError: it cannot be opened.
    """
    file = path.open("a", encoding="utf-8")
    log = Output(file, file.buffer.raw)  # type: ignore[attr-defined]
    log.may_forget = True
    _logs.append(log)
    return log


def install() -> None:
    """Let the program's standard streams be such ones.

    Streams without a device of their own (a notebook's, a test's) stay as they are.
    """
    _occupy_standard_descriptors()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        buffer = getattr(stream, "buffer", None)
        device = getattr(buffer, "raw", buffer)
        if isinstance(device, io.RawIOBase):
            setattr(sys, name, Output(stream, device))


def _occupy_standard_descriptors() -> None:
    """Open what a parent left closed, so that no recording gets a number libraries print to."""
    with contextlib.suppress(OSError):
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(descriptor, True)
        os.close(descriptor)


def forget_when_unread() -> None:
    """Let text go that nobody reads: what the program does is worth more than what it says."""
    for stream in _outputs():
        stream.may_forget = True


def finish() -> None:
    """Wait until the readers have everything, if it may be forgotten for some seconds in all."""
    deadline = time.monotonic() + _PATIENCE_S
    for stream in _outputs():
        stream.drain(deadline - time.monotonic() if stream.may_forget else math.inf)


def let_through() -> None:
    """Let what was printed so far reach a reader who is there before anything else does."""
    for stream in _outputs():
        stream.drain(_ORDER_S)


def failure() -> OSError | None:
    """Why a result that was printed did not reach its file; a reader who left has enough of it."""
    if not isinstance(sys.stdout, Output) or sys.stdout.may_forget:
        return None
    return None if isinstance(sys.stdout.failure, BrokenPipeError) else sys.stdout.failure


def unwritten_logs() -> list[tuple[str, OSError]]:
    """Names of logs that lack their end, and why."""
    return [(log._stream.name, log.failure) for log in _logs if log.failure is not None]


def _outputs() -> list[Output]:
    standard = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, Output)]
    return standard + _logs
