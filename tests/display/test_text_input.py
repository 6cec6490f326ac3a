"""An input for texts: red while its parameter would refuse what stands there."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.errors import ConfigurationError


def colour(field: Any) -> str:
    return str(field.palette().color(field.foregroundRole()).name())


def test_a_text_that_is_refused_is_red(program_window: Any) -> None:
    from picostream_pymeasure.display.painting.theme import theme_of

    field = program_window.inputs.scale_a
    usual, help_text, error = colour(field), field.toolTip(), theme_of(field).error
    field.setText("banana")
    assert colour(field) == error
    assert "no scale of a voltage" in field.toolTip()
    with pytest.raises(ConfigurationError, match="Scale A: 'banana' is no scale"):
        program_window.make_procedure()
    for text in ("1 nA/mV", ""):
        field.setText(text)
        assert colour(field) == usual != error
        assert field.toolTip() == help_text
        assert program_window.make_procedure().scale_a == text
