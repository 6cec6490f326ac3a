"""What analogue channels and digital ports of the instrument have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from pymeasure.instruments import Channel

from ..config import ChannelConfig, DigitalPortConfig, require_kind
from . import checks
from .opened_scope import OpenedScope
from .strict_settings import StrictSettings

Config = TypeVar("Config", ChannelConfig, DigitalPortConfig)


class StreamedInput(StrictSettings, Channel, Generic[Config]):
    """An input that can be a row of a stream.

    Settings are given to the scope when a stream starts, and cannot be changed while it runs.
    """

    parent: OpenedScope
    id: str
    _kind: ClassVar[str]

    def __init__(self, parent: OpenedScope, config: Config, *, enabled: bool) -> None:
        self._config: Config = config
        self._enabled = enabled
        super().__init__(parent, config.name)

    @property
    def config(self) -> Config:
        """Get all settings of the input as one frozen configuration."""
        return self._config

    @property
    def enabled(self) -> bool:
        """Control whether the input is streamed (bool, only A is at first).

        :raises ConfigurationError: the model does not have it, or the power does not suffice.
        """
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        value = checks.flag(f"{self.id}.enabled", value)
        self.parent.require_idle(f"{self.id}.enabled")
        if value:
            self.parent.require_inputs(**{self._kind: (self._config,)})
        self._enabled = value

    def apply(self, config: Config | None) -> None:
        """Enable the input as configured, or (None) disable it."""
        require_kind(f"The config of {self.id}", config, type(self._config), type(None))
        self.parent.require_idle(self.id)
        self._enabled = config is not None
        self._config = config or self._config

    def _change(self, what: str, **settings: Any) -> None:
        self.parent.require_idle(f"{self.id}.{what}")
        self._config = replace(self._config, **settings)
