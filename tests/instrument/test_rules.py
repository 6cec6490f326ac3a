"""What PyMeasure asks of every instrument, asked of ours."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import entry_points
from unittest.mock import MagicMock

import pytest
from pymeasure.adapters import Adapter
from pymeasure.instruments import Channel, Instrument

import picostream_pymeasure.instrument as room
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter

CLASSES = [
    one
    for one in (getattr(room, name) for names in room._PLACES.values() for name in names)
    if isinstance(one, type) and issubclass(one, (Instrument, Channel))
]
BEGINNINGS = ("Control ", "Measure ", "Get ", "Set ")


def properties() -> Iterator[tuple[str, property]]:
    for one in CLASSES:
        for base in one.__mro__:
            if base.__module__.startswith("picostream_pymeasure"):
                for name, member in vars(base).items():
                    if isinstance(member, property) and not name.startswith("_"):
                        yield f"{base.__name__}.{name}", member


PROPERTIES = dict(properties())


def test_there_is_something_to_check() -> None:
    assert len(CLASSES) == 5
    assert len(PROPERTIES) >= 45


@pytest.mark.parametrize("name", PROPERTIES)
def test_property_says_what_it_does(name: str) -> None:
    documentation = PROPERTIES[name].__doc__ or ""
    assert documentation.startswith(BEGINNINGS)
    if PROPERTIES[name].fset is not None:
        assert documentation.startswith(("Control ", "Set "))
        assert "(" in documentation.partition("\n\n")[0], "type and default"


def test_constructor_takes_any_adapter_without_io() -> None:
    adapter = MagicMock()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        instrument = PicoScope5000A(adapter)
    assert instrument.adapter is adapter
    assert not adapter.mock_calls


def test_constructor_takes_a_name_and_more() -> None:
    assert PicoScope5000A(MagicMock(), name="Bench 3").name == "Bench 3"
    assert PicoScope5000A(MagicMock(), "Bench 3", something_of_an_adapter=1).name == "Bench 3"
    assert PicoScope5000A(MagicMock()).name == "PicoScope 5000A"


def test_unknown_argument_is_refused_rather_than_overlooked() -> None:
    with pytest.raises(ConfigurationError, match="'simulate'"):
        PicoScope5000A(simulate=True)


def test_channels_are_found_both_ways() -> None:
    instrument = PicoScope5000A(MagicMock())
    assert list(instrument.channels) == ["A", "B", "C", "D"]
    assert instrument.channels["B"] is instrument.B
    assert list(instrument.digital_ports) == ["PORT0", "PORT1"]
    assert instrument.digital_ports["PORT1"] is instrument.PORT1


def test_settings_need_no_scope() -> None:
    adapter = MagicMock()
    adapter.connection.handle = 1  # is looked at, and is no call
    instrument = PicoScope5000A(adapter)
    instrument.A.range = 2
    instrument.A.coupling = "AC"
    instrument.sample_rate = 1e6
    instrument.trigger.level = 0.5
    instrument.generator.frequency = 50
    assert instrument.A.range == 2.0
    assert not adapter.mock_calls


def test_adapter_is_one_of_pymeasure() -> None:
    assert issubclass(PicoScopeAdapter, Adapter)


def test_instrument_is_declared() -> None:
    found = entry_points(group="pymeasure.instruments")
    if not found:
        pytest.skip("the package was installed before it declared the instrument")
    assert PicoScope5000A in [entry.load() for entry in found]


def test_importing_the_instrument_loads_nothing_heavy() -> None:
    program = (
        "import sys; import picostream_pymeasure.instrument; "
        "print([name for name in ('numba', 'picosdk', 'PyQt5', 'pyqtgraph', 'h5py', 'pandas') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
