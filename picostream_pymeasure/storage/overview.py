"""The overview: levels of bins, each summarising more samples, made while the stream is recorded.

``/channels/<X>/overview/b<factor>`` is of shape ``(n, 4)`` and the counts' type: first, min, max
and last count of ``factor`` samples, the last bin of what there is. Of a digital port the bits that
are 1 in all samples stand in for the min and those that are 1 in any for the max, so that a pulse
of one sample is seen at every level. A picture of any window needs about as many bins of one level
as it has columns, so its cost depends on its width alone.
In aggregate mode a bin spans ``factor`` (min, max) pairs, and "first" and "last" are the first min
and the last max.
"""

from __future__ import annotations

#: Samples per bin of each level.
FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)

COLUMNS = ("first", "min", "max", "last")
PORT_COLUMNS = ("first", "and", "or", "last")
