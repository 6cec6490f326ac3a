"""What reading a recording can come to."""

from __future__ import annotations

from ...errors import PicoStreamError

#: Everything that a file of any content, or its absence, can raise.
FILE_ERRORS = (PicoStreamError, MemoryError)
