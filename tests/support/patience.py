"""How long tests wait for what hangs; what works is never that slow, on a busy machine either."""

from __future__ import annotations

#: A first run compiles for minutes where others compile too.
PATIENCE_S = 240.0
