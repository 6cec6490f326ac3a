"""Knobs of each channel: visible or not, colour, volts per division, position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import exact, shortened
from ..painting.program_style import ROLES
from ..painting.theme import Theme, theme_of
from ..painting.vertical_scales import VerticalScales, scales_to_choose
from ..reading.recording_facts import ChannelFacts, shown_name
from .comparison_label import ComparisonLabel
from .knob_rows import KnobRows
from .number_field import NumberField
from .scale_box import ScaleBox

#: Before the volts per division that a channel has together with others.
_TOGETHER = "all: "
_WIDEST_V = 0.888

#: Least and greatest that can be typed, in full scales.
_LEAST, _MOST = 1e-6, 1e3

_SCALE_HELP = (
    "Volts from one line of the grid to the next, to choose or to type; all: those of all channels "
    "of the same unit that have none of their own"
)

_ON_THE_AXIS = (
    "Mouse wheel, arrow keys and cursors then work on it. The key X goes from one to the next."
)
_PATTERN = "It is drawn in place of the lanes where the plot is too low for them. "


class ChannelControl(QtWidgets.QFrame):
    """The knobs of one channel; the lanes of a port have no scale."""

    #: Anything but the colour was changed.
    changed = QtCore.Signal()
    #: The user chose a colour, ``#rrggbb``.
    coloured = QtCore.Signal(str)

    def __init__(self, facts: ChannelFacts, scales: VerticalScales) -> None:
        super().__init__()
        self._facts = facts
        self._scales = scales
        self._full_scale_v = max(map(abs, facts.full_scale_v)) or 1.0
        self.colour = ""
        self._shown: tuple[str, Theme] | None = None
        self._setup_ui()
        self._layout_knobs()
        self.refresh()

    def _setup_ui(self) -> None:
        title = shown_name(self._facts.name)
        self.visible_box = QtWidgets.QCheckBox(title)
        self.visible_box.setChecked(True)
        self.active_button = QtWidgets.QToolButton(text=title, checkable=True)
        for named in (self.visible_box, self.active_button):
            bold = named.font()
            bold.setBold(True)
            named.setFont(bold)
        self.visible_box.toggled.connect(self.changed)
        what = "the difference" if self._facts.difference_of else "channel"
        self.visible_box.setToolTip(f"Show {what} {title} {self._facts.coupling}".strip())
        of_port = f"Count the bit pattern of {title}, 0 to 255, on the left axis. "
        of_channel = f"Show the scale of {what} {title} on the left axis. "
        self.active_button.setToolTip(
            (of_port + _PATTERN if self._facts.is_digital else of_channel) + _ON_THE_AXIS
        )
        self.active_button.clicked.connect(self._activate)
        self.colour_button = QtWidgets.QToolButton(autoRaise=True)
        self.colour_button.setToolTip("Choose the colour")
        self.colour_button.clicked.connect(self._choose_colour)
        self.scale_box = ScaleBox(
            self._facts.unit,
            shortened(_LEAST * self._full_scale_v),
            shortened(_MOST * self._full_scale_v),
            _SCALE_HELP,
        )
        self.scale_box.addItem(_TOGETHER + self._per_division(_WIDEST_V), None)
        self.scale_box.setMinimumWidth(self.scale_box.sizeHint().width())
        for step_v in scales_to_choose(self._full_scale_v):
            self.scale_box.addItem(self._per_division(step_v), step_v)
        self.scale_box.activated.connect(self._take_scale)
        self.scale_box.typed.connect(self._take_division)
        self.position_box = NumberField("div", -1000, 1000, step=0.5)
        self.position_box.setToolTip("How far 0 V lies above the middle of the screen")
        self.position_box.valueChanged.connect(self._take_position)
        for knob in (self.visible_box, self.active_button, self.colour_button, self.scale_box):
            knob.setFocusPolicy(QtCore.Qt.TabFocus)
        self.position_box.setFocusPolicy(QtCore.Qt.StrongFocus)

    def _layout_knobs(self) -> None:
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(2, 1, 6, 1)
        layout.setSpacing(2)
        for knob in (
            self.colour_button,
            self.visible_box,
            self.active_button,
            self.scale_box,
            self.position_box,
        ):
            layout.addWidget(knob)

    def set_colour(self, colour: str) -> None:
        """Show a colour, ``#rrggbb``, unless it is shown."""
        theme = theme_of(self.parentWidget() or self)
        if (colour, theme) == self._shown:
            return
        self.colour, self._shown = colour, (colour, theme)
        picture = QtGui.QPixmap(14, 14)
        picture.fill(QtGui.QColor(colour))
        self.colour_button.setIcon(QtGui.QIcon(picture))
        palette = QtGui.QPalette()  # below a style sheet the box itself would keep its theme
        palette.setColor(ROLES.WindowText, QtGui.QColor(theme.contrast_colour(colour)))
        palette.setColor(ROLES.ButtonText, palette.color(ROLES.WindowText))
        for named in (self.visible_box, self.active_button):
            named.setPalette(palette)

    def be_one_of(self, n_channels: int) -> None:
        """Let the name be what puts it on the left axis, unless it is there anyhow."""
        title = self.active_button.text()
        self.visible_box.setText(title if n_channels == 1 else "")
        self.active_button.setVisible(n_channels > 1)

    def refresh(self) -> None:
        """Show what the scales say."""
        name = self._facts.name
        scale = self._scales.of(name)
        own = name in self._scales.own
        together = _TOGETHER if self._scales.has_company(name) else ""
        shared_v = self._scales.division_of(self._scales.shared_of(name))
        self.scale_box.setItemText(0, together + self._per_division(shared_v))
        self.active_button.setChecked(name == self._scales.active)
        self.scale_box.setVisible(not self._facts.is_digital)
        self.position_box.setVisible(own and not self._facts.is_digital)
        blockers = [QtCore.QSignalBlocker(box) for box in (self.position_box, self.scale_box)]
        self.position_box.setValue(round(min(max(scale.position_divisions, -1000), 1000), 2))
        self._select_scale(self._scales.division_of(scale) if own else None)
        del blockers

    def _select_scale(self, volts_per_division: float | None) -> None:
        if volts_per_division is None:
            self.scale_box.setCurrentIndex(0)
            return
        for index in range(1, self.scale_box.count()):
            if abs(self.scale_box.itemData(index) / volts_per_division - 1) < 1e-6:
                self.scale_box.setCurrentIndex(index)
                return
        last = self.scale_box.count() - 1
        if self.scale_box.itemData(last, QtCore.Qt.UserRole + 1):
            self.scale_box.removeItem(last)
        self.scale_box.addItem(self._per_division(volts_per_division), volts_per_division)
        self.scale_box.setItemData(self.scale_box.count() - 1, True, QtCore.Qt.UserRole + 1)
        self.scale_box.setCurrentIndex(self.scale_box.count() - 1)

    def _per_division(self, step_v: float) -> str:
        return f"{exact(shortened(step_v, 3), self._facts.unit)}/div"

    def _activate(self) -> None:
        self._scales.active = self._facts.name
        self.changed.emit()

    def _take_scale(self, index: int) -> None:
        step_v = self.scale_box.itemData(index)
        if step_v is None:
            self._scales.set_own(self._facts.name, None)
            self.changed.emit()
        else:
            self._take_division(step_v)

    def _take_division(self, step_v: float) -> None:
        self._scales.set_division(self._facts.name, step_v)
        self.changed.emit()

    def _take_position(self, divisions: float) -> None:
        scale = self._scales.of(self._facts.name)
        self._scales.set_own(self._facts.name, scale.at(divisions))
        self.changed.emit()

    def _choose_colour(self) -> None:
        colour = QtWidgets.QColorDialog.getColor(QtGui.QColor(self.colour), self)
        if colour.isValid():
            self.coloured.emit(colour.name())


class ChannelBar(QtWidgets.QToolBar):
    """The knobs of all channels, in more than one row where they need it, and what is behind."""

    #: Channels were shown or hidden, or scales changed.
    changed = QtCore.Signal()
    #: Channel and colour that the user chose.
    coloured = QtCore.Signal(str, str)

    def __init__(self, scales: VerticalScales) -> None:
        super().__init__("Channels")
        self.setObjectName("channels")
        self.setMovable(False)
        self._scales = scales
        self._hidden: set[str] = set()
        self.controls: dict[str, ChannelControl] = {}
        self._shown: list[tuple[str, str, float]] = []
        self._compared: Mapping[str, Sequence[str]] = {}
        self._labels: list[ComparisonLabel] = []
        self._rows = KnobRows()
        self.addWidget(self._rows)
        self.hide()

    @property
    def hidden(self) -> set[str]:
        """Channels that are not shown; also those of files shown before."""
        for name, control in self.controls.items():
            (self._hidden.discard if control.visible_box.isChecked() else self._hidden.add)(name)
        return set(self._hidden)

    def hide_channels(self, hidden: set[str]) -> None:
        """Show all channels but these."""
        self._hidden = set(hidden)
        for name, control in self.controls.items():
            control.visible_box.setChecked(name not in hidden)

    def toggle(self, number: int) -> None:
        """Show or hide a channel, counted from 0."""
        if number < len(self.controls):
            list(self.controls.values())[number].visible_box.toggle()

    def show_channels(self, channels: Mapping[str, ChannelFacts]) -> bool:
        """Make the knobs of a recording's channels, unless they are there; whether it did."""
        shown = [(facts.name, facts.unit, facts.per_volt) for facts in channels.values()]
        are_new = shown != self._shown
        if are_new:
            self._shown = shown
            hidden = self.hidden
            self.controls = {name: self._make(facts) for name, facts in channels.items()}
            self._show_groups()
            self.hide_channels(hidden)
            self.setVisible(bool(channels))
        for control in self.controls.values():
            control.be_one_of(len(self.controls))
        return are_new

    def show_comparisons(self, colours: Mapping[str, Sequence[str]]) -> None:
        """Name the other recordings that are drawn.

        :param colours: of the channels of each, by its path.
        """
        if colours != self._compared:
            self._compared = dict(colours)
            self._labels = [ComparisonLabel(path, of) for path, of in colours.items()]
            self._show_groups()

    def _show_groups(self) -> None:
        self._rows.show_groups([*self.controls.values(), *self._labels])

    def refresh(self) -> None:
        """Show what the scales say."""
        for control in self.controls.values():
            control.refresh()

    def _make(self, facts: ChannelFacts) -> ChannelControl:
        control = ChannelControl(facts, self._scales)
        control.changed.connect(self.changed)
        control.coloured.connect(lambda colour: self.coloured.emit(facts.name, colour))
        return control
