"""Numbers as people read and type them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from picostream_pymeasure import quantities
from picostream_pymeasure.errors import ConfigurationError

UNITS = ("", "V", "s", "ms", "S/s", "MS/s", "Hz", "%", "div", "bit", "mA")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        # what was misread once
        ("100 ms", "s", 0.1),
        ("1 min", "s", 60),
        ("500k", "MS/s", 0.5),
        ("500 mV", "V", 0.5),
        ("100 mV", "V", 0.1),
        ("1,5", "V", 1.5),
        ("0.5", "V", 0.5),
        # prefixes and units
        ("0", "V", 0),
        ("500m", "V", 0.5),
        ("-20 mv", "V", -0.02),
        ("−20 mV", "V", -0.02),
        ("+1e-3V", "V", 1e-3),
        ("2E3", "V", 2000),
        (".5", "V", 0.5),
        (",5", "V", 0.5),
        ("5.", "V", 5),
        ("10u", "s", 1e-5),
        ("10 µs", "s", 1e-5),
        ("10 μs", "s", 1e-5),
        ("3 h", "s", 10800),
        ("2 days", "s", 172800),
        ("2 h 30 min", "s", 9000),
        ("1h30min", "s", 5400),
        ("1 d 0,5 s", "ms", 86400.5e3),
        ("-1 min 30 s", "s", -90),
        ("10 sec", "s", 10),
        ("31.25", "MS/s", 31.25),
        ("31,25 MS/s", "MS/s", 31.25),
        ("62.5 MHz", "MS/s", 62.5),
        ("20 kHz", "Hz", 20e3),
        ("20 khz", "Hz", 20e3),
        ("5 Mhz", "Hz", 5e6),
        ("5 mHz", "Hz", 5e-3),
        ("1 G", "Hz", 1e9),
        ("1K", "Hz", 1e3),
        ("50 %", "%", 50),
        ("50", "%", 50),
        ("1.5 div", "div", 1.5),
        ("3 mA", "mA", 3),
        ("3 A", "mA", 3000),
        ("3 K", "K", 3),
        ("1 M", "", 1e6),
        ("10k", "", 1e4),
        # digits in groups
        ("1 000 000", "", 1e6),
        ("1\u202f000\u202f000", "", 1e6),
        ("1_000_000", "", 1e6),
        ("1'000'000", "", 1e6),
        ("1,000,000", "", 1e6),
        ("1.000.000", "", 1e6),
        ("1.234,5", "", 1234.5),
        ("1,234.5", "", 1234.5),
        ("0,125", "V", 0.125),
        ("1.500", "V", 1.5),
        ("1234,567", "V", 1234.567),
    ],
)
def test_parse(text: str, unit: str, value: float) -> None:
    assert quantities.parse(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *[(text, "V") for text in ("", " ", "V", "mV", "two", "2A", "1e", "2VV", "2 s", "nan")],
        *[(text, "V") for text in ("inf", "1e999", "1e99999999", "--1", "1..5", "1 5", "1.5.2")],
        *[(text, "V") for text in ("1,23,4", "1.2345,6.7", "1 0000", "0x10", "٫5", "1 % V")],
        ("1e-400", "MS/s"),  # no float is so small, and 0 means the fastest
        ("5 S", "s"),  # siemens
        *[(text, "s") for text in ("1 h 30", "30 min 1 h", "1 s 1 s", "1 h -30 min", "1 min 5 V")],
        ("5 M", "%"),
        ("5 V", "div"),
        ("5 k", "bit"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write for example .+\.$"):
        quantities.parse(text, unit)


@pytest.mark.parametrize(
    ("text", "unit", "fault"),
    [
        ("500 kV", "MS/s", "kV is no unit of a rate; S/s, Sa/s, SPS and Hz are."),
        ("5 mA", "mV", "mA is no unit of a voltage; V is."),
        ("1 h 5 V", "s", "V is no unit of a time; s, sec, min, h, hour, d and day are."),
        ("fast", "MS/s", ""),  # it is no number
        ("1..5", "MS/s", ""),
        ("500", "MS/s", ""),
        ("5 kV", "div", ""),  # which is one without prefixes, and has no noun
    ],
)
def test_what_is_wrong_with_a_unit_is_said(text: str, unit: str, fault: str) -> None:
    assert quantities.unit_fault(text, unit) == fault


def test_a_comma_that_can_be_either_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'1,500 V' can be 1\.500 or 1500; write one"):
        quantities.parse("1,500 V", "V")


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("10mhz", "MS/s", "'10mhz' can be 10 MS/s or 10 mS/s; write one of these."),
        ("1.5 msps", "S/s", "can be 1.5 MS/s or 1.5 mS/s"),
        ("5 mhz", "Hz", "can be 5 MHz or 5 mHz"),
        ("62m", "MS/s", "'62m' can be 62 MS/s or 62 mS/s"),
        (
            "500m",
            "MB",
            "'500m' is not a size; write for example 500MB or 2GB. m is no unit of a size",
        ),
        ("1GiB", "MB", "is not a size; write for example 500MB or 2GB. GiB is no unit of a size"),
    ],
)
def test_a_rate_in_small_letters_that_can_be_either_is_refused(
    text: str, unit: str, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        quantities.parse(text, unit)


@pytest.mark.parametrize("text", ["5m", "5 M", "-5m"])
@pytest.mark.parametrize("unit", ["s", "ms"])
def test_a_time_that_can_be_minutes_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ConfigurationError, match=r"can be -?5 ms or -?5 min; write one of these"):
        quantities.parse(text, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.5, "V", "500 mV"),
        (-0.0125, "V", "-12.5 mV"),
        (0, "V", "0 V"),
        (20, "V", "20 V"),
        (31.25, "MS/s", "31.25 MS/s"),
        (0.5, "MS/s", "500 kS/s"),
        (0, "MS/s", "0 MS/s"),
        (3600, "s", "1 h"),
        (90, "s", "90 s"),
        (5400, "s", "90 min"),
        (3e8, "s", "3\u202f472 d 5 h 20 min"),
        (3650 * 86400, "s", "3\u202f650 d"),
        (-100_000.5e3, "ms", "-1 d 3 h 46 min 40.5 s"),
        (1e-7, "s", "100 ns"),
        (1e6, "", "1\u202f000\u202f000"),
        (50, "%", "50 %"),
        (0.5, "div", "0.5 div"),
        (math.nan, "V", "–"),
        (1e300, "V", "1e+300 V"),
        (-1.5e-300, "s", "-1.5e-300 s"),
        (1e300, "", "1e+300"),
    ],
)
def test_exact(value: float, unit: str, text: str) -> None:
    assert quantities.exact(value, unit) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(UNITS))
def test_what_is_written_exactly_is_read_back(value: float, unit: str) -> None:
    assert quantities.parse(quantities.exact(value, unit), unit) == value


@given(st.floats(-1e15, 1e15), st.sampled_from(UNITS))
def test_the_decimal_comma_means_the_same(value: float, unit: str) -> None:
    text = quantities.exact(value, unit).replace("\u202f", "")
    assume(not re.search(r"\b[1-9]\d{0,2}\.\d{3}(\D|$)", text))  # can be either
    assert quantities.parse(text.replace(".", ","), unit) == value


@given(st.text(), st.sampled_from(UNITS))
def test_any_text_is_a_number_or_is_refused(text: str, unit: str) -> None:
    try:
        value = quantities.parse(text, unit)
    except ConfigurationError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (quantities.count(1234), "1234"),
        (quantities.count(1_234_567), "1.23 M"),
        (quantities.count(999_999_999), "1.00 G"),
        (quantities.per_second(0.2134), "0.213"),
        (quantities.per_second(12.47), "12.5"),
        (quantities.per_second(2005.4), "2005"),
        (quantities.rate(62.5e6), "62.50 MS/s"),
        (quantities.rate(999_999), "1.00 MS/s"),
        (quantities.rate(10), "10.00 S/s"),
        (quantities.rate(0.0009921), "992 µS/s"),
        (quantities.rate(0), "0.00 S/s"),
        (quantities.size(999), "999 B"),
        (quantities.size(640e6), "640.00 MB"),
    ],
)
def test_short_forms_round_before_they_choose_a_prefix(written: str, text: str) -> None:
    assert written == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "V", "0.000 V"),
        (999.94, "V", "999.9 V"),
        (999.96, "V", "1.000 kV"),
        (-0.0203512, "V", "-20.35 mV"),
        (0.99999, "s", "1.000 s"),
        (1e-9, "s", "1.000 ns"),
        (12_345_678.0, "Hz", "12.35 MHz"),
        (float("nan"), "V", "–"),
        (float("-inf"), "V", "–"),
    ],
)
def test_quantities_keep_four_digits(value: float, unit: str, text: str) -> None:
    assert quantities.si(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00321, "3.21 ms"),
        (0.0999, "99.9 ms"),
        (0.1, "0.10 s"),
        (59.99, "59.99 s"),
        (60, "1:00 min"),
        (754, "12:34 min"),
        (3599.4, "59:59 min"),
        (3661, "1:01:01 h"),
        (11045, "3:04:05 h"),
        (86400 + 61, "1 d 0:01:01 h"),
        (12 * 86400 + 11045, "12 d 3:04:05 h"),
    ],
)
def test_duration_is_written_as_clocks_do(seconds: float, text: str) -> None:
    assert quantities.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (3.21, "3.2 s"),
        (45.4, "45 s"),
        (59.9, "59 s"),
        (60, "1.0 min"),
        (99.99, "1.7 min"),
        (598, "10 min"),
        (1152, "19 min"),
        (3590, "1 h 0 min"),
        (28130, "7 h 49 min"),
        (86399, "1 d 0 h"),
        (86400 + 19558, "1 d 5 h"),
        (12 * 86400, "12 d 0 h"),
    ],
)
def test_an_estimated_duration_is_rough(seconds: float, text: str) -> None:
    assert quantities.rough_duration(seconds) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((-0.9971, 1.002), ["-0.997 V", "1.002 V"]),
        ((-0.9971, 0.9961), ["-0.997 V", "0.996 V"]),
        ((0.25, 0.0004), ["250.0 mV", "0.400 mV"]),
        ((1.234, -0.00123), ["1.234 V", "-0.00123 V"]),
        ((5.0, 0.0), ["5.000 V", "0.000 V"]),
        ((3.0, 1e-9), ["3.000 V", "0.00000 V"]),
        ((0.0, 0.0), ["0.000 V", "0.000 V"]),
        ((math.nan, 12.5), [quantities.UNKNOWN, "12.50 V"]),
        ((), []),
    ],
)
def test_numbers_of_a_kind_have_one_prefix(values: tuple[float, ...], texts: list[str]) -> None:
    assert quantities.si_alike(values, "V") == texts
