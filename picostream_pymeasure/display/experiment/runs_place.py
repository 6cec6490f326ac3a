"""Where the list of runs is: below the pages, or on a low window a page beside the panels."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets

from .layout import LIST_PX
from .recording_tab import RecordingTab

#: In windows that are lower the picture keeps the room of the list while a panel is open.
LOW_PX = 800

#: From these heights on there is room for three and for four runs, with room around their texts.
_HIGH_PX = {3: 700, 4: 950}
_AROUND_PX = 10


class RunsPlace(QtCore.QObject):
    """Moves the list, so that what is read beside the picture shares one place.

    :param window: its height decides.
    :param splitter: where the list is otherwise, below the tabs.
    """

    def __init__(
        self,
        window: QtWidgets.QMainWindow,
        tabs: QtWidgets.QTabWidget,
        splitter: QtWidgets.QSplitter,
        runs: QtWidgets.QWidget,
        recording_tab: RecordingTab,
    ) -> None:
        super().__init__(window)
        self._window, self._tabs, self._splitter = window, tabs, splitter
        self._runs, self._recording_tab = runs, recording_tab
        self._panels = recording_tab.plotter.screen_parts.analysis
        page = QtWidgets.QWidget()
        page.setMinimumHeight(1)  # Qt takes one away from a dock without a title
        self._room = QtWidgets.QVBoxLayout(page)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._page = self._panels.add_page("runs", "Runs", page)
        self._sizes_px: list[int] = []
        self._panels.toggled.connect(self.update)
        tabs.currentChanged.connect(lambda _: self.update())
        window.installEventFilter(self)

    def update(self) -> None:
        """Put the list where it belongs now."""
        is_shared = (
            self._window.height() < LOW_PX
            and self._tabs.currentWidget() is self._recording_tab
            and self._panels.is_any_open
        )
        if is_shared and not self._sizes_px:
            self._sizes_px = self._splitter.sizes()
            self._room.addWidget(self._runs)
            self._page.show()
        elif not is_shared:
            self.put_back()

    def bring_forward(self) -> None:
        """Put the list in front where it is a page."""
        if self._sizes_px:
            self._page.raise_()

    def put_back(self) -> None:
        """Put the list below the pages again; a page without it may have been restored."""
        self._page.hide()
        if self._sizes_px:
            self._splitter.addWidget(self._runs)
            self._splitter.setSizes(self._sizes_px)
            self._sizes_px = []

    def _fit_height(self) -> None:
        """List more runs in a high window, unless somebody has chosen another height."""
        font_px = self._runs.fontMetrics().height()
        heights_px = [LIST_PX, *((n + 1) * font_px + n * _AROUND_PX for n in _HIGH_PX)]
        is_high = [self._window.height() >= height_px for height_px in _HIGH_PX.values()]
        wanted_px = heights_px[sum(is_high)]
        whole_px, list_px = sum(self._splitter.sizes()), self._splitter.sizes()[-1]
        if list_px in heights_px and list_px != wanted_px:
            self._splitter.setSizes([whole_px - wanted_px, wanted_px])

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Follow the window's height."""
        if event.type() == QtCore.QEvent.Resize:
            self._fit_height()
            self.update()
        return bool(super().eventFilter(watched, event))
