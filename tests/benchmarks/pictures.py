"""Makes pictures of every view of the display: ``python -m tests.benchmarks.pictures FOLDER``.

Needs no screen. The recordings are made with the simulated scope, some with faults.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pymeasure.display.Qt import QtWidgets

from picostream_pymeasure import HDF5LivePlotter
from picostream_pymeasure.config import ChannelConfig, DownsampleMode, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import Fault, SimulatedScope, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.event_loop import live

_TWO = (ChannelConfig("A", 2.0), ChannelConfig("C", 2.0))
_FOUR = tuple(ChannelConfig(name, 2.0) for name in "ABCD")


def record(path: Path, config: StreamConfig, *faults: Fault) -> None:
    """Record from the simulated scope, with two marks."""
    scope = SimulatedScope(fifo_s=2.0, faults=faults)
    with Unit.open(load_simulated([scope])) as unit:
        session = StreamSession(unit, config, Recorder(path, force=True))
        session.start()
        for label, value in (("light on", 1.0), ("shutter", float("nan"))):
            time.sleep(config.duration_s / 4 if config.duration_s else 0.5)
            session.mark(label, value)
        session.wait()


@contextlib.contextmanager
def recording_of(path: Path) -> Iterator[Path]:
    """A recording that goes on meanwhile."""
    with Unit.open(load_simulated([SimulatedScope(fifo_s=2.0)])) as unit:
        config = StreamConfig(channels=_FOUR[:3], sample_rate_hz=5e6)
        with StreamSession(unit, config, Recorder(path, force=True)):
            yield path


class Camera:
    """Takes pictures of displays.

    :param folder: where they go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
        font = self._application.font()
        font.setPointSizeF(9.0)
        self._application.setFont(font)

    def take(
        self,
        name: str,
        path: Path | str,
        size: tuple[int, int] = (1000, 600),
        theme: str = "light",
        prepare: Callable[[Any], None] = lambda display: None,
        **options: Any,
    ) -> None:
        """Show a recording, do something, and save the picture."""
        display = HDF5LivePlotter(str(path), theme=theme, **options)
        display.resize(*size)
        display.show()
        display.start_updates()
        live(0.6)
        prepare(display)
        live(1.0)
        display.save_screenshot(self._folder / f"{name}.png")
        display.close()


def press(*keys: str) -> Callable[[Any], None]:
    """Make a preparation that triggers the actions with these names."""

    def prepare(display: Any) -> None:
        for name in keys:
            display.actions_by_name[name].trigger()

    return prepare


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder)
    with TemporaryDirectory() as temporary:
        recordings = Path(temporary)
        plain, gaps, wide = (recordings / f"{name}.hdf5" for name in ("plain", "gaps", "wide"))
        aggregate = recordings / "aggregate.hdf5"
        rate_hz = 2e6
        record(plain, StreamConfig(channels=_TWO, sample_rate_hz=rate_hz, duration_s=3))
        record(
            gaps,
            StreamConfig(channels=_TWO, sample_rate_hz=rate_hz, duration_s=2),
            Fault("overrun", at_s=0.5, samples=100_000),
            Fault("over_range", at_s=1.2, samples=40_000, channel="A"),
        )
        record(wide, StreamConfig(channels=_FOUR, sample_rate_hz=rate_hz, duration_s=2))
        record(
            aggregate,
            StreamConfig(
                channels=_TWO,
                sample_rate_hz=rate_hz,
                duration_s=2,
                downsample_mode=DownsampleMode.AGGREGATE,
                downsample_ratio=16,
            ),
        )
        for theme in ("light", "dark"):
            _take_all(camera, theme, plain, gaps, wide, aggregate)
            with recording_of(recordings / "live.hdf5") as growing:
                live(1.5)
                camera.take(f"recording_{theme}", growing, (1920, 800), theme=theme)


def _take_all(
    camera: Camera, theme: str, plain: Path, gaps: Path, wide: Path, aggregate: Path
) -> None:
    def trigger(display: Any) -> None:
        display.display_window_seconds = 0.004
        press("trigger", "fit")(display)

    def panels(display: Any) -> None:
        display.navigator.show(1.0, 1.012)
        press("measurements", "spectrum", "histogram", "fit")(display)
        live(0.8)
        press("cursors")(display)

    def samples(display: Any) -> None:
        display.navigator.show(1.0, 1.00004)
        press("fit")(display)

    def own_scales(display: Any) -> None:
        display.display_window_seconds = 0.02
        live(0.3)
        from picostream_pymeasure.display.painting.vertical_scales import Scale

        for place, name in enumerate("ABCD"):
            display.scales.set_own(name, Scale.of_divisions(1.0, 3 - 2 * place))
        display.screen_parts.apply_scales()

    def compared(display: Any) -> None:
        display.navigator.show(0.5, 0.52)
        display.add_comparison(str(gaps), "#ff7f0e")
        display.add_comparison(str(wide), "#9467bd")
        live(0.3)
        press("fit")(display)

    def gaps_and_marks(display: Any) -> None:
        press("all")(display)
        live(0.3)
        press("fit")(display)

    take, large = camera.take, (1920, 800)
    take(f"empty_{theme}", "not_there_yet.hdf5", theme=theme)
    take(f"roll_{theme}", plain, theme=theme, display_window_seconds=0.05, prepare=press("fit"))
    take(f"trigger_{theme}", plain, theme=theme, prepare=trigger)
    take(f"gaps_{theme}", gaps, theme=theme, prepare=gaps_and_marks)
    take(f"compared_{theme}", plain, theme=theme, prepare=compared)
    take(f"panels_{theme}", plain, large, theme=theme, prepare=panels)
    take(f"panels_small_{theme}", plain, theme=theme, prepare=panels)
    take(f"samples_{theme}", plain, theme=theme, prepare=samples)
    take(f"own_scales_{theme}", wide, large, theme=theme, prepare=own_scales)
    take(f"aggregate_{theme}", aggregate, large, theme=theme, prepare=gaps_and_marks)
    take(f"aggregate_close_{theme}", aggregate, theme=theme, prepare=samples)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
