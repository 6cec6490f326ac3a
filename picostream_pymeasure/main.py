"""The graphical program: ``python -m picostream_pymeasure.main``, or ``picostream gui``."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from .config import RANGES_V
from .display import (
    ExperimentWindow,
    QtCore,
    ScopeInput,
    add_menus,
    dress,
    make_application,
    run_event_loop,
)
from .errors import ConfigurationError, PicoStreamError
from .instrument import FoundScopes
from .procedures.capture import StreamingCapture
from .procedures.pulse_rows import TRIGGER_TIME
from .procedures.recording_procedure import RecordingProcedure
from .procedures.scope_parameters import FIRST_FOUND, SIMULATED
from .procedures.summary import ELAPSED, column
from .procedures.triggered_capture import TriggeredCapture
from .quantities import exact

log = logging.getLogger(__name__)

#: A range holds so much more than was seen; one that is chosen already a little less or more.
_RANGE_MARGINS = (1.1, 1.05, 1.15)

#: By then the first picture is there.
_AHEAD_MS = 2000

_SCOPES = {FIRST_FOUND: "First scope found", SIMULATED: "Simulated scope"}


@dataclass(frozen=True)
class Kind:
    """A kind of measurement, which has a window of its own.

    :param axes: columns that are plotted first.
    """

    name: str
    procedure: type[RecordingProcedure]
    axes: tuple[str, str]


STREAMS = Kind("&Streams", StreamingCapture, (ELAPSED, column("A", "RMS")))
CAPTURES = Kind("Triggered &Captures", TriggeredCapture, (TRIGGER_TIME, "A Amplitude (V)"))


class Windows:
    """The windows of a program, one of each kind; a run in one of them holds the others.

    :param simulate: choose the simulated scope, whatever was chosen last time.
    :param settings: where a window remembers itself; by default the user's own settings.
    """

    def __init__(self, simulate: bool = False, settings: QtCore.QSettings | None = None) -> None:
        self._simulate, self._settings = simulate, settings
        self._open: dict[Kind, ExperimentWindow] = {}
        self._used: dict[Kind, str] = {}

    def show(self, kind: Kind) -> None:
        """Show the window of a kind; a new one looks for scopes, which a run must not suffer."""
        window = self._open.get(kind)
        if window is None or window.is_closed:
            busy = [each for each in self._open.values() if each.manager.is_running()]
            if busy:
                busy[0].tell("End the run before another window is opened.", logging.WARNING)
                return
            window = self.make(kind)
        window.show()
        window.raise_()
        window.activateWindow()

    def make(self, kind: Kind) -> ExperimentWindow:
        """Make the window of a kind; a ``QApplication`` must exist."""
        chosen = {"scope_serial": SIMULATED} if self._simulate else {}
        found = FoundScopes()
        obstacle = functools.partial(self._obstacle, kind, found)
        window = _make_window(kind, self._settings, chosen, found, obstacle)
        entries = [
            (each.name, functools.partial(self.show, each), "") for each in (STREAMS, CAPTURES)
        ]
        add_menus(window, [("&Measurement", entries)])
        window.busy_changed.connect(functools.partial(self._hold, kind))
        window.manager.failed.connect(functools.partial(self._look_again, window))
        plotter = window.recording_tab.plotter
        for other in self._plotters():
            plotter.set_theme(other.theme_name)
        plotter.themed.connect(self._wear)
        self._open[kind] = window
        return window

    def _plotters(self) -> list[Any]:
        windows = [each for each in self._open.values() if not each.is_closed]
        return [each.recording_tab.plotter for each in windows]

    def _wear(self, theme_name: str | None) -> None:
        """Let all windows have the theme that was chosen in one: they share a palette."""
        for plotter in self._plotters():
            if plotter.theme_name != theme_name:
                plotter.set_theme(theme_name)

    def is_recording(self) -> bool:
        """Whether a run is under way in one of them."""
        return any(each.manager.is_running() for each in self._open.values())

    def _hold(self, kind: Kind, busy: bool) -> None:
        self._used.pop(kind, None)
        manager = self._open[kind].manager
        if busy and manager.is_running():
            self._used[kind] = manager.running_experiment().procedure.scope_serial
        for window in self._open.values():
            window.inputs.scope_serial.hold(busy)

    def _look_again(self, window: ExperimentWindow, _: object) -> None:
        """After a failure: the scope may be gone, or another program may have it."""
        if not self.is_recording():
            window.inputs.scope_serial.refresh()

    def _obstacle(self, kind: Kind, found: FoundScopes, procedure: Any) -> str:
        """What keeps a run of one kind from being possible now."""
        used = [each for other, each in self._used.copy().items() if other != kind]
        if any(_may_be_one(procedure.scope_serial, each) for each in used):
            return "a run in the other window uses the scope."
        return _obstacle(found, procedure)


def _may_be_one(serial: str, other: str) -> bool:
    """Whether two procedures may mean the same connected scope."""
    if SIMULATED in (serial, other):
        return False
    return serial == other or not {serial, other}.isdisjoint(("", FIRST_FOUND))


def _make_window(
    kind: Kind,
    settings: QtCore.QSettings | None,
    chosen: dict[str, Any],
    found: FoundScopes,
    obstacle: Callable[[Any], str],
) -> ExperimentWindow:
    scopes = functools.partial(ScopeInput, find=found.look, always=_SCOPES, simulated=(SIMULATED,))
    window = ExperimentWindow(
        kind.procedure,
        factories={"scope_serial": scopes},
        obstacle=obstacle,
        chosen=chosen,
        default_folder=_default_folder(),
        settings=settings,
        displays=("scope_serial", "resolution"),
        x_axis=kind.axes[0],
        y_axis=kind.axes[1],
        sequencer=True,
        sequencer_inputs=kind.procedure.INPUTS,
    )
    window.setWindowTitle("PicoStream" if kind is STREAMS else "PicoStream – Triggered Captures")
    window.recording_tab.plotter.auto_found.connect(functools.partial(_fit_ranges, window))
    return window


def make_window(
    simulate: bool = False, settings: QtCore.QSettings | None = None
) -> ExperimentWindow:
    """Make the window of streams, which opens those of the other kinds; see :class:`Windows`."""
    return Windows(simulate, settings).make(STREAMS)


def _obstacle(found: FoundScopes, procedure: Any) -> str:
    """What keeps a capture from running, as far as the last look at the scopes tells."""
    inputs = procedure.enabled_channels, procedure.enabled_ports
    if procedure.scope_serial == SIMULATED:
        return found.simulated_obstacle(*inputs)
    is_first = procedure.scope_serial in ("", FIRST_FOUND)
    return found.obstacle(None if is_first else procedure.scope_serial, *inputs)


def _fit_ranges(window: ExperimentWindow, extremes_v: dict[str, tuple[float, float]]) -> None:
    """Choose the ranges of the next run so that they hold what was seen, as a scope's Auto does."""
    chosen = []
    for name, (low_v, high_v) in extremes_v.items():
        element = getattr(window.inputs, f"range_{name.lower()}", None)
        if element is not None:
            seen_v = max(abs(low_v), abs(high_v))
            range_v, *others_v = (_range_of(margin * seen_v) for margin in _RANGE_MARGINS)
            if not _holds(element, (range_v, *others_v)):
                element.setValue(range_v)
                chosen.append(f"{name} ±{exact(range_v, 'V')}")
    if chosen:
        window.tell(f"Ranges for the next run: {', '.join(chosen)}.", logging.INFO)


def _holds(element: Any, ranges_v: Sequence[float]) -> bool:
    try:
        return element.value() in ranges_v
    except ConfigurationError:  # something else is being typed
        return False


def _range_of(voltage_v: float) -> float:
    return min((each for each in RANGES_V if each >= voltage_v), default=max(RANGES_V))


def _default_folder() -> str:
    """Where a shell is, or the user's documents for a program that was started by a click."""
    if getattr(sys, "frozen", False):
        documents = QtCore.QStandardPaths.writableLocation(QtCore.QStandardPaths.DocumentsLocation)
        return str(Path(documents) / "PicoStream")
    return str(Path.cwd())


def run(simulate: bool = False) -> int:
    """Open the window and return the exit code when it is closed.

    :raises PicoStreamError: there is no screen.
    """
    application = make_application()
    windows = Windows(simulate)
    window = windows.make(STREAMS)
    plotter = window.recording_tab.plotter
    dress(application, plotter.theme_name)
    plotter.themed.connect(functools.partial(dress, application))
    sys.excepthook = functools.partial(_tell_unexpected, window)
    window.show()
    QtCore.QTimer.singleShot(_AHEAD_MS, plotter.load_ahead)
    QtCore.QTimer.singleShot(_AHEAD_MS, _load_ahead)
    return run_event_loop(application, windows.is_recording)


def _load_ahead() -> None:
    """Load what the first click on Queue needs, while nobody waits for it."""
    from .storage import make_recorder  # noqa: F401


def _tell_unexpected(
    window: ExperimentWindow,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
) -> None:
    """Keep the window alive: PyQt ends a program whose slot raises, unless there is a hook."""
    log.error("Unexpected error", exc_info=(kind, error, traceback))
    window.tell(f"Something unexpected happened ({kind.__name__}: {error}); the log says more.")


@click.command()
@click.option("--simulate", is_flag=True, help="Choose the simulated scope.")
def _main(**options: Any) -> None:
    """Record with a window; a simulated scope is always in its list."""
    try:
        sys.exit(run(**options))
    except PicoStreamError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    _main()
