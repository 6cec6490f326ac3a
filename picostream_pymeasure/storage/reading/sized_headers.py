"""Looks at headers of HDF5's structures before HDF5 does: it divides by the sizes in them unseen.

They have a checksum, but one that is right says nothing of their numbers. A version 2 B-tree
("BTHD"): signature, version, type, size of a node and of a record in bytes, depth, and at which
shares in percent nodes are split and merged (HDF5 file format, section III.A.2). HDF5 reads records
of the size that the type has, whatever size the header tells. A fractal heap
("FRHP"), from byte 110 on: blocks in a row, smallest and largest block in bytes, bits of the
largest heap's size (III.G).
"""

from __future__ import annotations

import struct

from ..bytes.raw_file import Readable

_TREE, _TREE_HEADER = b"BTHD\x00", struct.Struct("<4sBBIHHBB")
_HEAP, _HEAP_HEADER = b"FRHP\x00", struct.Struct("<110xHQQH")

#: Longer reads are of samples.
_SEARCHED_BYTES = 1 << 16

#: What a node needs beside its records, and far more than any program gives it.
_LEAST_NODE_BYTES, _MOST_NODE_BYTES = 64, 1 << 20
_MOST_DEPTH = 16

#: Bytes of a record by the type of the tree: objects too large for a heap, names and order of
#: links, shared messages, names and order of attributes. Those of chunks depend on the dataset.
_RECORD_BYTES = {1: 24, 2: 36, 3: 16, 4: 28, 5: 11, 6: 15, 7: 17, 8: 17, 9: 13}
_OF_CHUNKS, _LEAST_CHUNK_BYTES = (10, 11), 16


#: HDF5 makes blocks of up to 64 KB.
_MOST_BLOCK_BYTES, _MOST_HEAP_BITS = 1 << 30, 64


def hide_damaged_headers(content: Readable, position: int, target: memoryview) -> None:
    """Blank the signatures of headers that cannot be, so that HDF5 refuses them.

    :param position: where in ``content`` the bytes in ``target`` come from.
    """
    if len(target) > _SEARCHED_BYTES:
        return
    searched = bytes(target)
    for signature, header, is_sound in (
        (_TREE, _TREE_HEADER, _is_sound_tree),
        (_HEAP, _HEAP_HEADER, _is_sound_heap),
    ):
        at = searched.find(signature)
        while at >= 0:
            start = position + at
            is_whole = start + header.size <= content.size()
            if not is_whole or not is_sound(*header.unpack(content.read(start, header.size))):
                target[at : at + len(signature)] = bytes(len(signature))
            at = searched.find(signature, at + len(signature))


def _is_sound_tree(
    _signature: bytes,
    _version: int,
    kind: int,
    node_bytes: int,
    record_bytes: int,
    depth: int,
    split: int,
    merge: int,
) -> bool:
    """Whether records are as large as their type, fit into a node, and nodes may be split."""
    if kind in _OF_CHUNKS:
        is_of_kind = record_bytes >= _LEAST_CHUNK_BYTES
    else:
        is_of_kind = record_bytes == _RECORD_BYTES.get(kind)
    return bool(
        is_of_kind
        and _LEAST_NODE_BYTES <= node_bytes <= _MOST_NODE_BYTES
        and 2 * record_bytes <= node_bytes
        and depth <= _MOST_DEPTH
        and 0 < merge < split <= 100
    )


def _is_sound_heap(width: int, least_bytes: int, most_bytes: int, bits: int) -> bool:
    """Whether blocks and their number in a row are powers of two, and fit into the heap."""
    sizes = (width, least_bytes, most_bytes)
    return bool(
        all(size > 0 and size & (size - 1) == 0 for size in sizes)
        and least_bytes <= most_bytes <= _MOST_BLOCK_BYTES
        and (width * most_bytes).bit_length() <= bits <= _MOST_HEAP_BITS
    )
