"""Names that there are not, looked up where inputs have names."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A, PicoStreamReader
from picostream_pymeasure.errors import ConfigurationError, UnknownNameError, sentence


@pytest.fixture(scope="module")
def looked_up(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Mapping[str, Any]]:
    """What is looked up by name, of each kind."""
    path = tmp_path_factory.mktemp("names") / "captures.hdf5"
    with PicoScope5000A(simulated="variant=5444DMSO") as scope:
        scope.sample_rate = 1e6
        acquired = scope.acquire(samples=10)
        captures = scope.capture(samples=10, captures=2)
        scope.capture(path, samples=10, captures=2)
        found = {"channels": scope.channels, "digital_ports": scope.digital_ports}
    with PicoStreamReader(path) as reader:
        found["recorded"] = reader.captures[0].voltages_mv
    for kind, each in (("acquired", acquired), ("captures", captures)):
        for name in ("counts", "voltages", "digital", "over_range"):
            found[f"{kind}.{name}"] = getattr(each, name)
    return found


@pytest.mark.parametrize("name", ["E", "a", "", 0, None])
def test_a_name_that_there_is_not_is_refused_in_a_sentence(
    looked_up: dict[str, Mapping[str, Any]], name: Any
) -> None:
    for kind, mapping in looked_up.items():
        there_are = f"there is {', '.join(mapping)}." if mapping else "there is none."
        with pytest.raises(ConfigurationError) as refusal:
            mapping[name]
        assert str(refusal.value).startswith("There is no "), kind
        assert str(refusal.value).endswith(f" {name!r}; {there_are}"), kind
        assert isinstance(refusal.value, KeyError)
        assert sentence(refusal.value) == str(refusal.value)
        assert name not in mapping
        assert mapping.get(name) is None


def test_what_is_looked_up_by_name_is_copied_as_it_is(
    looked_up: dict[str, Mapping[str, Any]],
) -> None:
    recorded = looked_up["recorded"]
    for same in (
        copy.copy(recorded),
        copy.deepcopy(recorded),
        pickle.loads(pickle.dumps(recorded)),
    ):
        assert (same["A"] == np.asarray(recorded["A"])).all()
        with pytest.raises(UnknownNameError, match=r"There is no input 'B'; there is A\."):
            same["B"]
