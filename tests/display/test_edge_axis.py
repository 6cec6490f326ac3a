"""Numbers at the ends of an axis."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from picostream_pymeasure.display.analysis.panel_plot import PanelPlot
from picostream_pymeasure.display.painting.axes import VoltAxis
from tests.support.displays import QtGui


def numbers(axis: Any) -> dict[str, Any]:
    """What an axis writes, and where."""
    picture = QtGui.QPixmap(10, 10)
    painter = QtGui.QPainter(picture)
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    return {text: place for place, _, text in texts}


@pytest.mark.parametrize(("height_px", "least_v"), [(500, -1.0), (170, -1.0), (170, -0.98)])
def test_numbers_at_both_ends_of_the_volts_are_whole(
    application: Any, height_px: int, least_v: float
) -> None:
    import pyqtgraph

    axis = VoltAxis()
    widget = pyqtgraph.PlotWidget(axisItems={"left": axis})
    widget.resize(300, height_px)
    widget.show()
    widget.setYRange(least_v, 1, padding=0)
    widget.showGrid(True, True)
    application.processEvents()
    seen = numbers(axis)
    assert max(map(float, seen)) == 1.0
    assert min(map(float, seen)) == (-1.0 if least_v == -1 else -0.5)
    room = axis.boundingRect()
    assert all(
        room.top() <= place.top() and place.bottom() <= room.bottom() for place in seen.values()
    )
    places = sorted(seen.values(), key=lambda place: place.top())
    assert not any(one.intersects(other) for one, other in pairwise(places))
    widget.close()


def test_a_panel_counts_up_to_its_upper_end(application: Any) -> None:
    panel = PanelPlot("")
    panel.resize(400, 150)
    panel.show()
    panel.setYRange(-120, 0, padding=0)
    application.processEvents()
    assert "0" in numbers(panel.getAxis("left"))
    panel.close()
