"""Light and dark: everything that is written can be read."""

from __future__ import annotations

from pathlib import Path
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
    figures[theme.window, theme.muted] = contrast(theme.window, theme.muted)  # one that is off
    for colour in (theme.foreground, theme.trigger, theme.event):  # texts on the axes
        tag = theme.contrast_colour(colour)
        figures[theme.background, tag] = contrast(theme.background, tag)
    for port in ("PORT0", "PORT1"):
        lane = theme.channels[port]
        assert theme.contrast_colour(lane) == lane, "lanes have the colour of their names"
    for colour in (*theme.channels.values(), theme.difference):
        figures[colour, theme.background] = contrast(colour, theme.background)
    too_low = {pair: round(found, 2) for pair, found in figures.items() if found < READABLE}
    assert not too_low
    for colour in (*theme.channels.values(), theme.difference):
        for ground in grounds:
            assert contrast(theme.contrast_colour(colour), ground) >= READABLE


def test_contrast_as_the_guidelines_say(application: Any) -> None:
    from picostream_pymeasure.display.painting.theme import contrast

    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_what_can_be_operated_stands_out(application: Any, name: str) -> None:
    from picostream_pymeasure.display.painting.program_style import ProgramStyle
    from picostream_pymeasure.display.painting.theme import THEMES, contrast
    from tests.support.displays import QtCore, QtGui, QtWidgets

    theme, style = THEMES[name], ProgramStyle()
    box, button = QtWidgets.QCheckBox(), QtWidgets.QToolButton(checkable=True)
    box.setFocusPolicy(QtCore.Qt.NoFocus)
    seen = []
    for checked in (False, True):
        for widget in (box, button):
            widget.setStyle(style)
            widget.setPalette(theme.palette())
            widget.setChecked(checked)
            image = widget.grab().toImage()
            places = [(x, y) for x in range(image.width()) for y in range(image.height())]
            seen.append({image.pixelColor(*place).name() for place in places})
    empty, up, ticked, down = seen
    assert {theme.muted, theme.base} <= empty
    assert contrast(theme.muted, theme.window) >= 3, "the border of a box"
    assert theme.foreground in ticked - empty
    assert theme.muted in up, "the border of a button that is not down"
    border = theme.palette().color(QtGui.QPalette.Link).name()
    assert border in down - up
    assert contrast(border, theme.window) >= 3, "the border of a button that is down"
    ground = max(down - up, key=lambda colour: contrast(colour, border))
    assert contrast(theme.foreground, ground) >= 4.5


def test_titles_and_hints_can_be_read_after_a_change_of_theme(application: Any) -> None:
    from pymeasure.display.Qt import QtGui, QtWidgets

    from picostream_pymeasure.display import dress
    from picostream_pymeasure.display.experiment.folding_box import FoldingBox
    from picostream_pymeasure.display.painting.empty_state import EmptyState
    from picostream_pymeasure.display.painting.theme import THEMES, contrast, system_theme

    desktop, style = system_theme().name, application.style().objectName()
    content = QtWidgets.QWidget()
    box = FoldingBox("Channels", content)
    state = EmptyState(content)
    state.show_message("There is no recording to show.")
    try:
        for name in ("light", "dark", "light", "dark"):
            dress(application, name)
            state.set_theme(THEMES[name])
            assert f"color:{THEMES[name].muted}" in state.text()
            image = box.button.grab().toImage()
            colours = {
                image.pixelColor(x, y).name()
                for x in range(image.width())
                for y in range(image.height())
            }
            most = max(contrast(colour, THEMES[name].window) for colour in colours)
            assert most > 7, f"the title is not seen on {name}"
        assert system_theme().name == desktop, "what a program wears is not the desktop's"
    finally:
        application.setStyle(style)
        application.setPalette(QtGui.QPalette())
    assert system_theme().name == desktop


def test_a_finished_recording_is_drawn_anew_in_another_theme(
    application: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.painting.theme import THEMES
    from tests.support.displays import recording, shown, wait, wait_for_traces

    path = recording(tmp_path / "a.hdf5", gaps=[(1000, 30)])
    with shown(path) as display:
        wait_for_traces(display)
        for name in ("measurements", "spectrum", "histogram", "events"):
            display.actions_by_name[name].trigger()
        docks, plot = display.screen_parts.analysis, display.plot
        table, spectrum = docks._table.table, docks._spectrum
        wait(lambda: table.rowCount() and spectrum.summary.text() and docks._histogram._curves)
        docks._table.statistics.setChecked(True)
        n_measured = table.item(5, 0).text()
        display.stop_updates()
        for name in ("dark", "light"):
            theme = THEMES[name]
            colour = theme.channels["A"]
            readable = theme.contrast_colour(colour)
            display.set_theme(name)
            assert plot.getAxis("left").textPen().color().name() == colour
            assert plot.zero_markers._markers["A"].pen.color().name() == colour
            assert table.verticalHeaderItem(0).foreground().color().name() == readable
            assert spectrum._curves["A"].opts["pen"].color().name() == colour
            assert readable in spectrum.summary.text()
            assert readable in docks._histogram.note.text()
            box = display.screen_parts.channel_bar.controls["A"].visible_box.palette()
            assert (box.color(box.WindowText).name(), box.color(box.Base).name()) == (
                readable,
                theme.base,
            )
            note = docks.events.note
            assert note.palette().color(note.foregroundRole()).name() == theme.foreground
            assert theme.warning in display.status._recorded.text(), "what was lost"
        assert table.item(5, 0).text() == n_measured, "nothing is measured twice"
        display.set_hdf5_path("")
        display.set_theme("dark")
        theme = THEMES["dark"]
        assert plot.getAxis("left").textPen().color().name() == theme.channels["A"]
        box = display.screen_parts.channel_bar.controls["A"].visible_box.palette()
        assert box.color(box.WindowText).name() == theme.contrast_colour(theme.channels["A"])
        assert not docks._table.stretch.text()
