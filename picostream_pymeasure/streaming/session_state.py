"""The states that a stream goes through."""

from __future__ import annotations

from enum import Enum


class SessionState(Enum):
    """Where a session is in its life."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
