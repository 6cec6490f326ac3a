"""What is known of the scopes before a run: power, channels, ports."""

from __future__ import annotations

import pytest

from picostream_pymeasure.errors import SdkNotFoundError
from picostream_pymeasure.instrument import found_scopes
from picostream_pymeasure.instrument.found_scopes import FoundScope, FoundScopes
from picostream_pymeasure.simulated import SimulatedScope, load_simulated


@pytest.mark.parametrize(
    ("settings", "channels", "ports", "obstacle"),
    [
        ({}, ["A", "D"], [], ""),
        ({"power": "usb"}, ["A", "B"], [], ""),
        ({"power": "usb"}, ["A", "C"], [], "on USB power"),
        ({"power": "usb2"}, ["C", "D"], [], "has the channels A, B, not C, D."),
        ({"variant": "5444D"}, ["A"], ["PORT0"], "the 5444D has no PORT0."),
        ({"variant": "5444DMSO"}, ["A"], ["PORT0", "PORT1"], ""),
    ],
)
def test_what_a_scope_cannot_record(
    settings: dict[str, str], channels: list[str], ports: list[str], obstacle: str
) -> None:
    library = load_simulated([SimulatedScope(serial="AB1/2", **settings)])
    found = FoundScope.of(library, "AB1/2")
    assert obstacle in found.obstacle(channels, ports)
    assert bool(obstacle) == bool(found.obstacle(channels, ports))
    assert not library.simulation.open_handles()


def test_scopes_are_told_by_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = FoundScopes()
    assert "still being looked for" in scopes.obstacle(None, ["A"], [])
    library = load_simulated([SimulatedScope(serial="AB1/2"), SimulatedScope(serial="CD3/4")])
    monkeypatch.setattr(found_scopes, "library_of", lambda simulated: library)
    assert scopes.look() == ["AB1/2", "CD3/4"]
    assert scopes.obstacle(None, ["A"], []) == ""
    assert scopes.obstacle("XY12/345", ["A"], []) == "XY12/345 is not connected and free."


def test_no_scope_is_told_with_why_that_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = FoundScopes()
    monkeypatch.setattr(found_scopes, "library_of", lambda simulated: object())
    monkeypatch.setattr(found_scopes, "list_serials", lambda library: [])
    assert scopes.look() == []
    assert "The PicoScope 5000E series has another driver" in scopes.obstacle(None, ["A"], [])


def test_no_driver_is_an_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(simulated: bool) -> None:
        raise SdkNotFoundError("The driver is missing.")

    scopes = FoundScopes()
    monkeypatch.setattr(found_scopes, "library_of", missing)
    with pytest.raises(SdkNotFoundError):
        scopes.look()
    assert "choose the simulated scope" in scopes.obstacle("AB1/2", ["A"], [])
