"""The memory that the driver delivers a stream into, and how it is taken back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..config import ChannelConfig, DigitalPortConfig, DownsampleMode
from ..errors import DriverError
from .byte_buffers import SET_BYTE_BUFFERS, bind_byte_buffers
from .connection import Connection


class _Buffers(NamedTuple):
    """What the driver was given memory for, where it lies, and how it was given."""

    function: str
    input_index: int
    addresses: list[int | None]
    n_samples: int
    ratio_mode: int


class StreamBuffers(Connection):
    """A connection that knows what memory it has handed over."""

    def __init__(self, library: Any, handle: int, serial: str) -> None:
        super().__init__(library, handle, serial)
        self._buffers: list[_Buffers] = []

    @property
    def has_byte_buffers(self) -> bool:
        """Whether the library can deliver one byte a sample at 8 bit; old ones cannot."""
        return bind_byte_buffers(self.library)

    def register_buffers(
        self,
        row: ChannelConfig | DigitalPortConfig,
        mode: DownsampleMode,
        buffers: NDArray[Any],
    ) -> None:
        """Hand the driver the memory it delivers a channel or port into.

        :param buffers: int16, or int8 if :attr:`has_byte_buffers`; shape ``(1, n)``, or ``(2, n)``
            (max, min) in aggregate mode. The driver writes to it until
            :meth:`release_all_buffers`; the caller keeps it alive.
        """
        addresses: list[int | None] = [half.ctypes.data for half in buffers]
        if buffers.itemsize == 1:
            function = SET_BYTE_BUFFERS
            addresses += [None] * (2 - len(addresses))
        else:
            function = "ps5000aSetDataBuffers" if len(addresses) == 2 else "ps5000aSetDataBuffer"
        known = _Buffers(function, row.index, addresses, buffers.shape[1], mode.ratio_mode)
        self._buffers.append(known)
        self._set_buffers(known)

    def register_again(self) -> None:
        """Hand the driver all memory that it has: it may have forgotten about it."""
        for known in self._buffers:
            self._set_buffers(known)

    def release_all_buffers(self) -> None:
        """Take the memory back from the driver; one that is gone has no use for it anyway."""
        registered, self._buffers = self._buffers, []
        for known in registered:
            nowhere: list[int | None] = [None] * len(known.addresses)
            with suppress(DriverError):
                self._set_buffers(known._replace(addresses=nowhere, n_samples=0))

    def _set_buffers(self, known: _Buffers) -> None:
        where = known.input_index, *known.addresses, known.n_samples
        self.call(known.function, *where, 0, known.ratio_mode)
