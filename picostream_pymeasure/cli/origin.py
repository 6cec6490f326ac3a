"""How a recording was made, for those who find the file later."""

from __future__ import annotations

import sys


def command_origin() -> dict[str, str]:
    """Get what is stored with a recording of the command line."""
    return {"command": " ".join(["picostream", *sys.argv[1:]])}
