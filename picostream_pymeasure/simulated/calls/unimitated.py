"""Driver calls that exist because every client binds them, and answer that they do nothing.

ETS, asynchronous forms, the deprecated forms of the triggers, offsets one by one: none is imitated.
"""

from __future__ import annotations

from ...config import Status
from .binding import unit_call_named

#: Names of the C functions without ``ps5000a``; the wrapper knows what they take.
_NAMES = """
    OpenUnitAsync OpenUnitProgress MinimumValue IsLedFlashing
    GetChannelInformation GetTimebase GetMinimumTimebaseStateless SetEts SetEtsTimeBuffer
    SetTriggerChannelConditions SetTriggerChannelDirections SetTriggerChannelProperties
    SetTriggerDelay SetPulseWidthQualifier TriggerWithinPreTriggerSamples GetTriggerTimeOffset64
    NoOfStreamingValues GetNoOfProcessedCaptures GetMaxDownSampleRatio GetValuesAsync
    GetValuesOverlapped
"""
for _name in _NAMES.split():
    unit_call_named(f"ps5000a{_name}", lambda unit, *_: Status.NOT_USED)
