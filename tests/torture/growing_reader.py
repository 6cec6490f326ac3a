"""Opens a file again and again while it grows, with plain h5py and nothing of the program.

``python -m tests.torture.growing_reader PATH SETTINGS OPENS SEED``: every second open waits 0.2 s
before its first read. It prints one line a violation, and at last how many opens there were.
"""

from __future__ import annotations

import json
import sys
import time

import h5py
import hdf5plugin  # noqa: F401  for what is compressed while it is recorded
import numpy as np

from .plan import Settings
from .truth import FILL

_PAUSE_S = 0.2
_READ = 20_000


class GrowingReader:
    """What earlier opens saw, against which the next is held."""

    def __init__(self, path: str, settings: Settings, seed: int) -> None:
        self._path = path
        self._settings = settings
        self._rng = np.random.default_rng(seed)
        self._rows = 0

    def open(self, pause_s: float) -> None:
        """Open, wait, and read the newest rows and some others.

        :raises Exception: HDF5 could not.
        :raises AssertionError: a value is wrong, or rows have gone.
        """
        with h5py.File(self._path) as file:
            name = self._rng.choice(self._settings.names)
            counts = file[f"channels/{name}/adc_counts"]
            rows = len(counts)
            time.sleep(pause_s)
            assert rows >= self._rows, f"{self._rows - rows} rows have gone"
            self._rows = rows
            if self._settings.live_s is None:
                self._check_newest(counts, rows)
            else:
                self._check_order(counts[()], counts.chunks[0])

    def _check_newest(self, counts: h5py.Dataset, rows: int) -> None:
        starts = [max(0, rows - _READ), int(self._rng.integers(0, rows + 1))]
        for start in starts:
            stop = min(start + _READ, rows)
            found, wanted = counts[start:stop], self._settings.values("A", start, stop - start)
            wrong = np.flatnonzero(found != wanted)
            assert not len(wrong), f"{len(wrong)} values are wrong from {start + wrong[0]} on"

    def _check_order(self, found: np.ndarray, chunk: int) -> None:
        """A ramp that goes on from value to value; only behind a hole it may begin anew."""
        fill = FILL[self._settings.dtype]
        is_hole = found == fill
        codes = 2 * int(np.iinfo(found.dtype).max) + 1
        step = np.diff(found.astype(np.int64)) % codes
        bad = np.flatnonzero((step != 1) & ~is_hole[1:] & ~is_hole[:-1])
        assert not len(bad), f"behind {found[bad[0]]} comes {found[bad[0] + 1]} at {bad[0]}"
        filled = np.flatnonzero(is_hole[:-1] & ~is_hole[1:]) + 1
        assert not (filled % chunk).any(), "samples begin within a chunk"


def main(path: str, text: str, opens: str, seed: str) -> None:
    reader = GrowingReader(path, Settings(**json.loads(text)), int(seed))
    for number in range(int(opens)):
        try:
            reader.open(_PAUSE_S if number % 2 else 0.0)
        except Exception as error:  # noqa: BLE001  each failure of any kind counts
            print(f"open {number}: {type(error).__name__}: {error}", flush=True)
    print(f"{opens} opens, {reader._rows} rows at last", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
