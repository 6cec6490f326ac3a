"""What is folded away says what counts in it."""

from __future__ import annotations

from typing import Any


def test_a_folded_part_names_what_was_chosen_in_it(program_window: Any) -> None:
    inputs = program_window.inputs
    ports, ends = inputs.boxes["Digital Ports"], inputs.boxes["End"]
    assert ports.is_folded
    assert ports.button.text() == "Digital Ports"
    inputs.port_0.setValue(True)
    assert ports.button.text() == "Digital Ports: Port 0"
    ports.button.click()
    assert ports.button.text() == "Digital Ports", "it is seen"
    ports.button.click()
    assert ports.button.text() == "Digital Ports: Port 0"
    inputs.port_1.setValue(True)
    inputs.logic_level_0.setValue(2.5)
    assert ports.button.text() == "Digital Ports: Port 0, Logic Level 0, …"
    program_window.reset()
    assert ports.button.text() == "Digital Ports"
    inputs.ends_by.setValue("stop")
    assert ends.button.text() == "End", "it is open"
