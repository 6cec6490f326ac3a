"""The row that says whether the next run can be recorded, and what is in its way."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.errors import SdkNotFoundError
from picostream_pymeasure.instrument import found_scopes
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from tests.support.displays import QtGui
from tests.support.experiment_windows import Until


def verdict(window: Any) -> Any:
    """The text beside "Can record"."""
    return next(value for label, value in window.estimator._rows if label.text() == "Can record")


@pytest.mark.parametrize(
    ("scope", "inputs", "obstacle"),
    [
        ({"power": "usb"}, {"channel_c": True}, "on USB power"),
        ({"variant": "5444D"}, {"port_0": True}, "the 5444D has no PORT0"),
        (None, {}, "the PicoScope driver cannot be loaded"),
    ],
)
def test_what_is_in_the_way_is_told_before_a_run(
    program_window: Any,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    scope: dict[str, str] | None,
    inputs: dict[str, bool],
    obstacle: str,
) -> None:
    def library_of(simulated: bool) -> Any:
        if scope is None:
            raise SdkNotFoundError("The driver is missing; how to install it takes many lines.")
        return load_simulated([SimulatedScope(serial="AB1/2", **scope)])

    window, scopes = program_window, program_window.inputs.scope_serial
    until(lambda: scopes.refresh_button.isEnabled())
    monkeypatch.setattr(found_scopes, "library_of", library_of)
    scopes.refresh()
    until(lambda: scopes.refresh_button.isEnabled())
    scopes.setValue("AB1/2")
    for name, value in inputs.items():
        getattr(window.inputs, name).setValue(value)
    window.estimator.look()
    # while the simulated scope was chosen, the missing driver was told instead of all rows
    until(lambda: dict(window.estimator.texts).get("Can record", "").startswith("no: "))
    assert obstacle in verdict(window).text()
    controls = window.controls
    until(lambda: not controls.queue_button.isEnabled())
    assert controls.status.text() == "Nothing can be recorded now."
    assert obstacle in controls.status.toolTip()
    assert QtGui.QColor(window.recording_tab.plotter.theme.warning).name() in (
        controls.status.styleSheet()
    )
    window.resize(1, 1)  # as small as it gets
    text = verdict(window)
    until(lambda: text.height() >= text.heightForWidth(text.width()))
    assert window.rect().contains(text.mapTo(window, text.rect().bottomRight()))
    theme = window.recording_tab.plotter.theme
    assert QtGui.QColor(theme.warning).name() in verdict(window).styleSheet()
    for name in inputs:
        getattr(window.inputs, name).setValue(False)
    if scope is not None:
        window.estimator.look()
        until(lambda: verdict(window).text() == "yes" or (window.estimator.look(), False)[1])
        assert not verdict(window).styleSheet()
        assert controls.queue_button.isEnabled()
        assert controls.status.text() == "Ready."
