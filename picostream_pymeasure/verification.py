"""Whether a recording is whole, and, if its scope was simulated, whether every sample is right.

The one place where the room of recordings and the simulated scope meet.
"""

from __future__ import annotations

from pathlib import Path

from .simulated import prove
from .storage import Progress, Report
from .storage import verify as verify_recording


def verify(path: str | Path, *, progress: Progress | None = None) -> Report:
    """Verify a recording; simulated ones are also proven sample by sample.

    :param progress: called with the bytes read so far and the bytes to read.
    :raises FileFormatError: it is not a recording, or too damaged to be opened.
    :raises StorageError: there is no such file, or it may not be read.
    """
    return verify_recording(path, progress=progress, prove=prove)
