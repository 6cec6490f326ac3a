"""Turns columns of voltages into pixels, row by row: a fifth of the time Qt's lines take."""

from __future__ import annotations

import numpy as np
from numba import float32, float64, int32, int64, njit, uint32, void
from numpy.typing import NDArray

#: Columns of so many rows or less are drawn in full, taller ones fainter, down to this share.
_BRIGHT_ROWS = 24.0
_FAINTEST = 0.2

#: Where a column of pixels shows nothing: its first row lies below its last one.
_NOTHING = np.int32(2**30)


@njit(nogil=True, cache=True, inline="always")
def _row(value, offset, scale, n_rows):  # type: ignore[no-untyped-def]
    """The row that a voltage lies in, or one just outside."""
    return int(np.floor(min(max(offset + scale * value, -1.0), n_rows + 0.0)))


@njit(
    void(float64[:, ::1], float64, float64, float64, float64, int64, int32[::1], int32[::1]),
    nogil=True,
    cache=True,
)
def find_spans(
    columns: NDArray[np.float64],
    first_px: float,
    pitch_px: float,
    offset_px: float,
    scale_px: float,
    n_rows: int,
    tops: NDArray[np.int32],
    bottoms: NDArray[np.int32],
) -> None:
    """Find the rows that the trace covers in each column of pixels.

    A column covers what lies between its min and max, and half the way to the last value of the
    column before and to the first value of the one after: the line between two columns passes half
    of its height in each.

    :param columns: float64, shape ``(n, 4)``: first, min, max and last; NaN where there is none.
    :param first_px: left edge of the first one, in pixels.
    :param pitch_px: width of each.
    :param offset_px: row of 0 V; ``scale_px`` rows a volt are added.
    :param tops: int32, shape ``(width,)``; written: the first row, or one below ``bottoms``.
    :param bottoms: int32, shape ``(width,)``; written: the last row.
    """
    n_columns = columns.shape[0]
    for pixel in range(tops.size):
        tops[pixel], bottoms[pixel] = _NOTHING, -1
        begin = int(np.floor((pixel - first_px) / pitch_px + 0.5))
        end = int(np.floor((pixel + 1 - first_px) / pitch_px + 0.5))
        if end <= begin:  # several pixels a column: the one that the pixel's middle lies in
            begin = int(np.floor((pixel + 0.5 - first_px) / pitch_px))
            end = begin + 1
        begin, end = max(begin, 0), min(end, n_columns)
        low, high = np.inf, -np.inf
        for index in range(begin, end):
            if not np.isnan(columns[index, 1]):
                low, high = min(low, columns[index, 1]), max(high, columns[index, 2])
        if low > high:
            continue
        if begin > 0 and not np.isnan(columns[begin - 1, 3]) and not np.isnan(columns[begin, 0]):
            middle = (columns[begin - 1, 3] + columns[begin, 0]) / 2
            low, high = min(low, middle), max(high, middle)
        if end < n_columns and not np.isnan(columns[end, 0]) and not np.isnan(columns[end - 1, 3]):
            middle = (columns[end - 1, 3] + columns[end, 0]) / 2
            low, high = min(low, middle), max(high, middle)
        one, other = (
            _row(low, offset_px, scale_px, n_rows),
            _row(high, offset_px, scale_px, n_rows),
        )
        tops[pixel], bottoms[pixel] = min(one, other), max(one, other)


@njit(void(int32[::1], int32[::1], int64), nogil=True, cache=True)
def thicken(tops: NDArray[np.int32], bottoms: NDArray[np.int32], width_px: int) -> None:
    """Make the line ``width_px`` wide, down and to the right, as a pen of that width does."""
    for _ in range(width_px - 1):
        for pixel in range(tops.size):
            if bottoms[pixel] >= tops[pixel]:
                bottoms[pixel] += 1
        for pixel in range(tops.size - 1, 0, -1):
            if bottoms[pixel - 1] >= tops[pixel - 1]:
                tops[pixel] = min(tops[pixel], tops[pixel - 1])
                bottoms[pixel] = max(bottoms[pixel], bottoms[pixel - 1])


@njit(int64(int64, int64), nogil=True, cache=True)
def _bit_of(choice, number):  # type: ignore[no-untyped-def]
    """Which bit of a choice is set after so many others."""
    bit = 0
    while True:
        if choice >> bit & 1:
            if number == 0:
                return bit
            number -= 1
        bit += 1


@njit(
    void(
        int32[:, :, ::1],
        int32[:, :, ::1],
        int64,
        int64,
        int64,
        uint32[:, ::1],
        uint32[:, ::1],
        uint32[:, ::1],
        uint32[:, ::1],
    ),
    nogil=True,
    cache=True,
)
def paint_spans(
    spans: NDArray[np.int32],
    within: NDArray[np.int32],
    first_row: int,
    width_px: int,
    step_px: int,
    outlines: NDArray[np.uint32],
    fillings: NDArray[np.uint32],
    pale: NDArray[np.uint32],
    pixels: NDArray[np.uint32],
) -> None:
    """Paint the spans of some traces into an image: all that they fill, then all their outlines.

    What several have in common is striped; stripes lie still on the screen, and go up to the right.

    :param spans: int32, shape ``(n, 2, width)``: of each trace the first and the last rows.
    :param within: likewise, the rows of these that are not pale; ``(0, 2, width)`` where none is.
    :param first_row: the row that the image begins with.
    :param width_px: of the outline.
    :param step_px: of the stripes, which are some steps wide.
    :param outlines: uint32, shape ``(2**n, steps)``, premultiplied ARGB: of the outlines of traces
        together, step by step from a stripe to its next; bit k of the index stands for trace k.
    :param fillings: of what traces fill together, likewise.
    :param pale: of what they fill where they are pale, likewise.
    :param pixels: uint32, shape ``(rows, width)``; written.
    """
    n_traces, _, n_pixels = spans.shape
    n_rows, n_steps = pixels.shape[0], fillings.shape[1]
    has_pale = within.shape[0] > 0
    # the rows in which each trace begins and its filling begins, those behind their ends, and
    # where the filling begins and ends to be more than pale
    n_edges = 6 if has_pale else 4
    rows = np.empty((n_pixels, n_traces, n_edges), np.int32)
    # a column of pixels changes in these alone: of each row the columns that do so are linked
    heads, following = np.full(n_rows, -1, np.int32), np.empty(rows.size, np.int32)
    for pixel in range(n_pixels):
        left, right = max(pixel - width_px, 0), min(pixel + width_px, n_pixels - 1)
        for trace in range(n_traces):
            top, bottom = spans[trace, 0, pixel], spans[trace, 1, pixel]
            rows[pixel, trace, 0], rows[pixel, trace, 3] = top - first_row, bottom + 1 - first_row
            is_there = top <= bottom
            for side in (left, right):
                # a trace that begins or ends has no outline there; of its first and last column
                # of pixels only a part may be filled
                beyond = min(max(2 * side - pixel, 0), n_pixels - 1)
                if (
                    max(
                        spans[trace, 0, side] - spans[trace, 1, side],
                        spans[trace, 0, beyond] - spans[trace, 1, beyond],
                    )
                    <= 0
                ):
                    top = max(top, spans[trace, 0, side])
                    bottom = min(bottom, spans[trace, 1, side])
            rows[pixel, trace, 1] = top + width_px - first_row
            rows[pixel, trace, 2] = bottom - width_px + 1 - first_row
            if has_pale:
                rows[pixel, trace, 4] = within[trace, 0, pixel] - first_row
                rows[pixel, trace, 5] = within[trace, 1, pixel] + 1 - first_row
            if is_there:
                is_filled = rows[pixel, trace, 1] < rows[pixel, trace, 2]
                for number in range(0, n_edges, 1 if is_filled or has_pale else 3):
                    row = max(rows[pixel, trace, number], 0)
                    if row < n_rows:
                        change = (pixel * n_traces + trace) * n_edges + number
                        following[change], heads[row] = heads[row], change
    # what a row looks like, by where the stripes are in it
    lines = np.zeros((n_steps, n_pixels), np.uint32)
    first_lines = -(np.arange(n_pixels) // step_px) % n_steps
    for row in range(n_rows):
        change = heads[row]
        while change >= 0:
            pixel = change // (n_edges * n_traces)
            filled, outlined, full = 0, 0, 0
            for trace in range(n_traces):
                if not rows[pixel, trace, 0] <= row < rows[pixel, trace, 3]:
                    continue
                is_pale = False
                if has_pale:
                    is_pale = not rows[pixel, trace, 4] <= row < rows[pixel, trace, 5]
                if is_pale or rows[pixel, trace, 1] <= row < rows[pixel, trace, 2]:
                    filled |= 1 << trace
                    full |= 0 if is_pale else 1 << trace
                else:
                    outlined |= 1 << trace
            number = first_lines[pixel]
            if outlined or full == filled:
                colours = outlines[outlined] if outlined else fillings[filled]
                for step in range(n_steps):
                    lines[number, pixel] = colours[step]
                    number = number + 1 if number + 1 < n_steps else 0
            else:
                count = 0
                for trace in range(n_traces):
                    count += filled >> trace & 1
                for step in range(n_steps):
                    is_full = full >> _bit_of(filled, step * count // n_steps) & 1
                    lines[number, pixel] = (fillings if is_full else pale)[filled, step]
                    number = number + 1 if number + 1 < n_steps else 0
            change = following[change]
        pixels[row] = lines[(row + first_row) // step_px % n_steps]


@njit(void(int32[::1], int32[::1], float32[::1]), nogil=True, cache=True)
def find_densities(
    tops: NDArray[np.int32], bottoms: NDArray[np.int32], brightness: NDArray[np.float32]
) -> None:
    """Find how bright each column is: a trace that runs up and down is seldom at any place.

    :param brightness: float32, shape ``(width,)``; written: 0 to 1.
    """
    for pixel in range(tops.size):
        height = max(bottoms[pixel] - tops[pixel] + 1, 1)
        brightness[pixel] = _FAINTEST + (1 - _FAINTEST) * min(_BRIGHT_ROWS / height, 1.0)


@njit(
    void(int32[::1], int32[::1], float32[::1], float32, uint32, float32[:, ::1], uint32[:, ::1]),
    nogil=True,
    cache=True,
)
def paint_density(
    tops: NDArray[np.int32],
    bottoms: NDArray[np.int32],
    brightness: NDArray[np.float32],
    decay: float,
    colour: int,
    glow: NDArray[np.float32],
    pixels: NDArray[np.uint32],
) -> None:
    """Add the spans to what glows from before, and paint all of it.

    :param brightness: float32, shape ``(width,)``; added within the spans.
    :param decay: what is left of the glow before, 0 to 1.
    :param glow: float32, shape ``(rows, width)``, 0 to 1; changed.
    :param pixels: uint32, premultiplied ARGB of the same shape; written.
    """
    red, green, blue = (colour >> 16) & 255, (colour >> 8) & 255, colour & 255
    for row in range(pixels.shape[0]):
        line, before = pixels[row], glow[row]
        number = int32(row)
        for pixel in range(line.size):
            value = before[pixel] * decay
            if tops[pixel] <= number <= bottoms[pixel]:
                value += brightness[pixel]
            value = min(value, float32(1))
            before[pixel] = value
            line[pixel] = (
                (uint32(value * 255) << 24)
                | (uint32(red * value) << 16)
                | (uint32(green * value) << 8)
                | uint32(blue * value)
            )
