"""What the end of a recording writes down before it rewrites the root's attributes in place.

They take several sectors; when the end is interrupted there, repair writes them again. So do the
tables of a live-only file, whose rows get another order then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xxhash import xxh3_64_intdigest

from .records import CLOSING_MAGIC

_HEAD_BYTES, _PLACE_BYTES = 32, 16


def closing_bytes(sizes: Sequence[int]) -> int:
    """Bytes of the record of pieces of such sizes."""
    return _HEAD_BYTES + sum(_PLACE_BYTES + size for size in sizes)


def make_closing_record(blocks: list[tuple[int, bytes]]) -> bytes:
    """Positions and contents of the pieces that are rewritten, with their checksum."""
    places = np.array([(position, len(content)) for position, content in blocks], "<i8").tobytes()
    payload = places + b"".join(content for _, content in blocks)
    head = (CLOSING_MAGIC, len(blocks), len(payload), xxh3_64_intdigest(payload))
    return np.array(head, np.uint64).tobytes() + payload


def read_closing_record(content: bytes) -> list[tuple[int, bytes]]:
    """The pieces that an end began to write; none if it had not begun."""
    magic, n_blocks, size, digest = (int(word) for word in np.frombuffer(content, "<u8", 4))
    payload = content[_HEAD_BYTES:][:size]
    if magic != CLOSING_MAGIC or xxh3_64_intdigest(payload) != digest:
        return []
    blocks, at = [], _PLACE_BYTES * n_blocks
    for position, length in np.frombuffer(payload, "<i8", 2 * n_blocks).reshape(-1, 2).tolist():
        blocks.append((position, payload[at : at + length]))
        at += length
    return blocks
