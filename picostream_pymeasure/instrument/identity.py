"""What the instrument says about itself, and small actions to find and check it."""

from __future__ import annotations

import logging

from ..driver import MAINS, USB, USB_2
from ..errors import PicoStreamError, counted
from . import checks
from .opened_scope import OpenedScope

log = logging.getLogger(__name__)

_POWER_SOURCES = {source.name: source for source in (MAINS, USB, USB_2)}


class Identity(OpenedScope):
    """Identification, power source and checks of a scope."""

    @property
    def id(self) -> str:
        """Get the identification: maker, model, serial number and driver version (str)."""
        return f"Pico Technology,PicoScope {self.variant},{self.serial},{self.driver_version}"

    @property
    def serial(self) -> str:
        """Get the serial number (str)."""
        return self._info("serial")

    @property
    def variant(self) -> str:
        """Get the model, such as "5444D" (str)."""
        return self._info("variant")

    @property
    def calibration_date(self) -> str:
        """Get the date of the last calibration as the scope gives it, such as "01Jan24" (str)."""
        return self._info("calibration_date")

    @property
    def driver_version(self) -> str:
        """Get the name and version of the driver (str)."""
        return self._info("driver_version")

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Get the analogue channels that can be used: those of the model, or A and B on USB power
        (tuple of str).
        """
        return self.adapter.connection.channel_names

    @property
    def power_source(self) -> str:
        """Control the power source: reads "mains", "USB", "USB 2" (a port slower than USB 3.0) or
        "sufficient" (two-channel models); takes strictly one of the first three, as a confirmation
        that it was plugged or unplugged. While a stream runs the last known one is read.

        :raises PowerSourceError: the scope is not powered like that.
        """
        connection = self.adapter.connection
        power_source = connection.power if self.is_streaming else self.unit.read_power()
        return power_source.name

    @power_source.setter
    def power_source(self, value: str) -> None:
        name = checks.choice("power_source", value, _POWER_SOURCES)
        self.require_idle("power_source")
        self.unit.change_power(_POWER_SOURCES[name])

    def ping(self) -> None:
        """Check that the scope answers.

        :raises DeviceLostError: it does not.
        :raises SessionStateError: a stream runs, or the instrument is closed.
        """
        self.require_idle("ping()")
        self.unit.ping()

    def flash_led(self, times: int = 3) -> None:
        """Let the scope's LED flash, to find it among others.

        :param times: how often, 1 to 32767.
        :raises SessionStateError: a stream runs, or the instrument is closed.
        """
        times = checks.whole_number("times", times, 1, 32767)
        self.require_idle("flash_led()")
        self.unit.flash_led(times)

    def check_errors(self) -> list[str]:
        """Tell and log what is wrong: in the running or latest stream, and with the connection.

        :returns: one sentence each: its error, samples lost, channels over range, no answer.
        """
        errors = [*self._stream_errors(), *self._connection_errors()]
        for error in errors:
            log.error("%s: %s", self.name, error)
        return errors

    def _stream_errors(self) -> list[str]:
        session, health = self._session, self.latest_health
        errors = [str(session.error)] if session and session.error else []
        if health.gaps:
            gaps = counted(health.gaps, "gap")
            lost = f"{health.lost} samples per channel were lost in {gaps}."
            errors.append(lost if health.lost else f"Samples were lost in {gaps}: few, or unknown.")
        clipped = [name for name, count in health.over_range.items() if count]
        if clipped:
            errors.append(f"The input was over range on channel {', '.join(clipped)}.")
        return errors

    def _connection_errors(self) -> list[str]:
        if self.is_streaming:  # the stream itself finds out
            return []
        try:
            self.unit.ping()
        except PicoStreamError as error:
            return [str(error)]
        return []

    def _info(self, what: str) -> str:
        return str(self.adapter.connection.info.get(what, ""))
