"""Record a stream: all settings are parameters, all samples go into the file.

To do something while it streams, copy what :mod:`.streaming` shows instead.
"""

from __future__ import annotations

from .streaming import StreamingProcedure


class StreamingCapture(StreamingProcedure):
    """Streams for a duration, a number of samples, or until it is stopped.

    With a trigger it begins at the edge; duration and number count from there.
    """
