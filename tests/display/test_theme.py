"""Light and dark: everything that is written can be read."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_has_enough_contrast(application: Any, name: str) -> None:
    from picostream_pymeasure.display.painting.theme import READABLE, THEMES, contrast

    theme = THEMES[name]
    grounds = (theme.window, theme.base, theme.background)
    texts = (theme.foreground, theme.muted, theme.warning, theme.gap, theme.event, theme.trigger)
    figures = {(text, ground): contrast(text, ground) for text in texts for ground in grounds}
    for kind in ("error", "caution", "notice"):
        pair = getattr(theme, kind), getattr(theme, f"{kind}_background")
        figures[pair] = contrast(*pair)
    figures["#ffffff", theme.selection] = contrast("#ffffff", theme.selection)
    too_low = {pair: round(found, 2) for pair, found in figures.items() if found < READABLE}
    assert not too_low
    for colour in theme.channels.values():
        assert contrast(colour, theme.background) >= 3, "lines and areas need less"
        for ground in grounds:
            assert contrast(theme.contrast_colour(colour), ground) >= READABLE


def test_contrast_as_the_guidelines_say(application: Any) -> None:
    from picostream_pymeasure.display.painting.theme import contrast

    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
