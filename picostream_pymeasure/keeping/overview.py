"""The overview of a whole stream in so many bins; without Python."""

from __future__ import annotations

from numba import carray, njit

from ..kernels.envelope import extremes
from ..system.native import as_pointer
from .context import OVERVIEW_BINS


@njit(nogil=True, cache=True)
def bins_of(keeper, index, values):  # type: ignore[no-untyped-def]
    """Smallest and largest of each bin of an input.

    :param values: an array of the counts' type.
    """
    address = keeper.bins_address + 2 * index * OVERVIEW_BINS * keeper.item_bytes
    return carray(as_pointer(address), (OVERVIEW_BINS, 2), values.dtype)


@njit(nogil=True, cache=True)
def make_room(keeper, stop, values):  # type: ignore[no-untyped-def]
    """Let bins become so long that there are enough up to a sample.

    :param values: an array of the counts' type.
    """
    while stop > keeper.samples_per_bin * OVERVIEW_BINS:
        n_bins = -(-keeper.received // keeper.samples_per_bin)
        for index in range(keeper.n_inputs):
            bins = bins_of(keeper, index, values)
            for pair in range((n_bins + 1) // 2):
                first, last = 2 * pair, min(2 * pair + 1, n_bins - 1)
                bins[pair, 0] = min(bins[first, 0], bins[last, 0])
                bins[pair, 1] = max(bins[first, 1], bins[last, 1])
        keeper.samples_per_bin *= 2
        keeper.first_bin = 0


@njit(nogil=True, cache=True)
def add_to_bins(keeper, index, values):  # type: ignore[no-untyped-def]
    """Take samples of an input from ``keeper.received`` on."""
    bins = bins_of(keeper, index, values)
    size, at = keeper.samples_per_bin, 0
    while at < values.size:
        number, within = divmod(keeper.received + at, size)
        count = min(size - within, values.size - at)
        low, high = extremes(values[at : at + count])
        if within == 0:
            bins[number, 0], bins[number, 1] = low, high
        else:
            bins[number, 0] = min(bins[number, 0], low)
            bins[number, 1] = max(bins[number, 1], high)
        at += count
