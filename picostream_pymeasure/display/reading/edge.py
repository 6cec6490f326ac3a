"""The edge that holds a picture still."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """What to wait for.

    :param bit: of a digital port, the input that is watched; its level means nothing.
    :param hysteresis_v: the signal must have been that far on the other side before.
    :param position: where in the window the edge is shown, 0 (left) to 1 (right).
    :param keeps_waiting: hold the last picture when there is no edge, instead of rolling on.
    """

    channel: str = ""
    level_v: float = 0.0
    rising: bool = True
    hysteresis_v: float = 0.0
    position: float = 0.5
    keeps_waiting: bool = False
    bit: int | None = None
