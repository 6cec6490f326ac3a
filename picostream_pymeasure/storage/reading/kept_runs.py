"""Where the samples of a file that keeps only events belong in the stream."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError

#: Beyond this no sample can be.
_MOST = 2**53


def connected(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows up to the first that lies apart from those before it.

    Those behind it were to go when a repair was cut short that had shortened the one before.

    :param rows: of ``/captures``, one an event.
    """
    ends = np.maximum.accumulate(rows["first_sample"] + rows["samples"])
    apart = np.flatnonzero(rows["first_sample"][1:] > ends[:-1])
    return rows[: int(apart[0]) + 1] if apart.size else rows


class KeptRuns:
    """Stretches of samples that follow each other in the stream as they do in the file.

    Samples of the stream are counted as they were delivered; what was lost counts as none.

    :param rows: of ``/captures``, one an event.
    :param stored: samples in the file; rows of more are shortened, or left out.
    :raises FileFormatError: the rows contradict each other.
    """

    def __init__(self, rows: NDArray[Any], stored: int) -> None:
        first, stream = rows["first_sample"], rows["stream_sample"]
        shifts = stream - first
        is_possible = (
            (np.diff(first) >= 0).all()
            and (np.diff(shifts) >= 0).all()
            and len(connected(rows)) == len(rows)
            and (rows["samples"] > 0).all()
            and (rows["samples"] < _MOST).all()
            and (stream < _MOST).all()
            and (first[:1] == 0).all()
            and (shifts[:1] >= 0).all()
        )
        if not is_possible:
            raise FileFormatError("The recording is damaged: its events contradict each other.")
        self.captures: NDArray[Any] = rows[first < stored].copy()
        kept = self.captures
        kept["samples"] = np.minimum(kept["samples"], stored - kept["first_sample"])
        begins = np.diff(shifts[: len(kept)], prepend=-1) != 0
        #: Index in the file, and in the stream, of the first sample of each stretch.
        self.first_samples: NDArray[np.int64] = kept["first_sample"][begins]
        self.stream_samples: NDArray[np.int64] = kept["stream_sample"][begins]
        #: Samples of the file that have a place.
        self.stop = int((kept["first_sample"] + kept["samples"]).max(initial=0))

    def place_of(self, stream: NDArray[np.int64]) -> NDArray[np.int64]:
        """Index in the file of samples of the stream; of one that was not kept, that of the next.

        Behind all that is stored it is the number of samples.
        """
        if not self.first_samples.size:
            return np.zeros(np.shape(stream), np.int64)
        runs = np.searchsorted(self.stream_samples, stream, side="right") - 1
        ends = np.append(self.first_samples[1:], self.stop)
        run = np.maximum(runs, 0)
        places = self.first_samples[run] + stream - self.stream_samples[run]
        found: NDArray[np.int64] = np.where(runs < 0, 0, np.minimum(places, ends[run]))
        return found

    def stream_of(self, samples: NDArray[np.int64]) -> NDArray[np.int64]:
        """Index in the stream of samples of the file; one or more stretches are there."""
        run = np.maximum(np.searchsorted(self.first_samples, samples, side="right") - 1, 0)
        found: NDArray[np.int64] = samples + (self.stream_samples - self.first_samples)[run]
        return found
