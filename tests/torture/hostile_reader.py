"""Does with each file it is told of whatever can be done with a recording; a program of its own.

For each line ``[PATH, SETTINGS]`` (JSON) on its standard input it answers with an object: what
``info``, ``verify``, a reader and ``repair`` made of the file, in a word or in the sentence of an
exception of the package; ``bug`` holds the traceback of any other, ``wrong`` what was passed off as
right and is not.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.errors import PicoStreamError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.storage import describe_file, repair, verify

from .plan import Plan, Settings

#: A file that was written a moment ago is opened again and again: it might be growing.
_AGE_S = 60.0


class Look:
    """What was found with one file, which nobody writes."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self._path = path
        self._plan = plan
        self.found: dict[str, Any] = {}

    def all(self) -> dict[str, Any]:
        written = time.time() - _AGE_S
        os.utime(self._path, (written, written))
        before = self._path.read_bytes()
        self._try("info", lambda: json.dumps(describe_file(self._path)) and "described")
        self._verified("verify")
        self._try("repair", lambda: repair(self._path).status)
        if self._path.read_bytes() != before:
            self._verified("after repair")
        return self.found

    def _try(self, name: str, action: Callable[[], Any]) -> None:
        try:
            self.found[name] = action()
        except PicoStreamError as error:
            self.found[name] = f"error: {error}"
            if "\n" in str(error) or not str(error).strip():
                self.found["bug"] = f"{name}: no sentence: {error!r}"
        except Exception:  # noqa: BLE001  any other one is what is looked for
            self.found["bug"] = f"{name}: {traceback.format_exc()}"
            self.found[name] = "error"

    def _verified(self, name: str) -> None:
        self._try(name, lambda: verify(self._path).exit_code)
        self._try(f"{name}, read", lambda: self._read(is_verified=self.found[name] in (0, 3)))

    def _read(self, *, is_verified: bool) -> int:
        with PicoStreamReader(self._path) as reader:
            if is_verified:
                self._compare(reader.read_counts(0, reader.num_samples))
            reader.window(0, reader.duration_s, 50)
            return sum(len(times) for times, _ in reader.get_block_iter(10_000, 7, "min_max"))

    def _compare(self, found: NDArray[Any]) -> None:
        wanted = self._plan.values("A", 0, min(len(found), self._plan.settings.samples))
        if not np.array_equal(found, wanted):
            self.found["wrong"] = "verified, but not what was recorded"


def main() -> None:
    time.sleep = lambda _: None  # whether somebody writes the file need not be waited for
    for line in sys.stdin:
        path, text = json.loads(line)
        look = Look(Path(path), Plan(Settings(**json.loads(text))))
        print(json.dumps(look.all()), flush=True)


if __name__ == "__main__":
    main()
