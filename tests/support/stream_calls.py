"""What the C calls of a stream are, and how they are looked at."""

from __future__ import annotations

from typing import Any

from picostream_pymeasure.config import (
    ChannelConfig,
    StreamConfig,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    PicoStreamError,
)
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.call_log import POLL, CallLog, with_named_size
from tests.support.forgetting_sink import ForgettingSink

#: What puts every trigger of before away.
NO_TRIGGER = [
    "ps5000aSetTriggerChannelConditionsV2(1, NULL, 0, 1)",
    "ps5000aSetPulseWidthQualifierConditions(1, NULL, 0, 1)",
    "ps5000aSetPulseWidthQualifierProperties(1, 0, 0, 0)",
    "ps5000aSetSimpleTrigger(1, 0, 0, 0, 2, 0, 0)",
]

START = "ps5000aRunStreaming(1, [1000], 2, 0, 0, 0, 1, 0, SIZE)"
POLLED = f"{POLL}(1, *, *)"
BUFFER = "ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)"

#: What is set after the supply has gone: the driver may have forgotten it, or changed it.
BROUGHT_AGAIN = [
    "ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)",
    "ps5000aSetChannel(1, 1, 0, 1, 10, 0.0)",
    "ps5000aSetDeviceResolution(1, 2)",
    "ps5000aGetDeviceResolution(1, [-1>2])",
    "ps5000aSetBandwidthFilter(1, 0, 0)",
    "ps5000aMaximumValue(1, [0>32767])",
    *NO_TRIGGER,
]


def config_of(*channels: ChannelConfig, **settings: Any) -> StreamConfig:
    """A short stream at 1 MS/s with an interval that is taken as it is asked for."""
    wanted = {"sample_rate_hz": 1e6, "resolution_bits": 14, "pool_s": 0.1, "samples": 100}
    return StreamConfig(channels=channels or (ChannelConfig("A"),), **{**wanted, **settings})


def streamed(log: CallLog, config: StreamConfig) -> list[str]:
    """Calls of a stream from its start to its end; a failure is left to who looks at them."""
    with Unit.open(log) as unit:
        log.take()
        session = StreamSession(unit, config, ForgettingSink())
        try:
            session.start()
            session.wait()
        except PicoStreamError as error:
            log.calls.append(type(error).__name__)
        return with_named_size(log.take())


def after(calls: list[str], name: str) -> list[str]:
    """Calls from the first of a function on."""
    return calls[next(i for i, call in enumerate(calls) if call.startswith(name)) :]
