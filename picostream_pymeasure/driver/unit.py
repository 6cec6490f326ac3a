"""One opened scope: the calls streaming needs, with statuses turned into exceptions.

The driver allows one call at a time; callers keep all calls to one unit in one thread at a time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import (
    CHANNEL_NAMES,
    RANGES_V,
    RESOLUTIONS,
    ChannelConfig,
    DownsampleMode,
    StreamConfig,
    TriggerConfig,
    min_interval_ns,
)
from ..errors import (
    ConfigurationError,
    DeviceNotFoundError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)
from . import interval as streaming_interval
from .power import PowerSource
from .status import INVALID_CHANNEL, NOT_FOUND, POWER_STATES, check, error_of

#: PICO_INFO codes worth keeping, by the name they get.
_INFO = {
    "driver_version": 0,
    "usb_version": 1,
    "hardware_version": 2,
    "variant": 3,
    "serial": 4,
    "calibration_date": 5,
    "kernel_version": 6,
    "digital_hardware_version": 7,
    "analogue_hardware_version": 8,
    "firmware_1": 9,
    "firmware_2": 10,
}

#: Steps of the interval to try for the fastest rate: to a quarter of what four channels can.
_RATE_ATTEMPTS = 16


def list_serials(library: Any) -> list[str]:
    """List the serial numbers of the connected scopes that nobody has opened."""
    count, length = ctypes.c_int16(0), ctypes.c_int16(1024)
    text = ctypes.create_string_buffer(1024)
    status = library.ps5000aEnumerateUnits(ctypes.byref(count), text, ctypes.byref(length))
    if check(status, "ps5000aEnumerateUnits", NOT_FOUND) == NOT_FOUND:
        return []
    return [serial for serial in text.value.decode(errors="replace").split(",") if serial]


class Unit:
    """A scope that is open; use it as a context manager, or call :meth:`close`."""

    def __init__(self, library: Any, handle: int, power: PowerSource) -> None:
        self.library = library
        self.handle = handle
        self.power = power
        self.info: Mapping[str, str] = self._read_info()
        variant = self.info.get("variant", "")
        self.n_channels = int(variant[1]) if variant[1:2] in ("2", "4") else 4

    @classmethod
    def open(cls, library: Any, serial: str | None = None) -> Unit:
        """Open the scope with a serial number, or the first free one.

        It is opened at 8 bit, where every channel may be enabled; :meth:`configure` switches
        unused channels off before it sets the wanted resolution.

        :raises DeviceNotFoundError: none, or not this one; names those that are there.
        :raises PowerSourceError: the supply does not suffice.
        """
        handle = ctypes.c_int16(0)
        status = library.ps5000aOpenUnit(
            ctypes.byref(handle), serial.encode() if serial else None, RESOLUTIONS[8]
        )
        if status == NOT_FOUND or (status == 0 and handle.value < 1):
            raise _not_found(library, serial)
        if handle.value < 1:
            raise error_of(status, "ps5000aOpenUnit")
        try:
            power = PowerSource.acknowledged(library, handle.value, status)
            return cls(library, handle.value, power)
        except BaseException:
            library.ps5000aCloseUnit(handle.value)
            raise

    def __enter__(self) -> Unit:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the scope; harmless when it is closed or gone."""
        if self.handle:
            handle, self.handle = self.handle, 0
            self.library.ps5000aCloseUnit(handle)

    def abandon(self) -> None:
        """Forget the handle without a call: one that never returns blocks all others."""
        self.handle = 0

    def _call(self, function: str, *arguments: Any, accepted: tuple[int, ...] = ()) -> int:
        status = getattr(self.library, function)(self.handle, *arguments)
        return check(status, function, *accepted)

    def _read_info(self) -> dict[str, str]:
        found = {}
        for name, code in _INFO.items():
            text, needed = ctypes.create_string_buffer(256), ctypes.c_int16()
            status = self.library.ps5000aGetUnitInfo(
                self.handle, text, len(text), ctypes.byref(needed), code
            )
            if status == 0:
                found[name] = text.value.decode(errors="replace")
        return found

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Channels that can be used: all the scope has, or A and B on USB power."""
        return CHANNEL_NAMES[: min(self.n_channels, self.power.max_channels)]

    @property
    def max_adc(self) -> int:
        """Counts at full scale at the present resolution."""
        value = ctypes.c_int16()
        self._call("ps5000aMaximumValue", ctypes.byref(value))
        return value.value

    @property
    def poll_address(self) -> int:
        """Address of the driver's GetStreamingLatestValues, for native code."""
        function = self.library.ps5000aGetStreamingLatestValues
        return ctypes.cast(function, ctypes.c_void_p).value or 0

    def configure(self, config: StreamConfig) -> None:
        """Set channels, resolution, bandwidth and trigger.

        :raises ConfigurationError: a channel this scope does not have, or not on USB power.
        """
        self._require_channels(config)
        wanted = {channel.name: channel for channel in config.channels}
        for name in self.channel_names:
            self._set_channel(name, wanted.get(name))
        self._call(
            "ps5000aSetDeviceResolution",
            RESOLUTIONS[config.resolution_bits],
            accepted=POWER_STATES,
        )
        for channel in config.channels:
            self._call("ps5000aSetBandwidthFilter", channel.index, channel.bandwidth)
        self._set_trigger(config.trigger, wanted)

    def _require_channels(self, config: StreamConfig) -> None:
        for channel in config.channels:
            if not self.can_use(channel):
                why = self.power.limit if channel.index < self.n_channels else "its model"
                raise ConfigurationError(
                    f"Channel {channel.name} cannot be used because of {why}; "
                    f"use {', '.join(self.channel_names)}."
                )

    def _set_channel(self, name: str, channel: ChannelConfig | None) -> None:
        """Enable a channel as configured, or disable it (its other settings do not matter)."""
        settings = channel or ChannelConfig(name)
        self._call(
            "ps5000aSetChannel",
            settings.index,
            channel is not None,
            settings.coupling,
            RANGES_V[settings.range_v],
            settings.offset_v,
            accepted=() if channel else (INVALID_CHANNEL,),
        )

    def _set_trigger(
        self, trigger: TriggerConfig | None, channels: Mapping[str, ChannelConfig]
    ) -> None:
        if trigger is None:
            self._call("ps5000aSetSimpleTrigger", 0, 0, 0, 2, 0, 0)
            return
        source = channels[trigger.source]
        level = (trigger.level_v + source.offset_v) / source.range_v
        if abs(level) > 1:
            raise ConfigurationError(
                f"The trigger level {trigger.level_v:g} V is outside the input; "
                f"use {-source.range_v - source.offset_v:g} V to "
                f"{source.range_v - source.offset_v:g} V."
            )
        self._call(
            "ps5000aSetSimpleTrigger",
            1,
            source.index,
            round(level * self.max_adc),
            trigger.direction,
            0,
            trigger.auto_trigger_ms,
        )

    def register_buffers(
        self, channel: ChannelConfig, mode: DownsampleMode, buffers: NDArray[np.int16]
    ) -> None:
        """Hand the driver the memory it delivers a channel into.

        :param buffers: int16, shape ``(1, n)``, or ``(2, n)`` (max, min) in aggregate mode. The
            driver writes to it until :meth:`release_all_buffers`; the caller keeps it alive.
        """
        n_samples = buffers.shape[1]
        pointers = [buffers[row].ctypes.data for row in range(buffers.shape[0])]
        function = "ps5000aSetDataBuffers" if len(pointers) == 2 else "ps5000aSetDataBuffer"
        self._call(function, channel.index, *pointers, n_samples, 0, mode.ratio_mode)

    def release_all_buffers(self, config: StreamConfig) -> None:
        """Take the memory back from the driver; one that is gone has no use for it anyway."""
        mode = config.downsample_mode
        pointers = (None, None) if mode is DownsampleMode.AGGREGATE else (None,)
        function = "ps5000aSetDataBuffers" if len(pointers) == 2 else "ps5000aSetDataBuffer"
        for channel in config.channels:
            with suppress(DriverError):
                self._call(function, channel.index, *pointers, 0, 0, mode.ratio_mode)

    def run_streaming(self, config: StreamConfig, buffer_samples: int) -> float:
        """Start streaming without end and return the actual raw interval in ns.

        With a rate of 0 the interval is made longer until the driver takes it: the bus may carry
        less than the model can.

        :raises SampleRateError: the driver refuses the rate.
        """
        shortest_ns = config.requested_interval_ns
        step_ns = min_interval_ns(config.resolution_bits, 1)
        attempts = _RATE_ATTEMPTS if config.sample_rate_hz == 0 else 1
        for attempt in range(attempts):
            try:
                return self._run_at(shortest_ns + attempt * step_ns, config, buffer_samples)
            except SampleRateError:
                if attempt + 1 == attempts:
                    raise
        raise AssertionError("there is at least one attempt")

    def _run_at(self, interval_ns: float, config: StreamConfig, buffer_samples: int) -> float:
        value, unit = streaming_interval.to_driver(interval_ns)
        wanted = ctypes.c_uint32(value)
        arguments = (
            ctypes.byref(wanted),
            unit.code,
            0,
            0,
            0,
            config.downsample_ratio,
            config.downsample_mode.ratio_mode,
            buffer_samples,
        )
        status = self._call("ps5000aRunStreaming", *arguments, accepted=POWER_STATES)
        if status in POWER_STATES:
            self.acknowledge_power(status, config)
            wanted.value = value
            self._call("ps5000aRunStreaming", *arguments)
        return wanted.value * unit.nanoseconds

    def acknowledge_power(self, status: int, config: StreamConfig) -> None:
        """Answer a power-source status that a call returned while a stream is wanted.

        :raises PowerSourceError: the source does not suffice for the stream's channels.
        """
        self.power = PowerSource.acknowledged(self.library, self.handle, status)
        lost = [channel.name for channel in config.channels if not self.can_use(channel)]
        if lost:
            raise PowerSourceError(
                f"Channel {', '.join(lost)} cannot be used any more because of {self.power.limit}."
            )

    def can_use(self, channel: ChannelConfig) -> bool:
        """Tell whether the scope has the channel and its power suffices for it."""
        return channel.name in self.channel_names

    def stop(self) -> None:
        """Stop streaming; harmless when nothing runs."""
        self._call("ps5000aStop", accepted=POWER_STATES)

    def simulation(self) -> Mapping[str, Any] | None:
        """How every sample of a simulated scope is computed, or None for hardware."""
        simulated = getattr(self.library, "simulation", None)
        return simulated.describe(self.handle) if simulated else None


def _not_found(library: Any, serial: str | None) -> DriverError:
    try:
        connected = list_serials(library)
    except DriverError:
        connected = []
    there = f"connected: {', '.join(connected)}" if connected else "none is connected and free"
    which = f"with the serial number {serial}" if serial else "that can be opened"
    return DeviceNotFoundError(
        f"There is no scope {which} ({there}).",
        function="ps5000aOpenUnit",
        status=NOT_FOUND,
        status_name="NOT_FOUND",
    )
