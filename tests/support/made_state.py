"""A stream's state that is made up, field by field."""

from __future__ import annotations

from typing import Any

from picostream_pymeasure.streaming.state import SharedState


def state_of(drain: dict[str, Any] | None = None, **fields: Any) -> SharedState:
    """A stream in which nothing happened but this.

    :param drain: fields of the drain.
    :param fields: those of the state.
    """
    state = SharedState()
    for name, value in fields.items():
        state[name] = value
    for name, value in (drain or {}).items():
        state.drains[name] = value
    return state
