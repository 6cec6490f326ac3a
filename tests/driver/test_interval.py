"""The interval in the driver's units loses as little as possible."""

from __future__ import annotations

import pytest

from picostream_pymeasure.driver.interval import TimeUnit, from_driver, to_driver
from picostream_pymeasure.errors import SampleRateError


@pytest.mark.parametrize(
    ("interval_ns", "value", "unit"),
    [
        (16.0, 16, TimeUnit.NANOSECONDS),
        (1000.0, 1000, TimeUnit.NANOSECONDS),
        (1e3 / 3, 333_333, TimeUnit.PICOSECONDS),
        (2.0**32 - 1, 2**32 - 1, TimeUnit.NANOSECONDS),
        (1e7 / 3, 3_333_333_333, TimeUnit.PICOSECONDS),
        (1e8 / 3, 33_333_333, TimeUnit.NANOSECONDS),
        (3.4e10, 34_000_000, TimeUnit.MICROSECONDS),
    ],
)
def test_unit_that_fits(interval_ns: float, value: int, unit: TimeUnit) -> None:
    assert to_driver(interval_ns) == (value, unit)


def test_an_interval_that_a_rate_was_made_of_is_whole_again() -> None:
    for interval_ns in range(8, 8000, 8):
        rate_mss = 1e3 / interval_ns  # as a window shows it
        again_ns = 1e9 / (rate_mss * 1e6)
        assert to_driver(again_ns) == (interval_ns, TimeUnit.NANOSECONDS)


def test_interval_that_fits_no_unit() -> None:
    with pytest.raises(SampleRateError):
        to_driver(1e13)


@pytest.mark.parametrize("unit", list(TimeUnit))
@pytest.mark.parametrize("times", [1000.0, 1 / 1000])
def test_an_answer_in_another_unit_is_refused(unit: TimeUnit, times: float) -> None:
    wanted_ns = 250_000 * unit.nanoseconds
    assert from_driver(249_984, unit, wanted_ns) == pytest.approx(249_984 * unit.nanoseconds)
    with pytest.raises(SampleRateError, match="no time would be right"):
        from_driver(round(250_000 * times), unit, wanted_ns)
