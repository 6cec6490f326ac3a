"""The record of what is published, read back."""

from __future__ import annotations

import numpy as np
import pytest

from picostream_pymeasure.storage.layout.records import (
    ENTERED,
    FORGOTTEN,
    MAGIC,
    RECORD_WORDS,
    SAMPLES,
    STATE_MAGIC,
    TABLE_ROWS,
    UNITS,
    UNIX_NS,
    sealed,
)
from picostream_pymeasure.storage.reading.published import Published, parse_published


def read(**numbers: int) -> Published | None:
    words = np.zeros(RECORD_WORDS, np.int64)
    words[MAGIC], words[SAMPLES], words[UNIX_NS] = STATE_MAGIC, 5000, numbers.get("unix_ns", 1)
    if "word" in numbers:
        words[numbers["word"]] = -1
    return parse_published(sealed(words), STATE_MAGIC)


@pytest.mark.parametrize("unix_ns", [-(2**62), -1, 0, 2**62])
def test_it_counts_whatever_the_clock_of_the_computer_was_set_to(unix_ns: int) -> None:
    found = read(unix_ns=unix_ns)
    assert found is not None
    assert (found.samples, found.unix_s) == (5000, pytest.approx(unix_ns * 1e-9))


@pytest.mark.parametrize("word", [SAMPLES, TABLE_ROWS, TABLE_ROWS + 3, UNITS, ENTERED, FORGOTTEN])
def test_what_nothing_can_count_is_damage(word: int) -> None:
    assert read(word=word) is None
