"""One opened scope: the calls streaming needs, with statuses turned into exceptions.

The driver allows one call at a time: calls that meet another one are made again for a while.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from numbers import Integral
from typing import Any, TypeVar

from ..config import (
    CHANNEL_NAMES,
    DIGITAL_PORTS,
    RANGES_V,
    ChannelConfig,
    Coupling,
    ScopeSetup,
    StreamConfig,
    require_kind,
)
from ..errors import ConfigurationError, DriverError, PowerSourceError, shown
from . import block, inputs
from .connection import close_handle
from .opening import list_serials, open_handle, read_info
from .power import PowerSource
from .status import BUSY, POWER_STATES
from .stream_buffers import StreamBuffers
from .stream_start import start_stream
from .trigger import set_trigger

__all__ = ["Unit", "list_serials"]

log = logging.getLogger(__name__)

#: Full scale of any resolution is at least this; of samples of one byte a 256th of it is left.
_LEAST_MAX_ADC = 256

#: Changes of the power source in a row that are followed.
_POWER_CHANGES = 3
_KEEPS_CHANGING = "The scope's power source keeps changing."

_T = TypeVar("_T")


class Unit(StreamBuffers):
    """A scope that is open; use it as a context manager, or call :meth:`close`.

    :param power: the source that was acknowledged last, or read since.
    """

    def __init__(self, library: Any, handle: int, power: PowerSource) -> None:
        self.info: Mapping[str, str] = read_info(library, handle)
        super().__init__(library, handle, self.info.get("serial", ""))
        self.power = power
        self.variant = self.info.get("variant", "")
        self._setup: ScopeSetup | None = None
        self.n_channels = int(self.variant[1]) if self.variant[1:2] in ("2", "4") else 4

    @classmethod
    def open(cls, library: Any, serial: str | None = None) -> Unit:
        """Open the scope with a serial number, or the first free one.

        It is opened at 8 bit, where every channel may be enabled; :meth:`configure` switches
        unused channels off before it sets the wanted resolution.

        :raises DeviceNotFoundError: none, or not this one; names those that are there.
        :raises PowerSourceError: the supply does not suffice.
        """
        handle, power = open_handle(library, serial)
        try:
            return cls(library, handle, power)
        except BaseException:
            close_handle(library, handle)
            raise

    # -- what it is and has

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Channels that can be used: all the scope has, or A and B on USB power."""
        return CHANNEL_NAMES[: min(self.n_channels, self.power.max_channels)]

    @property
    def digital_ports(self) -> tuple[str, ...]:
        """``("PORT0", "PORT1")`` of MSO models, else none."""
        return tuple(DIGITAL_PORTS) if "MSO" in self.variant.upper() else ()

    @property
    def max_adc(self) -> int:
        """Counts at full scale at the present resolution."""
        return self.insist(self._read_max_adc)

    def _read_max_adc(self) -> int:
        value = ctypes.c_int16()
        self.call("ps5000aMaximumValue", ctypes.byref(value))
        if value.value < _LEAST_MAX_ADC:
            raise DriverError(
                f"The driver says that full scale is {value.value} counts, which cannot be: no "
                "voltage would be right. Open the scope again, or install a newer driver.",
                function="ps5000aMaximumValue",
            )
        return value.value

    def offset_limits_v(self, range_v: float, coupling: Coupling) -> tuple[float, float]:
        """Lowest and highest analogue offset in V that the driver allows.

        :param range_v: one of :data:`~picostream_pymeasure.config.RANGES_V`.
        :raises ConfigurationError: there is no such range or coupling.
        """
        asked = ChannelConfig("A", range_v, coupling)
        highest, lowest = ctypes.c_float(), ctypes.c_float()
        pointers = ctypes.byref(highest), ctypes.byref(lowest)
        self.call("ps5000aGetAnalogueOffset", RANGES_V[asked.range_v], asked.coupling, *pointers)
        return lowest.value, highest.value

    @property
    def poll_address(self) -> int:
        """Address of the driver's GetStreamingLatestValues, for native code."""
        function = self.library.ps5000aGetStreamingLatestValues
        return ctypes.cast(function, ctypes.c_void_p).value or 0

    def simulation(self) -> Mapping[str, Any] | None:
        """How every sample of a simulated scope is computed, or None for hardware."""
        simulated = getattr(self.library, "simulation", None)
        return simulated.describe_for_file(self.handle) if simulated else None

    # -- whether it is there

    def ping(self) -> None:
        """Ask the scope for a sign of life; one that is busy, or reports its supply, is alive.

        :raises DeviceLostError: it does not answer.
        """
        self.call("ps5000aPingUnit", accepted=(BUSY, *POWER_STATES))

    def flash_led(self, times: int = 3) -> None:
        """Let the LED flash; the call does not wait for it.

        :param times: 1 to 32767; 0 ends the flashing, -1 lets it flash until then. The start of
            a stream ends it as well.
        :raises ConfigurationError: another number.
        """
        if not (isinstance(times, Integral) and -1 <= times <= 32767):
            raise ConfigurationError(f"The LED cannot flash {shown(times)} times; use -1 to 32767.")
        self.call("ps5000aFlashLed", int(times))

    # -- its power source

    def read_power(self) -> PowerSource:
        """Ask how the scope is powered now; :attr:`power` is what was acknowledged."""
        return PowerSource.present(self.library, self.handle)

    def change_power(self, source: PowerSource) -> None:
        """Go over to another source, and to the channels it suffices for.

        :raises PowerSourceError: the scope is not powered so.
        """
        self.power = PowerSource.acknowledged(self.library, self.handle, source.status)

    def insist(self, make: Callable[[], _T]) -> _T:
        """Make calls that may be repeated; again when a power status answers one of them.

        Nothing may be sampled meanwhile.

        :raises PowerSourceError: the source does not suffice, or keeps changing.
        """
        for _ in range(_POWER_CHANGES):
            try:
                return make()
            except PowerSourceError as error:
                self.recover_power(error)
        raise PowerSourceError(_KEEPS_CHANGING)

    def recover_power(self, error: DriverError) -> None:
        """Acknowledge a change of the power source, and bring all settings to the scope again.

        A change may switch channels on or off, and let the driver forget where to write to.

        :param error: of the power status that a call answered; another one is raised.
        :raises PowerSourceError: the source does not suffice for what was configured.
        """
        self._acknowledge(error)
        self.stop()
        self._bring()

    def _acknowledge(self, error: DriverError) -> None:
        if error.status not in POWER_STATES:
            raise error
        self.power = PowerSource.acknowledged(self.library, self.handle, error.status)
        log.warning("The scope's power changed: %s.", self.power.name)
        wanted = self._setup.channels if self._setup else ()
        lost = [channel.name for channel in wanted if not self.can_use(channel)]
        if lost:
            raise PowerSourceError(
                f"Channel {', '.join(lost)} cannot be used any more because of {self.power.limit}."
            )

    # -- its settings

    def configure(self, config: ScopeSetup) -> None:
        """Set channels, digital ports, resolution, bandwidth and trigger.

        :raises ConfigurationError: a channel this scope does not have, or not on USB power; no
            setting was touched.
        :raises DriverError: in the subclass that fits; or the scope does not take the resolution.
        """
        require_kind("config", config, ScopeSetup)
        self._follow_power()
        self.require_inputs(config)
        self._setup, self.segments = config, 1
        self._bring()

    def _bring(self) -> None:
        """Bring settings and memory to the scope; all of it again after a power status."""
        for _ in range(_POWER_CHANGES):
            try:
                if self._setup:
                    self._set_all(self._setup)
                block.divide_again(self)
                self.register_again()
                return
            except PowerSourceError as error:
                self._acknowledge(error)
        raise PowerSourceError(_KEEPS_CHANGING)

    def _set_all(self, config: ScopeSetup) -> None:
        wanted: dict[str, Any] = {row.name: row for row in config.inputs}
        for name in self.channel_names:
            inputs.set_channel(self, name, wanted.get(name))
        for name in self.digital_ports:
            inputs.set_port(self, name, wanted.get(name))
        inputs.set_resolution(self, config.resolution_bits)
        for channel in config.channels:
            self.call("ps5000aSetBandwidthFilter", channel.index, channel.bandwidth)
        set_trigger(self, config, self._read_max_adc())

    def _follow_power(self) -> None:
        """Accept a supply that came or went since the last stream: no other call works before."""
        with suppress(DriverError):  # then the source of before still holds
            present = self.read_power()
            if present.max_channels == self.power.max_channels:
                self.power = present
            elif self.n_channels > 2:
                self.change_power(present)

    def require_inputs(self, config: ScopeSetup) -> None:
        """Refuse inputs that this scope does not have.

        :raises ConfigurationError: names the inputs that can be used.
        """
        for channel in config.channels:
            if not self.can_use(channel):
                why = self.power.limit if channel.index < self.n_channels else "its model"
                raise ConfigurationError(
                    f"Channel {channel.name} cannot be used because of {why}; "
                    f"use {', '.join(self.channel_names)}."
                )
        for port in config.digital_ports:
            if port.name not in self.digital_ports:
                raise ConfigurationError(
                    f"The {self.variant} has no digital port {port.name} (MSO models have); "
                    f"use its channels {', '.join(self.channel_names)}."
                )

    def can_use(self, channel: ChannelConfig) -> bool:
        """Tell whether the scope has the channel and its power suffices for it."""
        return channel.name in self.channel_names

    # -- streaming

    def run_streaming(
        self, config: StreamConfig, buffer_samples: int, through: Any = None
    ) -> float:
        """Start streaming without end and return the actual raw interval in ns.

        With a rate of 0 the interval is made longer until the driver takes it: the bus may carry
        less than the model can.

        :param through: makes the call in the place of the library, and may go on from there.
        :raises SampleRateError: the driver refuses the rate.
        :raises PowerSourceError: the source does not suffice, or keeps changing.
        """
        through = through or self.library
        return self.insist(lambda: start_stream(self, config, buffer_samples, through))
