"""Attributes for programs that were written for PicoStream's files."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.config import (
    RANGES_V,
    ChannelConfig,
    Coupling,
    DownsampleMode,
    StreamConfig,
)
from picostream_pymeasure.records import StreamDescription
from picostream_pymeasure.storage.layout.attributes import picostream_attributes


def names_of(config: StreamConfig) -> dict[str, Any]:
    return picostream_attributes(StreamDescription(config, 8.0, 32512, 4096, "2024-05-06"))


@pytest.mark.parametrize(
    ("range_v", "name"),
    [(0.01, "PS5000A_10MV"), (0.5, "PS5000A_500MV"), (1.0, "PS5000A_1V"), (20.0, "PS5000A_20V")],
)
def test_ranges_have_the_drivers_names(range_v: float, name: str) -> None:
    channel = ChannelConfig("B", range_v, Coupling.AC)
    found = names_of(StreamConfig(channels=(channel,)))
    assert found["channel_a_range"] == name
    assert found["channel_a_coupling"] == "PS5000A_AC"


def test_every_range_has_a_name_of_its_own() -> None:
    configs = [StreamConfig(channels=(ChannelConfig("A", range_v),)) for range_v in RANGES_V]
    names = {names_of(config)["channel_a_range"] for config in configs}
    assert len(names) == len(RANGES_V)


def test_pairs_are_told() -> None:
    config = StreamConfig(
        channels=(ChannelConfig("A"),), downsample_mode=DownsampleMode.AGGREGATE, downsample_ratio=4
    )
    assert names_of(config)["aggregate_format"] == "interleaved_min_max"
