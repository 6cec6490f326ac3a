"""PyMeasure's own pages, the results graph and the log, in the colours of the window."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtGui
from pymeasure.display.widgets import PlotWidget

from ..painting.theme import Theme, theme_of
from .host import HostLog


class ExperimentLog(HostLog):
    """PyMeasure's log, whose colours can be read in the dark too."""

    def set_theme(self, theme: Theme) -> None:
        """Write what comes from now on in these colours."""
        self.handler.formatter.level_colors = {
            "DEBUG": theme.muted,
            "WARNING": theme.caution,
            "ERROR": theme.warning,
            "CRITICAL": theme.warning,
        }
        self.paint_title()

    def title_colour(self, name: str | None) -> QtGui.QColor:
        """As PyMeasure's, but readable in both themes."""
        theme = theme_of(self)
        blinks = {"red": theme.warning, "darkorange": theme.caution}
        return QtGui.QColor(blinks.get(name or "", theme.foreground))


class OnlyWhileShown(QtCore.QObject):
    """Lets PyMeasure's graph read its files only while somebody sees it, as that takes time.

    :param page: the graph.
    """

    def __init__(self, page: PlotWidget) -> None:
        super().__init__(page)
        self._timer = page.plot_frame.timer
        self._timer.stop()
        page.installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Begin and end with the page."""
        if event.type() == QtCore.QEvent.Show:
            self._timer.start()
        elif event.type() == QtCore.QEvent.Hide:
            self._timer.stop()
        return bool(super().eventFilter(watched, event))


def paint_results(page: PlotWidget, theme: Theme) -> None:
    """Give PyMeasure's graph a theme; it is white with black labels otherwise."""
    frame = page.plot_frame
    frame.setStyleSheet("")
    frame.LABEL_STYLE = {**frame.LABEL_STYLE, "color": theme.foreground}
    theme.paint_plot(frame.plot_widget)
    frame.change_x_axis(frame.x_axis)
    frame.change_y_axis(frame.y_axis)
    frame.coordinates.setText("", color=theme.foreground)
