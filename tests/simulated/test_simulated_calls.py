"""Calls of the simulated library beside the stream, through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from picosdk.library import Library

from picostream_pymeasure.simulated import Fault, SimulatedScope, load_simulated
from tests.support.patience import PATIENCE_S
from tests.support.simulated_client import BUSY, OK, Client

Load = Callable[..., Any]


def test_calls_from_inside_the_callback_are_refused(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start()
        for name in ("Stop", "PingUnit", "CloseUnit"):
            client.inside = lambda name=name: client.call(name)
            assert client.poll() == OK
            assert client.inside_status == 35, name
        client.inside = client.poll
        assert client.poll() == OK
        assert client.inside_status == 35


def test_concurrent_calls_are_refused(simulated: Load) -> None:
    """A poll that hangs holds the driver; another thread's call gets 67 meanwhile."""
    scope = SimulatedScope(paced=False, faults=(Fault("hang", duration_s=0.5),))
    with Client(simulated(scope)) as client:
        client.start()

        def poll() -> None:
            while client.poll() == 67:  # it was the other call that was under way
                pass

        thread = threading.Thread(target=poll)
        thread.start()
        while client.call("PingUnit") != 67:
            assert thread.is_alive(), "the poll was over before a call could collide with it"
        assert client.poll() == 67
        thread.join()
        assert client.call("PingUnit") == BUSY
        assert client.received > 0


def test_the_wrapper_binds_all_its_symbols() -> None:
    library = load_simulated()
    names = [name for name in vars(library) if name.startswith("ps5000a")]
    assert len(names) == 71
    with pytest.raises(AttributeError, match="no symbol ps5000aNonsense"):
        _ = library.simulation.ps5000aNonsense


def test_picosdk_itself_is_left_as_it_was() -> None:
    code = (
        "import sys; from picosdk.library import Library; load = Library._load\n"
        "from picostream_pymeasure.simulated import load_simulated; load_simulated()\n"
        "assert Library._load is load; assert 'picosdk.ps5000a' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE_S)
    assert Library._load.__name__ == "_load"


def test_every_call_refuses_an_unknown_handle() -> None:
    library = load_simulated()
    for name in [name for name in vars(library) if name.startswith("ps5000a")]:
        function = getattr(library, name)
        if function.argtypes[0] is ctypes.c_int16 and name != "ps5000aGetUnitInfo":
            arguments = [kind(0) for kind in function.argtypes[1:]]
            assert function(77, *arguments) == 12, name


def test_an_exception_inside_a_call_is_no_success(
    simulated: Load, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Client(simulated()) as client:
        units = client.library.simulation._units
        monkeypatch.setattr(units.open_units[client.handle], "settings", None)
        with caplog.at_level(logging.ERROR):
            assert client.call("PingUnit") == OK
            assert client.call("MaximumValue", ctypes.byref(ctypes.c_int16())) == 6
        assert "ps5000aMaximumValue failed inside the simulated library" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((0, 1, 1, 10, 0.0), OK),
        ((0, 1, 1, 11, 0.0), 15),
        ((0, 1, 1, -1, 0.0), 15),
        ((0, 1, 2, 5, 0.0), 69),
        ((0, 1, 1, 4, 0.25), OK),
        ((0, 1, 1, 4, 0.26), 80),
        ((0, 1, 1, 7, -2.5), OK),
        ((0, 1, 1, 7, -2.6), 80),
        ((0, 1, 0, 10, 20.0), OK),
        ((0, 1, 1, 10, 20.1), 80),
        ((0, 1, 1, 10, float("nan")), 80),
        ((4, 1, 1, 10, 0.0), 16),
        ((-1, 1, 1, 10, 0.0), 16),
    ],
)
def test_channel_limits(simulated: Load, arguments: tuple[Any, ...], status: int) -> None:
    with Client(simulated()) as client:
        assert client.call("SetChannel", *arguments) == status


def test_two_channel_models_have_no_c_and_d(simulated: Load) -> None:
    with Client(simulated(variant="5242D")) as client:
        assert client.call("SetChannel", 2, 0, 1, 7, 0.0) == 16


@pytest.mark.parametrize(
    ("resolution", "max_adc"), [(0, 32512), (1, 32767), (2, 32767), (4, 32767)]
)
def test_full_scale(simulated: Load, resolution: int, max_adc: int) -> None:
    with Client(simulated(), resolution) as client:
        value = ctypes.c_int16()
        assert client.call("MaximumValue", ctypes.byref(value)) == OK
        assert value.value == max_adc


def test_resolution_needs_few_enough_channels(simulated: Load) -> None:
    with Client(simulated()) as client:
        assert client.call("SetDeviceResolution", 3) == 289
        client.use("AB")
        assert client.call("SetDeviceResolution", 3) == OK
        assert client.call("SetDeviceResolution", 4) == 289
        assert client.call("SetDeviceResolution", 5) == 288


def test_buffers_are_checked(simulated: Load) -> None:
    with Client(simulated(variant="5242D")) as client:
        assert client.call("SetDataBuffer", 2, 4096, 10, 0, 0) == 16
        assert client.call("SetDataBuffer", 0, 4096, 10, 1, 0) == 38
        assert client.call("SetDataBuffer", 0, 4096, 10, 0, 3) == 71
        assert client.call("SetDataBuffer", 0, 4096, 10, 0, 1) == 71
        assert client.call("SetDataBuffer", 0, 4096, 0, 0, 0) == 13
        assert client.call("SetDataBuffers", 0, 4096, None, 10, 0, 1) == 22
        assert client.call("SetDataBuffer", 0, None, 0, 0, 0) == OK


def test_what_is_told_needs_memory(simulated: Load) -> None:
    with Client(simulated()) as client:
        for name in ("MaximumValue", "GetDeviceResolution", "IsReady", "GetNoOfCaptures"):
            assert client.call(name, None) == 22
        assert client.call("GetTriggerInfoBulk", None, 0, 0) == 22
        assert client.call("GetValues", 0, None, 1, 0, 0, None) == 22


def test_polling_needs_a_stream_and_a_callback(simulated: Load) -> None:
    with Client(simulated()) as client:
        assert client.poll() == 60
        client.start()
        assert client.call("GetStreamingLatestValues", None, None) == 22
        assert client.call("Stop") == OK
        assert client.call("Stop") == OK
        assert client.poll() == 60


def test_stored_values_of_a_stream_are_not_imitated(simulated: Load) -> None:
    with Client(simulated()) as client:
        count, overflow = ctypes.c_uint32(1), ctypes.c_int16()
        arguments = (0, ctypes.byref(count), 1, 0, 0, ctypes.byref(overflow))
        assert client.call("GetValues", *arguments) == 37
        client.start()
        assert client.call("GetValues", *arguments) == 36


def test_what_is_not_imitated_says_so(simulated: Load) -> None:
    with Client(simulated()) as client:
        ready = ctypes.c_int16(1)
        assert client.call("GetChannelInformation", 0, 0, None, None, 1) == 63
        assert client.call("SetEts", 0, 0, 0, None) == 63
        assert client.call("SetTriggerChannelConditions", 4096, 1) == 63
        assert client.call("SetTriggerChannelConditionsV2", None, 0, 1) == OK
        assert client.call("SetPulseWidthQualifierConditions", None, 0, 1) == OK
        assert client.call("SetDigitalPort", 0x80, 1, 0) == 275
        byref = ctypes.byref(ready)
        assert client.call("IsTriggerOrPulseWidthQualifierEnabled", byref, None) == OK
        assert ready.value == 0
