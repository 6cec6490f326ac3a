"""The overview: levels of bins, each summarising more samples, made while the stream is recorded.

``/channels/<X>/overview/b<factor>`` is of shape ``(n, 4)`` and the counts' type: first, min, max
and last count of ``factor`` samples, the last bin of what there is. A picture of any window needs
about as many bins of one level as it has columns, so its cost depends on its width alone.
In aggregate mode a bin spans ``factor`` (min, max) pairs, and "first" and "last" are the first min
and the last max.
"""

from __future__ import annotations

#: Samples per bin of each level.
FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)

COLUMNS = ("first", "min", "max", "last")
