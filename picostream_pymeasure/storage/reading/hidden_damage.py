"""Looks at some of HDF5's structures before HDF5 does: with damaged ones it loops, or divides by 0.

Texts of attributes lie in *global heap collections* ("GCOL"), which have no checksum: a header of
16 bytes, then objects of a header (index, references, reserved, size) and data padded to 8 bytes;
the one with index 0 is the free rest (HDF5 file format, section III.E).

Other headers have a checksum, but one that is right says nothing of their numbers. A version 2
B-tree ("BTHD"): signature, version, type, size of a node and of a record in bytes, depth, at which
shares in percent nodes are split and merged, where the root lies, records of the root and of the
tree (III.A.2). HDF5 reads records of the size that the type has, whatever size the header tells; it
takes memory for as many links as the tree tells, and uses all of it. A fractal heap ("FRHP"), from
byte 110 on: blocks in a row, smallest and largest block in bytes, bits of the largest heap's size
(III.G).
"""

from __future__ import annotations

import re
import struct

from ..bytes.raw_file import Readable

_SIGNATURE_BYTES = 5

_TEXTS, _TEXT = struct.Struct("<8xQ"), struct.Struct("<HHIQ")
_TREE, _HEAP = struct.Struct("<5xBIHHBB8xHQ"), struct.Struct("<110xHQQH")

#: Longer reads are of samples: a collection is first read as 4096 bytes, whatever its size.
_SEARCHED_BYTES = 1 << 16

#: What a node needs beside its records, and far more than any program gives it.
_LEAST_NODE_BYTES, _MOST_NODE_BYTES = 64, 1 << 20
_NODE_FRAME_BYTES = 10
_MOST_DEPTH = 16

#: Bytes of a record by the type of the tree: objects too large for a heap, names and order of
#: links, shared messages, names and order of attributes. Those of chunks depend on the dataset.
_RECORD_BYTES = {1: 24, 2: 36, 3: 16, 4: 28, 5: 11, 6: 15, 7: 17, 8: 17, 9: 13}
_OF_CHUNKS, _LEAST_CHUNK_BYTES = (10, 11), 16

#: HDF5 makes blocks of up to 64 KB.
_MOST_BLOCK_BYTES, _MOST_HEAP_BITS = 1 << 30, 64


def hide_damaged(content: Readable, position: int, target: memoryview) -> None:
    """Blank the signatures of structures that cannot be, so that HDF5 refuses them at once.

    :param position: where in ``content`` the bytes in ``target`` come from.
    """
    # HDF5 leaves out what it has read already, so that a signature may have begun before
    margin = min(_SIGNATURE_BYTES - 1, position)
    size = len(target) if len(target) <= _SEARCHED_BYTES else _SIGNATURE_BYTES
    searched = content.read(position - margin, margin) + bytes(target[:size])
    for found in re.finditer(b"|".join(_CHECKS), searched):
        start = position - margin + found.start()
        header, is_sound = _CHECKS[found[0]]
        if start + header.size > content.size() or not is_sound(content, start):
            begin, stop = max(found.start() - margin, 0), found.end() - margin
            target[begin:stop] = bytes(stop - begin)


def _are_sound_texts(content: Readable, start: int) -> bool:
    """Whether a collection lies in the file and its objects fill it."""
    position = start + _TEXTS.size
    end = start + _TEXTS.unpack(content.read(start, _TEXTS.size))[0]
    if end > content.size():
        return False
    seen = set()
    while end - position >= _TEXT.size:
        index, _, _, n_bytes = _TEXT.unpack(content.read(position, _TEXT.size))
        if index == 0:
            return bool(n_bytes == end - position)
        step = _TEXT.size + (n_bytes + 7) // 8 * 8
        if index in seen or step > end - position:
            return False
        seen.add(index)
        position += step
    return True


def _is_sound_tree(content: Readable, start: int) -> bool:
    """Whether records are as large as their type, fit into the nodes and the file, and are all."""
    found = _TREE.unpack(content.read(start, _TREE.size))
    kind, node_bytes, record_bytes, depth, split, merge, of_root, of_tree = found
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
        and of_root * record_bytes <= node_bytes - _NODE_FRAME_BYTES
        and of_tree * record_bytes <= content.size()
        and (of_tree > of_root if depth else of_tree == of_root)
    )


def _is_sound_heap(content: Readable, start: int) -> bool:
    """Whether blocks and their number in a row are powers of two, and fit into the heap."""
    width, least_bytes, most_bytes, bits = _HEAP.unpack(content.read(start, _HEAP.size))
    return bool(
        all(size > 0 and size & (size - 1) == 0 for size in (width, least_bytes, most_bytes))
        and least_bytes <= most_bytes <= _MOST_BLOCK_BYTES
        and (width * most_bytes).bit_length() <= bits <= _MOST_HEAP_BITS
    )


#: By signature: the header, and what looks at one.
_CHECKS = {
    b"GCOL\x01": (_TEXTS, _are_sound_texts),
    b"BTHD\x00": (_TREE, _is_sound_tree),
    b"FRHP\x00": (_HEAP, _is_sound_heap),
}
