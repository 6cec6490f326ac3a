"""Parameters of the trigger that begins a recording."""

from __future__ import annotations

from pymeasure.experiment import BooleanParameter, ListParameter, Procedure

from picostream_pymeasure.config import (
    CHANNEL_NAMES,
    DIGITAL_INPUTS,
    EXTERNAL,
    MAX_AUTO_TRIGGER_S,
    MAX_PRE_TRIGGER_S,
    AdvancedTriggerConfig,
    Direction,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)

from .number_parameters import NumberParameter

DIRECTIONS = TriggerDirection.by_words()

#: What the same words mean for an input that is only high or low.
_DIGITAL = {
    "above": Direction.HIGH,
    "below": Direction.LOW,
    "rising": Direction.RISING,
    "falling": Direction.FALLING,
    "rising or falling": Direction.RISING_OR_FALLING,
}


class TriggerParameters(Procedure):
    """The simple trigger; for an advanced one write :meth:`trigger_config` anew."""

    trigger_enabled = BooleanParameter(
        "Trigger", default=False, description="Begin at an edge instead of at once."
    )
    trigger_source = ListParameter(
        "Trigger Source",
        choices=[*CHANNEL_NAMES, EXTERNAL, *DIGITAL_INPUTS],
        default="A",
        group_by="trigger_enabled",
        description="Input that is watched: one that is recorded, or EXT; D0 to D15 of a port.",
    )
    trigger_level = NumberParameter(
        "Trigger Level",
        units="V",
        minimum=-20,
        maximum=20,
        default=0,
        group_by={
            "trigger_enabled": True,
            "trigger_source": lambda source: source not in DIGITAL_INPUTS,
        },
        description="Voltage to cross; digital inputs have the logic level of their port.",
    )
    trigger_direction = ListParameter(
        "Trigger Direction",
        choices=list(DIRECTIONS),
        default="rising",
        group_by="trigger_enabled",
        description="Which crossing counts.",
    )
    pre_trigger = NumberParameter(
        "Pre-Trigger",
        units="s",
        minimum=0,
        maximum=MAX_PRE_TRIGGER_S,
        default=0,
        group_by="trigger_enabled",
        description="Time before the edge that is kept.",
    )
    auto_trigger = NumberParameter(
        "Auto-Trigger",
        units="s",
        minimum=0,
        maximum=MAX_AUTO_TRIGGER_S,
        default=0,
        group_by="trigger_enabled",
        description="Begin without an edge after this time; 0 waits for ever.",
    )

    INPUTS: tuple[str, ...] = (
        "trigger_enabled",
        "trigger_source",
        "trigger_level",
        "trigger_direction",
        "pre_trigger",
        "auto_trigger",
    )

    def trigger_config(self) -> TriggerConfig | AdvancedTriggerConfig | None:
        """Give the settings of the trigger, None when it is off.

        :raises ConfigurationError: they do not fit together.
        """
        if not self.trigger_enabled:
            return None
        if self.trigger_source in DIGITAL_INPUTS:
            watched = TriggerInput(self.trigger_source, _DIGITAL[self.trigger_direction])
            return AdvancedTriggerConfig(
                (watched,), pre_trigger_s=self.pre_trigger, auto_trigger_s=self.auto_trigger
            )
        return TriggerConfig(
            source=self.trigger_source,
            level_v=self.trigger_level,
            direction=DIRECTIONS[self.trigger_direction],
            pre_trigger_s=self.pre_trigger,
            auto_trigger_s=self.auto_trigger,
        )
