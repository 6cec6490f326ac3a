"""Texts of the command line as settings; those without a sense raise ``ConfigurationError``."""

from __future__ import annotations

from collections.abc import Iterable

from ..config import (
    DIGITAL_INPUTS,
    AdvancedTriggerConfig,
    Bandwidth,
    ChannelConfig,
    ChannelScale,
    Coupling,
    DigitalPortConfig,
    Direction,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)
from ..errors import ConfigurationError, shown
from ..quantities import parse, parse_scale

_DIRECTIONS = {
    "rising": TriggerDirection.RISING,
    "falling": TriggerDirection.FALLING,
    "either": TriggerDirection.RISING_OR_FALLING,
    "above": TriggerDirection.ABOVE,
    "below": TriggerDirection.BELOW,
}

_DIGITAL_DIRECTIONS = {
    "rising": Direction.RISING,
    "falling": Direction.FALLING,
    "either": Direction.RISING_OR_FALLING,
    "high": Direction.HIGH,
    "low": Direction.LOW,
}


def channel(text: str, range_v: float, coupling: str, offset_v: float) -> ChannelConfig:
    """Read a channel such as ``B``, ``B:2V:AC``, ``B:500mV:offset=0.1V:20MHz`` or ``C:1nA/mV``.

    :param range_v: range, coupling and offset are used where the text names none.
    """
    name, *details = text.split(":")
    if len(name.strip()) > 1:
        raise ConfigurationError(
            f"There is no channel {shown(name.strip())}; use one of A, B, C, D, with what belongs "
            "to it as in -c A:2V:AC, and -c once for each."
        )
    settings: dict[str, object] = {
        "range_v": range_v,
        "coupling": Coupling[coupling.upper()],
        "offset_v": offset_v,
    }
    named: set[str] = set()
    for detail in details:
        found = _detail(detail.strip())
        if named & found.keys():
            raise ConfigurationError(
                f"{shown(text)} says with {shown(detail.strip())} what it has said already; say "
                "each thing once, and an offset as in offset=0.1V."
            )
        named |= found.keys()
        settings.update(found)
    return ChannelConfig(name.strip().upper(), **settings)  # type: ignore[arg-type]


def scales(texts: Iterable[str]) -> dict[str, ChannelScale]:
    """Read what channels' voltages stand for, such as ``A=1nA/mV``."""
    found = {}
    for text in texts:
        name, equals, scale = text.partition("=")
        if not equals:
            raise ConfigurationError(f"{shown(text)} is no scale; write for example A=1nA/mV.")
        if (channel := name.strip().upper()) in found:
            raise ConfigurationError(f"Channel {channel} has two scales; give one.")
        found[channel] = parse_scale(scale)
    return found


def is_port(text: str) -> bool:
    """Whether a text names a digital port rather than a channel."""
    return text.strip().upper().startswith("PORT")


def port(text: str) -> DigitalPortConfig:
    """Read a digital port such as ``PORT0`` or ``PORT0:1.5V``."""
    name, *levels = text.split(":")
    if len(levels) > 1:
        raise ConfigurationError(
            f"{shown(text)} is not a digital port; write PORT0 or PORT0:LEVEL, for example "
            "PORT0:1.5V."
        )
    return DigitalPortConfig(name.strip().upper(), *(parse(level, "V") for level in levels))


def _detail(text: str) -> dict[str, object]:
    if text.upper() in ("AC", "DC"):
        return {"coupling": Coupling[text.upper()]}
    if text.lower() == "20mhz":
        return {"bandwidth": Bandwidth.LIMIT_20MHZ}
    if text.lower().startswith("offset="):
        return {"offset_v": parse(text[7:], "V")}
    if "/" in text:
        return {"scale": parse_scale(text)}
    try:
        return {"range_v": parse(text, "V")}
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error} A channel also takes AC, DC, 20MHz, offset=0.1V and a scale such as 1nA/mV."
        ) from None


def trigger(
    text: str, pre_trigger_s: float, auto_trigger_s: float
) -> TriggerConfig | AdvancedTriggerConfig:
    """Read a trigger such as ``A:0.5V``, ``A:500mV:falling``, ``EXT:1V`` or ``D3:high``."""
    parts = [part.strip() for part in text.split(":")]
    if parts[0][:1].upper() == "D" and parts[0][1:].isdecimal():
        watched = _digital_input(*parts)
        return AdvancedTriggerConfig(
            (watched,), pre_trigger_s=pre_trigger_s, auto_trigger_s=auto_trigger_s
        )
    direction = parts[2].lower() if len(parts) == 3 else "rising"
    if len(parts) not in (2, 3) or direction not in _DIRECTIONS:
        raise ConfigurationError(
            f"{shown(text)} is not a trigger; write CHANNEL:LEVEL or CHANNEL:LEVEL:DIRECTION with "
            f"the direction {', '.join(_DIRECTIONS)}, for example A:0.5V:rising."
        )
    return TriggerConfig(
        source=parts[0].upper(),
        level_v=parse(parts[1], "V"),
        direction=_DIRECTIONS[direction],
        pre_trigger_s=pre_trigger_s,
        auto_trigger_s=auto_trigger_s,
    )


def _digital_input(name: str, direction: str = "rising", *rest: str) -> TriggerInput:
    if name.upper() not in DIGITAL_INPUTS:
        raise ConfigurationError(f"There is no digital input {name}; use one of D0 to D15.")
    if rest or direction.lower() not in _DIGITAL_DIRECTIONS:
        raise ConfigurationError(
            f"{name} is a digital input; write {name} or {name}:DIRECTION with the direction "
            f"{', '.join(_DIGITAL_DIRECTIONS)}."
        )
    return TriggerInput(name.upper(), _DIGITAL_DIRECTIONS[direction.lower()])
