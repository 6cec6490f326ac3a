"""The object that takes the place of the loaded ``ps5000a`` library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from numpy.typing import NDArray

from .calls import CALLS
from .device.clock import VirtualClock, digitised_now
from .device.poll import poll_native
from .scopes.scope import SimulatedScope
from .thunk import PollThunk
from .unit.registry import UnitRegistry

#: Characters of the list of holes that a recording has room for, whatever else it tells.
_HOLES_CHARACTERS = 8000


class SimulatedLibrary:
    """Offers the driver's C functions as attributes, as a ``ctypes`` library does.

    Keeps every exported function alive: clients hold bare addresses of them.

    :param scopes: the units that are connected.
    :param clock: what they go by, None for the host's clock.
    """

    def __init__(self, scopes: Sequence[SimulatedScope], clock: VirtualClock | None = None) -> None:
        self._units = UnitRegistry(scopes, clock)
        self._poll = PollThunk(poll_native.address, self._units.addresses.ctypes.data)
        self._functions = {name: call.export(self._units) for name, call in CALLS.items()}
        self._functions["ps5000aGetStreamingLatestValues"] = self._poll.function

    def __getattr__(self, name: str) -> Any:
        """The C function of this name, as :meth:`picosdk.library.Library.make_symbol` asks."""
        try:
            return self.__dict__["_functions"][name]
        except KeyError:
            raise AttributeError(f"The simulated library has no symbol {name}.") from None

    def describe(self, handle: int) -> dict[str, Any]:
        """How to compute every sample of the unit's present or last stream, JSON-able.

        Besides what :func:`~picostream_pymeasure.simulated.kernels.signal.expected_values` takes:
        ``holes``, the truth about lost samples, as [delivered index, samples missing], and
        ``holes_until``, the delivered index up to which it is the whole truth; ``runs``,
        of the newest runs of block mode the raw indices of their first sample and trigger.

        :raises KeyError: when no unit is open under this handle.
        """
        return self._units.open_units[handle].describe()

    def describe_for_file(self, handle: int) -> dict[str, Any]:
        """The same with no more holes than a file has room for."""
        description = self.describe(handle)
        holes = description["holes"]
        ends = accumulate(len(f"{hole}, ") for hole in holes)
        kept = sum(1 for end in ends if end <= _HOLES_CHARACTERS)
        if kept < len(holes):
            description |= {"holes": holes[:kept], "holes_until": holes[kept][0]}
        return description

    def lost_samples(self, handle: int) -> int:
        """Delivered samples per channel that never came in the present or last stream."""
        return sum(missing for _, missing in self._units.open_units[handle].shared.holes)

    def digitised(self, handle: int) -> int:
        """Raw samples that the present stream has digitised by now, fetched or not."""
        return int(digitised_now(self._units.open_units[handle].records))

    def captures(self, handle: int) -> NDArray[Any]:
        """Where the captures in the unit's memory lie on its clock, one a segment.

        :return: structured, with the raw indices ``first`` and ``trigger``, ``count`` samples, and
            ``run``, which is 0 for an empty segment.
        """
        return self._units.open_units[handle].block.captures.copy()

    def open_handles(self) -> list[int]:
        """Handles of units that are open, for tests that look for leaks."""
        return sorted(self._units.open_units)
