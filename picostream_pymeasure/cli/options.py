"""Options that several commands have, and those of a recording."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..errors import ConfigurationError
from ..quantity_options import BITS, COLUMNS, COUNT, MILLISECONDS, RATE_MSPS, SIZE_MB, TIME, VOLTAGE

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


class FileName(click.Path):
    """A file's name, also behind ``~/``; an empty one, as a script's unset variable gives, would be
    the folder.

    :param written: the file is to be written, so that no folder may have the name.
    """

    def __init__(self, *, written: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=not written, readable=False)
        self._is_written = written

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what names no file."""
        if isinstance(value, str) and not value.strip():
            self.fail("The name of the file is empty.", param, ctx)
        if self._is_written and isinstance(value, str):
            self._check_name(value, param, ctx)
        if isinstance(value, str) and value.startswith("~"):  # --output=~/a is left so by shells
            value = os.path.expanduser(value)  # noqa: PTH111 - Path's raises for users there are not
        return super().convert(value, param, ctx)

    def _check_name(
        self, name: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> None:
        if name.endswith(_SEPARATORS):
            self.fail(f"{name} names a folder; add the name of a file.", param, ctx)
        if name.startswith("--"):
            self.fail(f"{name} is an option, not the name of a file.", param, ctx)
        if name == "-":
            self.fail("A file is written, not the standard output; give its name.", param, ctx)


#: A recording, or any path that may be one.
FILE_NAME = FileName()
NEW_FILE = FileName(written=True)
FILE = click.argument("file", type=FILE_NAME)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
OUTPUT = click.option(
    "-o",
    "--output",
    type=NEW_FILE,
    help="File to write.  [default: picostream_DATE_TIME.hdf5]",
)
FORCE = click.option(
    "--force", is_flag=True, help="Replace the output if it exists, once something is recorded."
)


def _reserve_bytes(context: click.Context, option: click.Parameter, value: float) -> int:
    return int(value * 1e6)


RESERVE = click.option(
    "--reserve",
    "reserve_bytes",
    type=SIZE_MB,
    callback=_reserve_bytes,
    default="200 MB",
    show_default=True,
    help="MB to leave free on the disk; writing ends before.",
)


def _serial(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty one, as a script's unset variable gives: it would be any scope."""
    if value is not None and not value.strip():
        raise ConfigurationError("--serial needs a serial number; leave it out for any scope.")
    return value


SERIAL = click.option(
    "--serial",
    callback=_serial,
    help="Serial number of the scope.  [default: the first free one]",
)
SIMULATE = click.option("--simulate", is_flag=True, help="Use the simulated scope; needs no SDK.")
RANGE = click.option(
    "-r",
    "--rangev",
    "range_v",
    type=VOLTAGE,
    default="20 V",
    show_default=True,
    help="Range in V (±) of channels that name none.",
)

_OF_RECORDINGS = (
    click.option(
        "-s",
        "--sample-rate",
        "sample_rate_msps",
        type=RATE_MSPS,
        default=0.0,
        help="Rate per channel in MS/s, or as in 500kS/s; 0 is the fastest allowed.  [default: 0]",
    ),
    click.option(
        "-b",
        "--resolution",
        "resolution_bits",
        type=BITS,
        default=12,
        show_default=True,
        help="Resolution in bits: 8, 12, 14, 15 or 16.",
    ),
    click.option(
        "-c",
        "--channel",
        "channels",
        multiple=True,
        metavar="A..D[:DETAIL...]",
        help="Channel, repeatable; details as in B:2V:AC:offset=0.1V:20MHz, and what its voltage "
        "stands for, as in B:1nA/mV. PORT0 and PORT1 are "
        "the digital ports of an MSO, PORT0:1.5V with their logic level.  [default: A]",
    ),
    RANGE,
    click.option(
        "--coupling",
        type=click.Choice(["AC", "DC"], case_sensitive=False),
        default="DC",
        show_default=True,
        help="Coupling of channels that name none.",
    ),
    click.option(
        "--offset",
        "offset_v",
        type=VOLTAGE,
        default="0 V",
        show_default=True,
        help="Analogue offset in V of channels that name none.",
    ),
    OUTPUT,
    FORCE,
    click.option(
        "--duration", "duration_s", type=TIME, help="Stop after so many seconds, or as in 10min."
    ),
    click.option("--samples", type=COUNT, help="Stop after this many samples per channel."),
    click.option(
        "-h",
        "--hardware-downsample",
        "downsample_ratio",
        type=COUNT,
        default=1,
        show_default=True,
        help="Raw samples that the scope reduces to one.",
    ),
    click.option(
        "-m",
        "--downsample-mode",
        type=click.Choice(["none", "average", "aggregate", "decimate"]),
        help="How it reduces them.  [default: average, if reduced at all]",
    ),
    click.option(
        "--buffer-sec",
        "pool_s",
        type=TIME,
        default="4 s",
        show_default=True,
        help="Time that the buffer pool can bridge when the disk is late.",
    ),
    click.option(
        "--on-overrun",
        type=click.Choice(["continue", "stop"]),
        default="continue",
        show_default=True,
        help="What lost samples do: leave a gap in the file, or end it.",
    ),
    click.option(
        "--int16",
        is_flag=True,
        help="Two bytes a sample at 8 bit too, as PicoStream's files have.",
    ),
    click.option(
        "--trigger",
        metavar="CH:LEVEL[:DIRECTION]",
        help="Begin at an edge, as in A:0.5V:rising, EXT:1V or D3:high; duration and samples count "
        "from there.",
    ),
    click.option(
        "--pre-trigger",
        "pre_trigger_s",
        type=TIME,
        default="0 s",
        show_default=True,
        help="Time before the trigger to keep.",
    ),
    click.option(
        "--auto-trigger",
        "auto_trigger_ms",
        type=MILLISECONDS,
        default="0 ms",
        show_default=True,
        help="Begin without an edge after this many ms; 0 waits.",
    ),
    click.option(
        "--max-buff-sec",
        "live_only_s",
        type=TIME,
        help="Live-only: keep just the newest seconds in the file, or a little more, as in 10s.",
    ),
    click.option(
        "--compress",
        is_flag=True,
        help="Compress while recording, without loss, to about half the size.",
    ),
    RESERVE,
    click.option("-p", "--plot/--no-plot", help="Show the live plot beside the recording."),
    click.option(
        "-w",
        "--plot-window",
        "plot_window_s",
        type=TIME,
        default="0.5 s",
        show_default=True,
        help="Time that the live plot shows.",
    ),
    click.option(
        "-n",
        "--plot-npts",
        "--plot-pts",
        "plot_points",
        type=COLUMNS,
        default=4000,
        show_default=True,
        help="Columns the live plot draws at most.",
    ),
    SERIAL,
    SIMULATE,
)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add all options of a recording to a command."""
    for option in reversed(_OF_RECORDINGS):
        command = option(command)
    return command
