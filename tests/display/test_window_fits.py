"""The window on small screens, and in the dark."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.displays import QtCore, QtGui, QtWidgets, wait
from tests.support.event_loop import live
from tests.support.experiment_windows import Until, all_ended, settings_in

#: What Qt leaves beside the text of a cell.
_CELL_MARGINS_PX = 6


def test_it_fits_on_a_small_screen_with_everything_open(program_window: Any, until: Until) -> None:
    window = program_window
    window.inputs.ends_by.setValue("stop")
    window.resize(1280, 660)
    window.queue_button.click()
    until(window.controls.stop_button.isEnabled)
    actions = window.recording_tab.plotter.actions_by_name
    for name in ("measurements", "spectrum", "histogram", "trigger"):
        actions[name].setChecked(True)
        QtWidgets.QApplication.processEvents()
        assert window.height() <= 660, f"{name} makes it grow"
    assert window.minimumSizeHint().width() <= 1280
    controls = window.controls
    until(controls.mark_button.isVisible)
    buttons = (window.queue_button, controls.stop_button, window.abort_button, controls.mark_button)
    for width in (1280, 1):
        window.resize(width, 660)
        QtWidgets.QApplication.processEvents()
        for button in buttons:
            place = QtCore.QRect(button.mapTo(window, QtCore.QPoint(0, 0)), button.size())
            assert button.isVisible()
            assert window.rect().contains(place)
            assert place.bottom() < 100, "at the top"
    window.stop()
    until(lambda: all_ended(window))


def test_the_picture_has_room_beside_two_panels(program_window: Any) -> None:
    plotter = program_window.recording_tab.plotter
    program_window.resize(1366, 768)
    for name in ("measurements", "spectrum"):
        plotter.actions_by_name[name].setChecked(True)
    wait(lambda: plotter.plot.getViewBox().height() > 270)


def test_panels_are_beside_each_other_where_there_is_room(program_window: Any) -> None:
    plotter = program_window.recording_tab.plotter
    docks = plotter.screen_parts.analysis.docks
    table, spectrum, histogram = (docks[name] for name in ("measurements", "spectrum", "histogram"))

    def is_seen(dock: Any) -> bool:
        return not dock.visibleRegion().isEmpty()

    program_window.resize(1920, 1080)
    for name in ("measurements", "spectrum"):
        plotter.actions_by_name[name].setChecked(True)
    wait(lambda: is_seen(table) and is_seen(spectrum))
    assert table.geometry().right() < spectrum.geometry().left()
    wait(lambda: min(table.width(), spectrum.width()) > 500)
    plotter.actions_by_name["histogram"].setChecked(True)
    wait(lambda: is_seen(table) and is_seen(histogram) and not is_seen(spectrum))
    program_window.resize(1366, 768)
    wait(lambda: sum(map(is_seen, (table, spectrum, histogram))) == 1)
    saved = plotter.screen_parts.save_layout()
    program_window.resize(1920, 1080)
    wait(lambda: is_seen(table) and is_seen(spectrum) + is_seen(histogram) == 1)
    plotter.screen_parts.restore_layout(saved)
    wait(lambda: is_seen(table) and is_seen(spectrum) + is_seen(histogram) == 1)
    assert program_window.minimumSizeHint().width() <= 1280


def test_the_texts_of_the_buttons_above_the_picture_take_no_more_room_than_they_need(
    program_window: Any,
) -> None:
    bar = program_window.recording_tab.plotter.screen_parts.tool_bar
    program_window.resize(2500, 660)
    buttons = [bar.widgetForAction(action) for action in bar.actions() if action.isVisible()]
    tools = [button for button in buttons if isinstance(button, QtWidgets.QToolButton)]
    texts = [button for button in tools if button.text() not in ("Theme", "Help")]
    beside = QtCore.Qt.ToolButtonTextBesideIcon
    wait(lambda: all(button.toolButtonStyle() == beside for button in texts))
    QtWidgets.QApplication.processEvents()
    assert "Follow" in [button.text() for button in texts]
    for button in texts:
        text_px = button.fontMetrics().horizontalAdvance(button.text())
        needed_px = button.iconSize().width() + text_px
        usual_px = button.sizeHint().width()
        has_arrow = button.popupMode() == QtWidgets.QToolButton.InstantPopup
        assert needed_px <= button.width() <= usual_px - (not has_arrow), button.text()


def test_on_a_low_window_the_list_of_runs_is_a_page_beside_the_panels(program_window: Any) -> None:
    window = program_window
    actions = window.recording_tab.plotter.actions_by_name
    runs, splitter = window.browser_widget, window.splitter
    window.resize(1280, 700)
    assert splitter.indexOf(runs) == 1
    actions["measurements"].setChecked(True)
    wait(lambda: splitter.indexOf(runs) < 0)
    window.tabs.setCurrentIndex(1)
    wait(lambda: splitter.indexOf(runs) == 1)
    assert runs.isVisible(), "other pages have no panels"
    window.tabs.setCurrentIndex(0)
    wait(lambda: splitter.indexOf(runs) < 0)
    window.resize(1280, 900)
    wait(lambda: splitter.indexOf(runs) == 1)
    window.resize(1280, 700)
    wait(lambda: splitter.indexOf(runs) < 0)
    actions["measurements"].setChecked(False)
    wait(lambda: splitter.indexOf(runs) == 1 and runs.isVisible())


def test_the_higher_a_window_the_more_runs_are_listed(program_window: Any) -> None:
    window, splitter = program_window, program_window.splitter
    browser = window.browser
    for _ in range(6):
        window.queue()
    row_px = browser.visualItemRect(browser.topLevelItem(0)).height()
    for height_px, n_runs in ((680, (1, 2)), (720, (3,)), (1040, (4,)), (720, (3,)), (680, (1, 2))):
        window.resize(1700, height_px)
        wait(lambda: min(browser.viewport().height() // row_px, 4) in n_runs)  # noqa: B023
    splitter.setSizes([400, 250])
    chosen_px = splitter.sizes()[1]
    window.resize(1700, 1040)
    QtWidgets.QApplication.processEvents()
    assert splitter.sizes()[1] == chosen_px, "what somebody chose stays"
    window.abort()
    wait(lambda: not window.manager.is_running())


def test_it_starts_no_larger_than_the_screen(program_window: Any) -> None:
    from picostream_pymeasure.display.experiment.layout import fit_on_screen

    room = program_window.screen().availableGeometry()  # 800 x 600 without a screen
    program_window.move(room.right(), room.bottom())
    fit_on_screen(program_window, (9000, 9000))
    wait(lambda: program_window.height() <= room.height())
    frame = program_window.frameGeometry().width() - program_window.width()
    least = program_window.minimumSizeHint().width()
    assert program_window.width() == max(room.width() - frame, least)
    assert program_window.frameGeometry().topLeft() == room.topLeft()


def test_before_it_is_shown_there_is_room_for_its_title(application: Any) -> None:
    from picostream_pymeasure.display.experiment.layout import fit_on_screen

    window = QtWidgets.QWidget()
    fit_on_screen(window, (9000, 9000))
    title_px = window.style().pixelMetric(QtWidgets.QStyle.PM_TitleBarHeight)
    assert title_px > 0
    assert window.height() + title_px == window.screen().availableGeometry().height()


def test_a_long_sentence_beside_the_buttons_moves_nothing(program_window: Any) -> None:
    controls = program_window.controls
    program_window.resize(1280, 660)
    QtWidgets.QApplication.processEvents()
    height = controls.height()
    sentence = (
        "Range A: 300 mV is none of 10 mV, 20 mV, 50 mV, 100 mV, 200 mV, 500 mV, 1 V, 2 V, 5 V."
    )
    controls.show_obstacle(sentence)
    assert controls.status.text() == "Nothing can be recorded now."
    assert controls.status.toolTip() == controls.queue_button.toolTip() == sentence
    controls.status.setText(sentence)
    QtWidgets.QApplication.processEvents()
    assert controls.height() == controls.sizeHint().height() == height
    status = controls.status
    assert status.heightForWidth(status.width()) <= status.height(), "all of it is seen"


@pytest.fixture
def dark(application: Any) -> Iterator[Any]:
    from picostream_pymeasure.display.painting.program_style import ProgramStyle
    from picostream_pymeasure.display.painting.theme import DARK

    before = application.style().objectName()
    application.setStyle(ProgramStyle())
    application.setPalette(DARK.palette())  # as a dark desktop's
    yield application
    application.setStyle(before)
    application.setPalette(QtGui.QPalette())


def test_the_whole_window_is_dark_in_a_dark_desktop(dark: Any, program_window: Any) -> None:
    window = program_window
    window.resize(1280, 720)
    for page in range(window.tabs.count()):
        window.tabs.setCurrentIndex(page)
        QtWidgets.QApplication.processEvents()
        image = window.grab().toImage()
        places = [(x, y) for x in range(2, 1280, 9) for y in range(2, image.height(), 9)]
        bright = [place for place in places if image.pixelColor(*place).lightness() > 140]
        assert len(bright) < len(places) / 20, window.tabs.tabText(page)


def test_a_theme_that_is_chosen_is_that_of_the_whole_window(program_window: Any) -> None:
    from picostream_pymeasure.display.painting.theme import DARK, LIGHT, theme_of

    plotter = program_window.recording_tab.plotter
    program_window.tell("Ranges for the next run: A ±2 V.", logging.INFO)
    QtWidgets.QApplication.processEvents()
    plotter.set_theme("dark")
    assert theme_of(program_window) is DARK
    message = program_window.messages.grab().toImage().pixelColor(20, 4)
    assert message.lightness() < 128, "what is told already is dark as well"
    assert theme_of(program_window.inputs) is DARK
    plotter.set_theme(None)
    assert theme_of(program_window.inputs) is LIGHT


def test_every_field_and_button_is_explained(program_window: Any) -> None:
    window = program_window
    kinds = (QtWidgets.QAbstractSpinBox, QtWidgets.QComboBox, QtWidgets.QLineEdit)
    explained = [window.inputs, window.file_input, window.recording_tab.plotter, window.controls]
    for widget in [each for part in explained for each in part.findChildren(kinds)]:
        parent = widget.parentWidget()  # shows its help over its parts
        is_explained = widget.toolTip() or parent.toolTip() or isinstance(parent, kinds)
        assert is_explained, widget.objectName() or type(widget).__name__
    for part in (window.recording_tab.plotter.screen_parts.tool_bar, window.sequencer):
        for button in part.findChildren(QtWidgets.QAbstractButton):
            if button.objectName() != "qt_toolbar_ext_button" and button.text():
                assert button.toolTip(), button.text()
    assert all(box.button.toolTip() for box in window.inputs.boxes.values())


def test_texts_that_matter_less_are_seen_in_a_program_with_colours_of_its_own(
    program_window: Any,
) -> None:
    from picostream_pymeasure.display.painting.theme import LIGHT

    # desktops without a theme have no brush for them
    brush = program_window.inputs.palette().brush(QtGui.QPalette.PlaceholderText)
    assert brush.style() == QtCore.Qt.SolidPattern
    assert brush.color().name() == LIGHT.muted


def test_choosing_among_runs_cuts_no_title_of_a_page(program_window: Any) -> None:
    program_window.recording_tab._offer_choices(True)
    for width_px in (1280, 1300, 1920):
        program_window.resize(width_px, 720)
        QtWidgets.QApplication.processEvents()
        bar = program_window.tabs.tabBar()
        assert bar.width() >= bar.sizeHint().width()


def test_the_smallest_window_has_room_for_the_titles_of_its_pages(program_window: Any) -> None:
    program_window.resize(1, 1)
    QtWidgets.QApplication.processEvents()
    bar = program_window.tabs.tabBar()
    assert bar.width() >= bar.sizeHint().width()


def test_the_inputs_give_their_room_to_the_plot(program_window: Any) -> None:
    window = program_window
    window.resize(1280, 720)
    QtWidgets.QApplication.processEvents()
    before = window.recording_tab.width()
    window.side_button.click()
    wait(lambda: window.recording_tab.width() > before + 300)
    assert not window.inputs.isVisible()
    folded = window._memory.state()
    window.reset()
    wait(window.inputs.isVisible)
    window._memory.apply(folded)
    assert not window.side_button.isChecked()
    wait(lambda: not window.inputs.isVisible())


def test_the_list_of_keys_fits_on_the_screen(program_window: Any) -> None:
    from picostream_pymeasure.display.controls.help_dialog import HelpDialog

    dialog = HelpDialog(program_window.recording_tab.plotter)
    dialog.show()
    room = program_window.screen().availableGeometry().size()  # 800 x 600 without a screen
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()
    (buttons,) = dialog.findChildren(QtWidgets.QDialogButtonBox)
    assert dialog.rect().contains(buttons.geometry())
    dialog.close()


def test_keys_work_in_the_list_of_runs(program_window: Any) -> None:
    from qtpy.QtTest import QTest

    window = program_window
    window.inputs.duration.setValue(0.05)
    for _ in range(2):
        window.queue_button.click()
    wait(lambda: all_ended(window))
    entries = {each.shortcut().toString(): each for each in view_menu(window)}
    window.inputs.duration.setFocus()
    entries["Ctrl+1"].trigger()
    assert window.focusWidget() is window.recording_tab.plotter
    entries["Ctrl+L"].trigger()
    assert window.focusWidget() is window.browser
    QTest.keyClick(window.browser, QtCore.Qt.Key_Down)
    QTest.keyClick(window.browser, QtCore.Qt.Key_Space)
    items = [window.browser.topLevelItem(row) for row in (0, 1)]
    assert [item.checkState(0) == QtCore.Qt.Checked for item in items] == [True, False]


def test_the_list_comes_to_the_front_for_its_keys(program_window: Any) -> None:
    window = program_window
    window.resize(1280, 700)
    window.recording_tab.plotter.actions_by_name["measurements"].setChecked(True)
    wait(lambda: window.splitter.indexOf(window.browser_widget) < 0)
    (entry,) = [each for each in view_menu(window) if each.shortcut().toString() == "Ctrl+L"]
    wait(lambda: window.browser.mapTo(window, QtCore.QPoint(0, 0)).x() < 0)
    entry.trigger()
    wait(lambda: window.browser.mapTo(window, QtCore.QPoint(0, 0)).x() > 0)
    assert window.focusWidget() is window.browser


def test_qt_has_no_complaint_about_panels_that_are_opened(program_window: Any) -> None:
    plotter = program_window.recording_tab.plotter
    said: list[str] = []
    before = QtCore.qInstallMessageHandler(lambda kind, context, text: said.append(text))
    try:
        for name in ("measurements", "spectrum", "histogram"):
            plotter.actions_by_name[name].setChecked(True)
            QtWidgets.QApplication.processEvents()
            assert not plotter.screen_parts.analysis.docks[name].isHidden()
    finally:
        QtCore.qInstallMessageHandler(before)
    assert not [text for text in said if "Negative sizes" in text]


def test_inputs_that_appear_below_the_others_come_into_sight(program_window: Any) -> None:
    window, inputs = program_window, program_window.inputs
    window.resize(1280, 660)
    port = inputs._area.viewport()

    def is_seen(widget: Any) -> bool:
        corner = widget.mapTo(port, QtCore.QPoint(0, 0))
        return port.rect().contains(QtCore.QRect(corner, widget.size()))

    wait(lambda: not is_seen(inputs.boxes["End"]))
    inputs.trigger_enabled.click()
    wait(lambda: is_seen(inputs.trigger_level) and is_seen(inputs.trigger_source))
    recording = inputs.boxes["Recording"]
    assert recording.is_folded
    recording.button.click()
    wait(lambda: is_seen(recording.button) and is_seen(inputs.compress))


@pytest.mark.parametrize("text", ["9" * 500, "a" * 300])
def test_a_long_text_does_not_widen_the_window(program_window: Any, text: str) -> None:
    window = program_window
    wait(window.inputs.scope_serial.refresh_button.isEnabled)
    window.resize(1, 1)
    QtWidgets.QApplication.processEvents()
    width_px = window.width()  # as narrow as it gets
    window.inputs.duration.lineEdit().setText(text)
    window.inputs.duration.lineEdit().textEdited.emit(text)
    window.estimator.look()
    window.messages.tell(text)
    window.estimator.judged.emit(text)
    wait(lambda: text in window.messages.text and text[:60] in window.estimator.texts[0][1])
    live(0.1)  # what lays out anew does so later
    assert window.minimumSizeHint().width() <= width_px
    assert window.width() == width_px


def view_menu(window: Any) -> list[Any]:
    """Entries of the menu of that name."""
    (menu,) = [each.menu() for each in window.menuBar().actions() if each.text() == "&View"]
    return list(menu.actions())


def test_an_empty_window_says_what_to_do_first(program_window: Any) -> None:
    empty = program_window.recording_tab.plotter.screen_parts.empty_state
    assert empty.isVisible()
    assert "press <b>Queue</b>" in empty.text()
    program_window.estimator.judged.emit("no scope <here>.")
    assert "Nothing can be recorded now: no scope &lt;here&gt;.<br>" in empty.text()
    assert "Queue" not in empty.text(), "it cannot be pressed then"
    program_window.estimator.judged.emit("")
    assert "press <b>Queue</b>" in empty.text()
    program_window.resize(1, 1)  # as small as it gets
    wait(lambda: empty.heightForWidth(empty.width()) <= empty.height())
    assert empty.message in empty.text()


def test_tab_goes_from_each_title_into_its_part_and_along_the_bar(program_window: Any) -> None:
    window = program_window
    order = [window]
    while (following := order[-1].nextInFocusChain()) is not window:
        order.append(following)
    places = {
        widget: number
        for number, widget in enumerate(order)
        if widget.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus
    }
    for box in window.inputs.boxes.values():
        inside = [places[w] for w in places if box.isAncestorOf(w) and w is not box.button]
        assert places[box.button] < min(inside)
    browser, controls = window.browser_widget, window.controls
    bar = [window.queue_button, controls.stop_button, window.abort_button, browser.open_button]
    beside_list = [browser.browser, browser.show_button, browser.hide_button, browser.clear_button]
    for row in (bar, beside_list):
        assert sorted(row, key=places.__getitem__) == row


def test_what_is_done_with_all_runs_stands_beside_the_list(program_window: Any, until: Any) -> None:
    window = program_window
    runs = window.browser_widget
    window.queue_button.click()
    until(lambda: runs.clear_button.isEnabled())
    for button in (runs.show_button, runs.hide_button, runs.clear_button):
        assert button.isVisible()
        place = button.mapTo(runs, QtCore.QPoint(0, 0))
        assert place.x() >= window.browser.geometry().right()
        assert place.y() + button.height() <= runs.height()
    runs.hide_button.click()
    assert window.browser.topLevelItem(0).checkState(0) == QtCore.Qt.Unchecked


def test_a_run_of_two_channels_is_read_in_the_list_of_a_small_window(
    application: Any, until: Any, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import make_window

    font = application.font()
    small = QtGui.QFont(font)
    small.setPointSizeF(9.0)
    application.setFont(small)
    window = make_window(simulate=True, settings=settings_in(tmp_path))
    window.directory = str(tmp_path)
    window.show()
    window.resize(1280, 660)
    window.inputs.channel_b.setValue(True)
    window.inputs.range_a.setValue(2)
    window.inputs.range_b.setValue(2)
    window.inputs.duration.setValue(0.05)
    for _ in range(3):  # there is a scroll bar
        window.queue_button.click()
    browser = window.browser
    titles = [browser.headerItem().text(n) for n in range(browser.columnCount())]
    inputs, last = titles.index("Inputs"), browser.topLevelItem(2)
    until(lambda: last.text(inputs) == "A B ±2 V" and window.controls.status.text() == "Ready.")
    last.setText(titles.index("Lost"), "≈ 99,985")
    needed_px = QtGui.QFontMetrics(small).horizontalAdvance(last.text(inputs)) + _CELL_MARGINS_PX
    until(browser.verticalScrollBar().isVisible)
    until(lambda: browser.columnWidth(titles.index("Lost")) > 60)
    assert browser.columnWidth(inputs) >= needed_px
    until(window.inputs.scope_serial.refresh_button.isEnabled)
    window.close()
    application.setFont(font)
