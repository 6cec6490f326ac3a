"""Signals that come at a moment of a run: when one of its functions is called.

``plant`` is called in the process that becomes ``picostream`` before it does; the signals are real.
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any

#: What a run says when its moment has come.
COME = "[the moment has come]"


def _has_samples(_: object, health: Any) -> bool:
    return bool(health.stored)


#: The function of the package in which a stage begins, and when it is that stage.
STAGES: dict[str, tuple[str, str, Callable[..., bool]]] = {
    stage: (module, name, is_it)
    for stage, module, name, is_it in (
        ("loading", "driver", "load_library", lambda *_: True),
        ("opening", "driver", "Unit.open", lambda *_: True),
        ("starting", "streaming", "StreamSession.start", lambda *_: True),
        ("armed", "cli.status_line", "StatusLine.show", lambda *_: True),
        ("streaming", "cli.status_line", "StatusLine.show", _has_samples),
        ("waiting", "capture.capturing", "Watch.is_over", lambda *_: True),
        ("capturing", "storage", "Recorder.add_captures", lambda *_: True),
        ("stopping", "streaming", "StreamSession.stop", lambda *_: True),
        ("closing", "storage", "Recorder.close", lambda *_: True),
        ("verifying", "verification", "verify", lambda *_: True),
        ("exporting", "reader.exporting.as_csv", "CsvWriter.write", lambda *_: True),
        ("appearing", "reader.exporting.as_csv", "CsvWriter.close", lambda *_: True),
        ("repairing", "storage.bytes.raw_file", "RawFile.write", lambda *_: True),
        ("after the end", "cli.output", "finish", lambda *_: True),
    )
}


def plant(steps: list[tuple[str, list[int]]]) -> None:
    """Let signals come when their stage comes for the first time."""
    for stage, numbers in steps:
        module, name, is_it = STAGES[stage]
        owner: Any = importlib.import_module(f"picostream_pymeasure.{module}")
        *classes, function = name.split(".")
        for one in classes:
            owner = getattr(owner, one)
        setattr(owner, function, _watched(getattr(owner, function), is_it, list(numbers)))


def _watched(
    original: Callable[..., Any], is_it: Callable[..., bool], numbers: list[int]
) -> Callable[..., Any]:
    @functools.wraps(original)
    def run(*arguments: Any, **options: Any) -> Any:
        if numbers and is_it(*arguments):
            os.write(2, f"{COME}\n".encode())
            while numbers:
                os.kill(os.getpid(), numbers.pop())
        return original(*arguments, **options)

    return run
