"""What is kept of the latest calls, for a report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.driver import Unit, latest_calls


def test_latest_calls_are_told_as_the_log_tells_them(
    simulated: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Unit.open(simulated()) as unit,
        caplog.at_level(logging.DEBUG, "picostream_pymeasure.driver"),
    ):
        unit.ping()
        function, status, duration_ms = latest_calls[-1]
        assert caplog.messages == [f"{function}(1): {status}, {duration_ms:.3f} ms"]
        assert (function, status) == ("ps5000aPingUnit", "OK")
