"""Commands that take what was recorded; what they do is imported when it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..display import plot_options
from ..quantity_options import COUNT, TIME
from .event_options import rule_options, take_rule
from .looking import look_at
from .options import AS_JSON, FILE, FORCE, NEW_FILE, RESERVE


@click.command()
@FILE
@plot_options
@click.option("--wait", is_flag=True, help="Wait for a file that is not there yet.")
def view(file: Path, **options: Any) -> int:
    """Show a recording, also while it grows; S saves a picture."""
    from .gui import open_plot

    return open_plot(file, **options)


@click.command()
@FILE
@AS_JSON
def verify(file: Path, as_json: bool) -> int:
    """Check samples, tables and totals of a recording.

    Exit code 0, 3 (samples are missing, or it ended too early) or 1 (damaged).
    """
    look_at(file)
    from .inspect import verify_file

    return verify_file(file, as_json)


@click.command()
@FILE
@AS_JSON
def repair(file: Path, as_json: bool) -> int:
    """Complete a recording that a crash left behind, and verify it."""
    from .repair import repair_file

    return repair_file(file, as_json)


@click.command()
@FILE
@click.option(
    "-o",
    "--output",
    type=NEW_FILE,
    help="File to write.  [default: NAME.compressed.hdf5 beside FILE]",
)
@FORCE
@RESERVE
def compress(file: Path, output: Path | None, force: bool, reserve_bytes: int) -> int:
    """Write a compressed copy of a finished recording.

    Every HDF5 program reads it. Nothing is lost: each chunk is read back and checked. FILE stays
    as it is.
    """
    look_at(file)
    from .compress import compress_file

    return compress_file(file, output, force, reserve_bytes)


@click.command()
@FILE
@click.argument("output", type=NEW_FILE)
@click.option(
    "-c",
    "--channel",
    "channels",
    multiple=True,
    metavar="NAME",
    help="Channel (A, PORT0 ...) or difference (A-B), repeatable.  [default: all channels]",
)
@click.option(
    "--scale",
    "scales",
    multiple=True,
    metavar="NAME=SCALE",
    help="What a channel's voltage stands for, as in A=1nA/mV or B=2.5bar/V, repeatable.  "
    "[default: as recorded]",
)
@click.option("--from", "from_s", type=TIME, help="Begin in seconds.  [default: first sample]")
@click.option("--to", "to_s", type=TIME, help="End in seconds.  [default: last sample]")
@click.option(
    "--decimate",
    "decimation_factor",
    type=COUNT,
    default=1,
    show_default=True,
    help="Samples that are reduced to one group.",
)
@click.option(
    "--mode",
    "decimation_mode",
    type=click.Choice(["mean", "min_max"]),
    default="mean",
    show_default=True,
    help="What a group becomes.",
)
@FORCE
@RESERVE
@click.option("--force-size", is_flag=True, help="Write it even if it is absurdly large.")
def export(
    file: Path, output: Path, channels: tuple[str, ...], scales: tuple[str, ...], **options: Any
) -> int:
    """Write a recording as .csv, .npy, .wav or .parquet."""
    from . import parsing

    parsed = parsing.scales(scales)
    look_at(file)
    from .export import export_file

    return export_file(file, output, channels, scales=parsed, **options)


@click.command()
@FILE
@click.option("-c", "--channel", metavar="A..D", help="Channel.  [default: the first]")
@click.option(
    "--direction",
    type=click.Choice(["rising", "falling", "either"]),
    help="Which side of the baseline.  [default: either]",
)
@click.option(
    "--threshold",
    metavar="LEVEL",
    help="What an event must reach: so many sigma from the running baseline; a voltage of the "
    "input as in 900mV; or, where the direction is either, a voltage from the baseline.  "
    "[default: 5sigma]",
)
@rule_options
@click.option(
    "-o",
    "--output",
    type=NEW_FILE,
    help="Write one row an event into this .csv file.",
)
@FORCE
def events(file: Path, **options: Any) -> int:
    """Find where a recording leaves its running baseline.

    Of a recording that keeps only events they are those, and nothing is looked for.
    """
    details = take_rule(options)
    look_at(file)
    from .events import list_events

    return list_events(file, details=details, **options)


COMMANDS = (view, verify, repair, compress, export, events)
