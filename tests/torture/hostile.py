"""Changes to a file that no recorder makes: of chance, of broken copies, and of malice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..support.hdf5 import Structure
from ..support.hdf5.lookup3 import lookup3

_PAGE = 4096


class Changer:
    """Makes another file of the same one for each seed.

    :param content: the file.
    :param structures: its checksummed parts.
    """

    def __init__(self, content: bytes, structures: list[Structure]) -> None:
        self._content = content
        self._structures = structures
        self._ways: list[Callable[[np.random.Generator, bytearray], str]] = [
            self._bytes_anywhere,
            self._byte_of_a_structure,
            self._sealed_byte,
            self._sealed_word,
            self._cut_off,
            self._longer,
            self._zeroed_pages,
            self._swapped_pages,
        ]

    def changed(self, seed: int) -> tuple[str, bytes]:
        """What was done, and the file."""
        rng = np.random.default_rng(seed)
        content = bytearray(self._content)
        done = self._ways[seed % len(self._ways)](rng, content)
        return done, bytes(content)

    def _bytes_anywhere(self, rng: np.random.Generator, content: bytearray) -> str:
        places = rng.integers(0, len(content), int(rng.integers(1, 9)))
        for place in places:
            content[place] ^= int(rng.integers(1, 256))
        return f"bytes at {places.tolist()}"

    def _structure(self, rng: np.random.Generator) -> Structure:
        """Any kind as likely as another."""
        kinds = sorted({part.kind for part in self._structures})
        kind = kinds[int(rng.integers(len(kinds)))]
        parts = [part for part in self._structures if part.kind == kind]
        return parts[int(rng.integers(len(parts)))]

    def _byte_of_a_structure(self, rng: np.random.Generator, content: bytearray) -> str:
        part = self._structure(rng)
        place = part.start + int(rng.integers(part.length))
        content[place] ^= int(rng.integers(1, 256))
        return f"{part.kind} at {part.start}, byte {place}"

    def _sealed_byte(self, rng: np.random.Generator, content: bytearray) -> str:
        part = self._structure(rng)
        place = part.start + int(rng.integers(part.length - 4))
        content[place] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.integers(256)]))
        _seal(content, part)
        return f"{part.kind} at {part.start}, byte {place}, with its checksum"

    def _sealed_word(self, rng: np.random.Generator, content: bytearray) -> str:
        """Positions, lengths and counts are words of 8 bytes; limits are where it hurts."""
        part = self._structure(rng)
        place = part.start + int(rng.integers(max(part.length - 12, 1)))
        limits = [0, 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1, len(content), part.start]
        word = limits[int(rng.integers(len(limits)))]
        content[place : place + 8] = word.to_bytes(8, "little")
        _seal(content, part)
        return f"{part.kind} at {part.start}, word {place} = {word}, with its checksum"

    def _cut_off(self, rng: np.random.Generator, content: bytearray) -> str:
        kept = int(rng.choice([rng.integers(len(content)), rng.integers(4096)]))
        del content[kept:]
        return f"cut off at {kept}"

    def _longer(self, rng: np.random.Generator, content: bytearray) -> str:
        content += rng.bytes(int(rng.integers(1, 100_000)))
        return "something behind the end"

    def _pages(self, rng: np.random.Generator, count: int) -> list[int]:
        return [int(page) * _PAGE for page in rng.integers(0, len(self._content) // _PAGE, count)]

    def _zeroed_pages(self, rng: np.random.Generator, content: bytearray) -> str:
        pages = self._pages(rng, int(rng.integers(1, 5)))
        for page in pages:
            content[page : page + _PAGE] = bytes(_PAGE)
        return f"zeros at {pages}"

    def _swapped_pages(self, rng: np.random.Generator, content: bytearray) -> str:
        one, other = self._pages(rng, 2)
        kept = content[one : one + _PAGE]
        content[one : one + _PAGE] = content[other : other + _PAGE]
        content[other : other + _PAGE] = kept
        return f"pages at {one} and {other} swapped"


def _seal(content: bytearray, part: Structure) -> None:
    content[part.stop - 4 : part.stop] = lookup3(content[part.start : part.stop - 4]).to_bytes(
        4, "little"
    )
