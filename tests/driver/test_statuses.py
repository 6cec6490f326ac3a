"""What the driver's statuses mean to whoever catches an exception."""

from __future__ import annotations

from picostream_pymeasure.driver import error_of

#: Statuses by their kind; all others are plain ``DriverError``.
KINDS = {
    "DeviceNotFoundError": [3],
    "DriverBusyError": [5, 35, 39, 67],
    "DeviceLostError": [7, 12, 74, 76],
    "SampleRateError": [14, 43],
    "PowerSourceError": [281, 282, 283, 284, 286, 290],
}


def test_kinds_of_statuses() -> None:
    found: dict[str, list[int]] = {}
    for status in range(400):
        kind = type(error_of(status, "ps5000aStop")).__name__
        if kind != "DriverError":
            found.setdefault(kind, []).append(status)
    assert found == KINDS


def test_an_error_names_its_call_and_its_status() -> None:
    error = error_of(76, "ps5000aStop")
    assert (error.function, error.status, error.status_name) == ("ps5000aStop", 76, "POWER_FAILED")
    assert str(error) == "The scope's power failed. (ps5000aStop: POWER_FAILED)"
