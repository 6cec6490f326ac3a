"""Measurements, spectra and histograms as users see them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pymeasure.display.Qt", exc_type=ImportError)

from tests.support.plots import double_click, drag

COLOURS = {"A": "#1f5fd0", "B": "#d32f2f", "C": "#17803a", "": "#1f5fd0"}


@pytest.fixture
def shown(application: Any) -> Iterator[Any]:
    """Shows widgets, and closes them at the end."""
    widgets = []

    def show(widget: Any) -> Any:
        widgets.append(widget)
        widget.resize(900, 400)
        widget.show()
        application.processEvents()
        return widget

    yield show
    for widget in widgets:
        widget.close()


# --- measurements ---


@pytest.fixture
def table(shown: Any) -> Any:
    from picostream_pymeasure.display.analysis.measurement_table import MeasurementTable

    return shown(MeasurementTable())


def measurements(**fields: Any) -> Any:
    from picostream_pymeasure.display.analysis.measurement import Measurements

    values: dict[str, Any] = {
        "min_v": -0.50012,
        "max_v": 0.75,
        "peak_to_peak_v": 1.25012,
        "mean_v": 0.0123456,
        "rms_v": 0.35361,
        "frequency_hz": 12_345.6,
        "duty": 0.4987,
        "n_samples": 1_000_000,
    }
    return Measurements(**{**values, **fields})


def row(table: Any, index: int) -> list[str]:
    return [table.table.item(index, column).text() for column in range(table.table.columnCount())]


def names(table: Any) -> list[str]:
    return [table.table.verticalHeaderItem(n).text() for n in range(table.table.rowCount())]


def test_measurements_have_prefixes(table: Any) -> None:
    table.show_measurements({"A": measurements()})
    assert names(table) == ["A"]
    assert row(table, 0) == [
        "-500.1 mV",
        "750.0 mV",
        "1.250 V",
        "12.35 mV",
        "353.6 mV",
        "12.3456 kHz",
        "49.9 %",
        "1,000,000",
    ]


def column(table: Any, title: str) -> list[str]:
    """The numbers of a kind, from the first row to the last one."""
    titles = [table.table.horizontalHeaderItem(n).text() for n in range(8)]
    rows = range(table.table.rowCount())
    return [table.table.item(row, titles.index(title)).text() for row in rows]


def test_a_column_has_one_unit(table: Any) -> None:
    table.show_measurements(
        {
            "A": measurements(frequency_hz=1000.02, rms_v=0.7071, mean_v=-88.4e-6),
            "B": measurements(frequency_hz=999.936, rms_v=1.0, mean_v=0.4e-6),
            "C": measurements(frequency_hz=0.0123, rms_v=1.234e-3, mean_v=0.5),
        },
        COLOURS,
    )
    assert column(table, "Frequency") == ["1.00002 kHz", "0.99994 kHz", "12.3000 mHz"]
    assert column(table, "RMS") == ["0.7071 V", "1.000 V", "1.234 mV"], "with all their digits"
    assert column(table, "Mean") == ["-0.0884 mV", "0.0004 mV", "500.0 mV"]


@pytest.mark.parametrize(
    ("title", "field", "values", "texts"),
    [
        ("RMS", "rms_v", (1.0004, 0.9996, 1.0004), ["1.000 V", "1.000 V", "1.000 V"]),
        ("RMS", "rms_v", (0.9996, 1.0004, 0.05), ["1.000 V", "1.000 V", "50.00 mV"]),
        ("Frequency", "frequency_hz", (1e3, 999.936, 1e3), ["1.00000 kHz", "0.99994 kHz"] * 2),
        ("Mean", "mean_v", (-88.4e-6, 0.4e-6, 0.0), ["-88.4 µV", "0.4 µV", "0.0 µV"]),
        ("Max", "max_v", (0.0, 0.0, 5.0), ["0.000 V", "0.000 V", "5.000 V"]),
    ],
)
def test_units_and_digits_do_not_jump(
    table: Any, title: str, field: str, values: tuple[float, ...], texts: list[str]
) -> None:
    for value, text in zip(values, texts, strict=False):
        table.show_measurements({"A": measurements(**{field: value})}, COLOURS)
        assert column(table, title) == [text]


def test_digits_of_a_frequency_change_seldom(table: Any) -> None:
    for error_hz, text in ((0.4, "12.35 kHz"), (1.1, "12.35 kHz"), (9.0, "12.35 kHz"), (300, "12")):
        measured = measurements(frequency_error_hz=error_hz)
        table.show_measurements({"A": measured}, COLOURS)
        assert column(table, "Frequency")[0].startswith(text)


def test_frequencies_have_the_same_digits(table: Any) -> None:
    well = measurements(frequency_hz=999.99, frequency_error_hz=1e-3)
    badly = measurements(frequency_hz=1000.02, frequency_error_hz=0.4)
    table.statistics.setChecked(True)
    for _ in range(2):
        table.show_measurements({"A": well, "B": badly}, COLOURS)
    found = column(table, "Frequency")
    assert found[:5] == ["1.000 kHz", "1.000 kHz", "0.000 kHz", "1.000 kHz", "1.000 kHz"]
    assert found[6] == "1.000 kHz"
    table.statistics.setChecked(False)
    table.show_measurements({"A": well, "B": measurements(frequency_error_hz=5000)}, COLOURS)
    assert column(table, "Frequency")[0] == "1.000 kHz", "one that is known badly spoils no other"


@pytest.mark.parametrize(
    ("n_samples", "step_v", "mean_v", "text"),
    [
        (12_000, 0.98e-3, -288.46e-6, "-0.29 mV"),  # 9 µV
        (1_000_000, 0.98e-3, -288.46e-6, "-288 µV"),
        (100, 0.98e-3, -288.46e-6, "-0.3 mV"),
        (1, 15.6e-3, 0.7071, "0.7 V"),
        (1_000_000, 61e-6, 0.7071068, "707.1 mV"),
    ],
)
def test_a_mean_has_the_digits_that_its_samples_can_tell(
    table: Any, n_samples: int, step_v: float, mean_v: float, text: str
) -> None:
    measured = measurements(mean_v=mean_v, rms_v=mean_v, n_samples=n_samples, step_v=step_v)
    table.show_measurements({"A": measured}, COLOURS)
    assert column(table, "Mean") == column(table, "RMS") == [text]


def test_levels_have_the_digits_of_the_converter(table: Any) -> None:
    table.show_measurements({"A": measurements(min_v=-4.2e-3, max_v=1.2345, step_v=15.6e-3)})
    assert column(table, "Min") == ["0.00 V"]
    assert column(table, "Max") == ["1.23 V"]


def test_rows_come_and_go_with_the_channels(table: Any) -> None:
    table.show_measurements({"A": measurements(), "B": measurements(mean_v=1.0)}, COLOURS)
    assert names(table) == ["A", "B"]
    assert table.table.verticalHeaderItem(1).foreground().color().name() == COLOURS["B"]
    table.show_measurements({"B": measurements(mean_v=2.0)}, COLOURS)
    assert names(table) == ["B"]
    assert row(table, 0)[3] == "2.000 V"
    table.show_measurements({})
    assert names(table) == []


def test_what_is_not_known_is_a_dash(table: Any) -> None:
    from picostream_pymeasure.display.analysis.measurement import Measurements

    table.show_measurements({"": Measurements()})
    assert names(table) == ["Input"]
    assert row(table, 0) == ["–"] * 7 + ["0"]


def test_inexact_measurements_say_so_but_extremes_are_exact(table: Any) -> None:
    table.show_measurements({"A": measurements(exact=False, duty=float("nan"))})
    found = row(table, 0)
    assert found[:5] == ["-500.1 mV", "750.0 mV", "1.250 V", "≈ 12.35 mV", "≈ 353.6 mV"]
    assert found[5:] == ["≈ 12.3456 kHz", "–", "1,000,000"]
    assert "evenly spread" in table.table.item(0, 3).toolTip()
    assert not table.table.item(0, 0).toolTip()


def test_clipped_extremes_are_marked_until_they_are_not(table: Any) -> None:
    table.show_measurements({"A": measurements(clipped=True)})
    plain = table.table.item(0, 3).foreground().color()
    assert table.table.item(0, 1).foreground().color() != plain
    assert "end of the range" in table.table.item(0, 1).toolTip()
    table.show_measurements({"A": measurements()})
    assert table.table.item(0, 1).foreground().color() == plain
    assert not table.table.item(0, 1).toolTip()


def test_ports_are_shown_as_patterns(table: Any) -> None:
    nan = float("nan")
    port = measurements(
        min_v=0.003, max_v=0.254, peak_to_peak_v=0.251, mean_v=nan, rms_v=nan,
        frequency_hz=nan, duty=nan, is_digital=True,
    )  # fmt: skip
    table.show_measurements({"PORT0": port})
    assert row(table, 0) == ["0x03", "0xFE", "–", "–", "–", "–", "–", "1,000,000"]


def test_of_patterns_there_are_extremes_and_no_means(table: Any) -> None:
    port = measurements(min_v=0.016, max_v=0.255, peak_to_peak_v=0.239, is_digital=True)
    table.statistics.setChecked(True)
    for lowest in (0.016, 0.003):
        table.show_measurements({"PORT0": replace(port, min_v=lowest)}, COLOURS)
    texts = [[table.table.item(row, column).text() for column in range(3)] for row in range(6)]
    unknown = ["–"] * 3
    assert texts[0] == ["0x03", "0xFF", "–"]
    assert texts[1] == texts[2] == unknown, "mean and σ"
    assert texts[3:5] == [["0x03", "0xFF", "–"], ["0x10", "0xFF", "–"]]


def test_the_table_is_copied_with_the_keyboard(table: Any, application: Any) -> None:
    from pymeasure.display.Qt import QtCore
    from qtpy.QtTest import QTest

    table.show_measurements({"A": measurements(), "B": measurements(mean_v=1.0)})
    table.activateWindow()
    table.table.setFocus()
    keys = QtCore.Qt
    QTest.keyClick(table.table, keys.Key.Key_C, keys.KeyboardModifier.ControlModifier)
    lines = application.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Channel", "Min", "Max"]
    assert [line.split("\t")[0] for line in lines[1:]] == ["A", "B"]
    assert lines[2].split("\t")[4] == "1.000 V"
    table.table.selectRow(1)
    QTest.keyClick(table.table, keys.Key.Key_C, keys.KeyboardModifier.ControlModifier)
    assert len(application.clipboard().text().splitlines()) == 2


# --- spectra ---


@pytest.fixture
def panel(shown: Any) -> Any:
    from picostream_pymeasure.display.analysis.spectrum_panel import SpectrumPanel

    return shown(SpectrumPanel())


def line_spectrum(size: int = 200_000, at: int = 1000, seed: int = 1) -> Any:
    """Noise at -90 dBV with one bin at -3 dBV; the bins are 10 Hz apart."""
    from picostream_pymeasure.display.analysis.spectrum import Spectrum

    amplitudes = np.random.default_rng(seed).normal(-90, 2, size)
    amplitudes[at - 1] = -3.0
    return Spectrum(
        frequencies_hz=np.arange(1, size + 1) * 10.0,
        amplitude_dbv=amplitudes,
        resolution_hz=10.0,
        n_averages=7,
        begin_s=0.0,
        end_s=1.0,
        peak_hz=at * 10.0,
        peak_dbv=-3.0,
        floor_dbv=-95.0,
    )


def points(panel: Any, channel: str = "A") -> tuple[np.ndarray, np.ndarray]:
    curve = panel._curves[channel]
    return curve.xData, curve.yData


@pytest.mark.parametrize("log", [False, True])
def test_no_line_is_lost_and_few_points_are_drawn(panel: Any, log: bool) -> None:
    made = line_spectrum()
    panel.log_frequency.setChecked(log)
    panel.show_spectra({"A": made}, COLOURS)
    x, y = points(panel)
    assert x.size < 2 * 900 + 10
    assert (np.diff(x) >= 0).all()
    assert y.max() == -3.0
    assert y.min() == made.amplitude_dbv.min()
    pixel_hz = 2e6 / panel.plot.getViewBox().width()
    assert x[y.argmax()] == pytest.approx(10_000.0, abs=200.0 if log else pixel_hz)


def test_zoomed_in_every_bin_is_drawn(panel: Any) -> None:
    made = line_spectrum()
    panel.show_spectra({"A": made}, COLOURS)
    panel.plot.setXRange(9_500.0, 10_500.0, padding=0)
    x, y = points(panel)
    np.testing.assert_array_equal(np.unique(x), made.frequencies_hz[948:1050])
    assert y.max() == -3.0


def test_everything_is_in_view_in_steps_of_ten_decibels(panel: Any) -> None:
    panel.show_spectra({"A": line_spectrum(), "B": line_spectrum(1000)}, COLOURS)
    assert panel.plot.viewRange() == [[10.0, 2e6], [-110.0, 8.0]]
    panel.log_frequency.setChecked(True)
    assert panel.plot.viewRange()[0] == pytest.approx([1.0, np.log10(2e6)])


@pytest.mark.parametrize("width_px", [200, 400, 840, 1900])
@pytest.mark.parametrize(
    ("low_hz", "high_hz", "seen"),
    [
        (400.0, 2.4e6, {"1 kHz", "1 MHz"}),
        (0.1, 62.5e6, {"1 kHz"}),
        (1200.0, 1900.0, set()),
        (30.0, 700.0, {"100 Hz"}),
        (1e6, 1.0001e6, {"1 MHz"}),
    ],
)
def test_logarithmic_frequencies_have_labels_that_do_not_touch(
    panel: Any, width_px: int, low_hz: float, high_hz: float, seen: set[str]
) -> None:
    panel.log_frequency.setChecked(True)
    axis = panel.plot.getAxis("bottom")
    low, high = np.log10([low_hz, high_hz])
    (spacing, values), (_, others) = axis.tickValues(low, high, width_px)
    texts = axis.tickStrings(values, 1.0, spacing)
    assert texts
    assert seen <= {*texts} or width_px < 300, texts
    assert not set(values) & set(others)
    places_px = (np.array(values) - low) / (high - low) * width_px
    widths_px = [panel.fontMetrics().horizontalAdvance(text) for text in texts]
    needed_px = (np.array(widths_px[1:]) + widths_px[:-1]) / 2
    assert (np.diff(places_px) > needed_px).all(), texts


def test_peaks_are_told_in_words(panel: Any) -> None:
    panel.show_spectra({"A": line_spectrum()}, COLOURS)
    assert "A 10.0000 kHz -3.00 dBV" in panel.summary.text()
    assert "Resolution 10.00 Hz, 7 averages" in panel.summary.text()


def test_a_spectrum_says_what_it_is_of_and_names_each_channel(panel: Any) -> None:
    moving = [replace(line_spectrum(), peak_hz=hz) for hz in (999.96, 1000.04)]
    slow = replace(line_spectrum(), peak_hz=math.nan, begin_s=1.0, end_s=1.25)
    for made in moving:
        panel.show_spectra({"C": slow, "A": made}, COLOURS, "V", "Between the cursors")
        assert "A 1.0000 kHz -3.00 dBV" in panel.summary.text(), "digits do not jump"
    short = replace(line_spectrum(), peak_hz=1001.0, resolution_hz=400.0)
    panel.show_spectra({"A": short}, COLOURS)
    assert "A 1.00 kHz -3.00 dBV" in panel.summary.text(), "no digit that nobody can tell"
    panel.show_spectra({"C": slow}, COLOURS, "V", "Between the cursors")
    assert "C no clear peak" in panel.summary.text()
    assert "Between the cursors: 250.0 ms" in panel.summary.text()
    assert "one period or less" in panel.summary.toolTip()
    panel.show_spectra({"C": slow}, COLOURS, "V", "All that is shown", 0.5)
    assert "All that is shown: 500.0 ms, 250.0 ms of it used" in panel.summary.text()
    panel.show_spectra({"C": slow}, COLOURS, "V", "All that is shown", 0.2501)
    assert "All that is shown: 250.1 ms<" in panel.summary.text(), "a sample less is no news"
    nearly = [replace(line_spectrum(), peak_hz=1e3, resolution_hz=hz) for hz in (99.9, 100.1)]
    for made in nearly:
        panel.show_spectra({"A": made}, COLOURS)
        assert "A 1.000 kHz" in panel.summary.text(), "a sample less takes no digit"


def test_the_mouse_keeps_what_it_chose_until_a_double_click(panel: Any) -> None:
    panel.show_spectra({"A": line_spectrum()}, COLOURS)
    drag(panel.plot, (5e5, -50.0), (8e5, -60.0))
    chosen = panel.plot.viewRange()
    assert chosen[0] == pytest.approx([10.0 - 3e5, 2e6 - 3e5], abs=5e3)
    panel.show_spectra({"A": line_spectrum(seed=2)}, COLOURS)
    assert panel.plot.viewRange() == chosen
    double_click(panel.plot, (5e5, -50.0))
    assert panel.plot.viewRange() == [[10.0, 2e6], [-110.0, 8.0]]


def test_without_spectra_the_panel_says_what_it_needs(panel: Any) -> None:
    from picostream_pymeasure.display.analysis.spectrum import Spectrum

    empty = Spectrum(np.empty(0), np.empty(0))
    hint = panel.plot._hint
    assert not hint.isVisible(), "nothing is known yet"
    panel.show_spectra({"A": line_spectrum(), "B": empty}, COLOURS)
    assert not hint.isVisible()
    assert list(panel._curves) == ["A"]
    panel.show_spectra({"A": empty}, COLOURS)
    assert hint.isVisible()
    assert not panel._curves
    assert panel.summary.text() == ""


# --- histograms ---


@pytest.fixture
def bars(shown: Any) -> Any:
    from picostream_pymeasure.display.analysis.histogram_panel import HistogramPanel

    return shown(HistogramPanel())


def histogram(counts: list[int], exact: bool = True) -> Any:
    from picostream_pymeasure.display.analysis.histogram import Histogram

    edges = np.linspace(-1, 1, len(counts) + 1) if counts else np.empty(0)
    return Histogram(edges, np.array(counts, np.int64), exact)


def test_histograms_are_shares(bars: Any) -> None:
    bars.show_histograms({"A": histogram([1, 3]), "B": histogram([10, 10, 20])}, COLOURS)
    assert bars._curves["A"].yData.tolist() == [25, 75]
    assert bars._curves["B"].yData.tolist() == [25, 25, 50]
    assert "≈" not in bars.note.text()
    bars.show_histograms({"B": histogram([1], exact=False)}, COLOURS)
    assert list(bars._curves) == ["B"]
    assert "≈" in bars.note.text()


def test_without_samples_the_histogram_says_so(bars: Any) -> None:
    assert not bars.plot._hint.isVisible(), "nothing is known yet"
    bars.show_histograms({"": histogram([5])}, COLOURS)
    assert not bars.plot._hint.isVisible()
    bars.show_histograms({"": histogram([])}, COLOURS)
    assert bars.plot._hint.isVisible()
    assert not bars._curves


# --- looks ---


def test_panels_follow_the_palette(bars: Any, panel: Any, application: Any) -> None:
    from picostream_pymeasure.display.painting.theme import DARK, LIGHT

    bars.show_histograms({"A": histogram([1, 3])}, COLOURS)
    for theme in (DARK, LIGHT):
        for widget in (bars, panel):
            widget.setPalette(theme.palette())
            application.processEvents()
            corner = widget.plot.grab().toImage().pixelColor(2, 2)
            assert corner.name() == theme.background
            axis = widget.plot.getAxis("left")
            assert axis.textPen().color().name() == theme.foreground


def test_panels_open_in_a_program_with_a_palette_of_its_own(shown: Any, application: Any) -> None:
    from picostream_pymeasure.display.analysis.panel_plot import PanelPlot
    from picostream_pymeasure.display.painting.theme import DARK

    before = application.palette()
    application.setPalette(DARK.palette())
    try:
        plot = shown(PanelPlot("Nothing here"))
        assert plot.grab().toImage().pixelColor(2, 2).name() == DARK.background
    finally:
        application.setPalette(before)


def test_measurements_have_statistics(shown: Any) -> None:
    from picostream_pymeasure.display.analysis.measurement import Measurements
    from picostream_pymeasure.display.analysis.measurement_table import MeasurementTable

    table = shown(MeasurementTable())
    for mean_v in (1.0, 3.0):
        table.show_measurements({"A": Measurements(mean_v=mean_v, n_samples=10)})
    assert names(table) == ["A"]
    table.statistics.setChecked(True)
    assert names(table) == ["A", "A mean", "A σ", "A min", "A max", "A n"]
    found = [row(table, number)[3] for number in range(6)]
    assert found == ["3.000 V", "2.000 V", "1.414 V", "1.000 V", "3.000 V", "2"]
    assert row(table, 1)[5] == "–", "there is no frequency"
    table.restart.click()
    assert row(table, 5)[3] == "1"
