"""Either the recording over its time, or its captures around their triggers."""

from __future__ import annotations

from collections.abc import Mapping

from pymeasure.display.Qt import QtWidgets

from ..reading.frame import Frame
from ..reading.recording_facts import RecordingFacts
from .view import CapturesView


class CapturesPage(QtWidgets.QStackedWidget):
    """Shows captures as soon as a recording has some, until the user wants its time.

    :param owner: the display, whose keys go to what is shown.
    :param timeline: what shows the recording over its time.
    :param action: the choice of the user; can be seen while there are captures.
    """

    def __init__(
        self,
        owner: QtWidgets.QWidget,
        timeline: QtWidgets.QWidget,
        action: QtWidgets.QAction,
    ) -> None:
        super().__init__(owner)
        self.view = CapturesView()
        self._owner, self._action = owner, action
        self._known: tuple[str, int, RecordingFacts | None] = "", 0, None
        self.addWidget(timeline)
        self.addWidget(self.view)
        action.setVisible(False)
        action.toggled.connect(self._choose)
        self.view.timeline_wanted.connect(lambda: action.setChecked(False))

    @property
    def are_shown(self) -> bool:
        """Whether captures are, and not the time they lie in."""
        return bool(self.currentWidget() is self.view)

    def meet(self, frame: Frame, colours: Mapping[str, str]) -> None:
        """Follow the recording of a frame.

        :param colours: of the channels.
        """
        self.view.set_colours(colours)
        facts = frame.facts
        n_captures = facts.n_captures if facts is not None else 0
        # another file of the name may have as many
        known = frame.path, n_captures, facts if facts is not None and facts.is_finished else None
        if known == self._known:
            return
        had_some = self._known[0] == frame.path and self._known[1] > 0
        self._known = known
        self._action.setVisible(n_captures > 0)
        if not (had_some and n_captures):
            self._action.setChecked(n_captures > 0)
        self._choose(self._action.isChecked())

    def _choose(self, captures: bool) -> None:
        self.setCurrentIndex(1 if captures else 0)
        had_focus = self._owner.hasFocus()
        self._owner.setFocusProxy(self.view if captures else None)
        if had_focus:
            self._owner.setFocus()
        if captures:
            self.view.show_file(self._known[0])
