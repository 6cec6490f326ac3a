"""Texts and attributes of the file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import DownsampleMode, StreamConfig
from picostream_pymeasure.errors import DiskFullError, OutputExistsError, StorageError
from picostream_pymeasure.records import Health, Outcome, StreamDescription
from picostream_pymeasure.storage.failures import write_error
from picostream_pymeasure.storage.layout import grid_for
from picostream_pymeasure.storage.layout.attributes import (
    FINAL_ATTRIBUTES,
    attribute_bytes,
    attribute_values,
    dataset_attributes,
    final_values,
)
from picostream_pymeasure.storage.schema import counts_path, fixed_text


def initial_values(description: StreamDescription) -> dict[str, Any]:
    return attribute_values(description, grid_for(description, None), None)


@pytest.mark.parametrize(
    ("mode", "ratio", "interval_s"), [("none", 1, 1e-6), ("average", 16, 16e-6)]
)
def test_counts_say_how_far_apart_they_are(mode: str, ratio: int, interval_s: float) -> None:
    assert counts_interval_s(mode, ratio) == pytest.approx(interval_s)


def test_pairs_share_the_time_of_their_sample() -> None:
    assert counts_interval_s("aggregate", 16) == pytest.approx(8e-6)


def counts_interval_s(mode: str, ratio: int) -> float:
    config = StreamConfig(downsample_mode=DownsampleMode(mode), downsample_ratio=ratio)
    description = StreamDescription(config, 1000.0, 32767, 4096, "2026-01-01T00:00:00+00:00")
    interval_s: float = dataset_attributes(counts_path("A"), description)["interval_s"]
    return interval_s


def test_sentences_are_cut_and_json_is_not() -> None:
    assert attribute_bytes("é" * 10, 5) == "éé".encode() + b"\0"
    assert attribute_bytes('{"a": 1}', 5) is None
    assert attribute_bytes('{"a": 1}', 10) == b'{"a": 1}\0\0'


@pytest.mark.parametrize(
    ("text", "size", "stored"),
    [("pool full", 32, b"pool full"), ("", 4, b""), ("abc", 2, b"ab"), ("aé", 2, b"a")],
)
def test_texts_are_cut_between_characters(text: str, size: int, stored: bytes) -> None:
    assert fixed_text(text, size) == stored


@pytest.mark.parametrize(
    ("complete", "gaps", "status"),
    [
        (True, 0, "complete"),
        (True, 1, "incomplete"),
        (False, 0, "incomplete"),
        (False, 1, "incomplete"),
    ],
)
def test_complete_means_asked_for_and_nothing_missing(
    complete: bool, gaps: int, status: str
) -> None:
    outcome = Outcome("target" if complete else "failed", "The duration was reached.", Health())
    attributes = final_values(outcome, 100, 7 * gaps, gaps)
    assert attributes["status"] == status
    assert attributes["reason"].startswith("The duration was reached.")
    assert ("7 samples" in attributes["reason"]) == bool(gaps)


def test_every_final_attribute_exists_from_the_start() -> None:
    first = initial_values(StreamDescription(StreamConfig(), 16.0, 32767, 10, "2024-05-06"))
    outcome = Outcome("target", "", Health(), simulation={"seed": 1})
    assert set(final_values(outcome, 0, 0, 0)) <= set(FINAL_ATTRIBUTES) <= set(first)


def test_metadata_may_hold_what_json_does_not_know() -> None:
    metadata = {"array": np.arange(3), "scalar": np.float32(1.5), "object": object, "nan": np.nan}
    description = StreamDescription(
        StreamConfig(), 16.0, 32767, 10, "2024-05-06", metadata=metadata
    )
    stored = json.loads(initial_values(description)["metadata"])
    assert stored["array"] == [0, 1, 2]
    assert stored["scalar"] == 1.5
    assert stored["nan"] == "NaN", "JSON knows none"
    assert "object" in stored["object"]


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (OSError(28, "x"), DiskFullError, "No space left"),
        (OSError(27, "x"), DiskFullError, "too large"),
        (OSError(5, "x"), StorageError, "Input/output error"),
        (OSError("no lock\nmore"), StorageError, "no lock."),
        (FileExistsError(17, "x"), OutputExistsError, "exists"),
        (OSError(), StorageError, "OSError"),
    ],
)
def test_errors_of_the_system_become_ours(tmp_path, error, kind, text) -> None:
    made = write_error(tmp_path / "a.hdf5", error)
    assert type(made) is kind
    assert "a.hdf5" in str(made)
    assert text in str(made)
    assert "more" not in str(made)
