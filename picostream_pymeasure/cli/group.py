"""The command ``picostream`` and its options; what they do is imported when it is done."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ..errors import ConfigurationError
from ..quantity_options import BITS, COUNT, MILLISECONDS, RATE_MSPS, TIME
from .event_options import keep_options, take_keep
from .file_commands import COMMANDS
from .options import (
    FILE_NAME,
    FORCE,
    NEW_FILE,
    OUTPUT,
    RANGE,
    RESERVE,
    SERIAL,
    SIMULATE,
    recording_options,
)

_EXAMPLES = """\b
Examples:
  picostream --simulate --duration 5
  picostream -s 62.5 -c A:2V -o data.hdf5
  picostream -c A:2V -c B:500mV:AC --trigger A:0.5V:rising --samples 1000000
  picostream -c A:500mV --keep A:falling:5sigma --before 1ms --after 4ms
"""


def _hand_on(context: click.Context) -> None:
    """Let ``picostream --simulate info`` mean ``picostream info --simulate``.

    :raises click.UsageError: another option of a recording stands before a command.
    """
    command = context.invoked_subcommand
    for option in context.command.params:
        is_given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if is_given and option.name not in ("verbosity", "log_path", "simulate"):
            raise click.UsageError(
                f"{option.opts[0]} before {command!r} would be of no effect; options of a command "
                f"stand behind it: picostream {command} ..."
            )
    if context.params["simulate"]:
        context.default_map = {name: {"simulate": True} for name in picostream.commands}


class _Commands(click.Group):
    """Says to whom takes something else for a command how a recording is written."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``help`` for ``--help``; ``-h`` is PicoStream's down-sampling."""
        self._refuse_one_dash(ctx, args)
        _refuse_twice(self, ctx, args)
        return super().parse_args(ctx, ["--help"] if args == ["help"] else args)

    def _refuse_one_dash(self, ctx: click.Context, args: list[str]) -> None:
        """``-simulate`` would be ``-s imulate``, a rate, and the scope the real one."""
        params = chain(self.get_params(ctx), *(each.params for each in self.commands.values()))
        names = {name for one in params for name in (*one.opts, *one.secondary_opts)}
        for word in args[: args.index("--")] if "--" in args else args:
            name, equals, value = word.partition("=")
            if len(name) > 2 and name[1] != "-" and f"-{name}" in names:
                ctx.fail(f"{word} has one dash, and a name has two; write -{name}{equals}{value}.")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is not None:
            _refuse_twice(command, click.Context(command, info_name=args[0], parent=ctx), args[1:])
        else:
            near = get_close_matches(args[0], self.commands, 1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(
                f"There is no command {args[0]!r}.{meant} A recording has only options, as in "
                "picostream -s 10MHz -o data.hdf5; a number and its unit are one word."
            )
        return super().resolve_command(ctx, args)


def _refuse_twice(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Of two rules for events, or two names of a file, the first would be forgotten in silence."""
    try:
        given = command.make_parser(ctx).parse_args(args=list(args))[2]
    except click.UsageError:  # told where they are taken
        return
    for option in given:
        if not isinstance(option, click.Option) or option.multiple or option.count:
            continue
        if not option.is_flag and given.count(option) > 1:
            ctx.fail(f"{option.opts[0]} is given more than once; it takes one value.")


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    help="Record from a PicoScope 5000A into one HDF5 file; Ctrl+C ends the recording.",
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["--help"], "max_content_width": 100},
)
@click.version_option(package_name="picostream-pymeasure")
@recording_options
@keep_options
@click.option(
    "-v",
    "--verbose",
    "verbosity",
    count=True,
    help="Say more about the scope and the stream; -vv every call of the driver.",
)
@click.option(
    "--log",
    "log_path",
    type=NEW_FILE,
    help="Append everything that happens to this file.",
)
@click.pass_context
def picostream(
    context: click.Context, /, verbosity: int, log_path: Path | None, **options: Any
) -> int | None:
    """Record, unless a command is named."""
    from .log import hear

    hear(verbosity, log_path)
    if context.invoked_subcommand is not None:
        _hand_on(context)
        return None
    from .request import Request

    keep = take_keep(options)
    is_dry_run = options.pop("dry_run")
    request = Request.from_options(verbosity=verbosity, keep=keep, **options)
    if is_dry_run:
        from .dry_run import count_events

        return count_events(request)
    from .acquire import record

    return record(request)


@picostream.command()
@click.argument("file", type=FILE_NAME, required=False)
@click.option("--simulate", is_flag=True, help="List the simulated scopes.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--report", is_flag=True, help="Print all that a bug report needs.")
def info(file: Path | None, simulate: bool, as_json: bool, report: bool) -> int:
    """Describe a recording; without FILE, the scopes that are there."""
    from .inspect import show_file, show_scopes

    if file is not None and (simulate or report):
        raise ConfigurationError("--simulate and --report describe scopes; leave FILE or them out.")
    if report and as_json:
        raise ConfigurationError("A report is text to read; leave --report or --json out.")
    if report:
        from .system_report import show_report

        return show_report(simulate)
    return show_scopes(simulate, as_json) if file is None else show_file(file, as_json)


@picostream.command()
@click.option("--simulate", is_flag=True, help="Choose the simulated scope.")
def gui(simulate: bool) -> int:
    """Record with a window: live plot, queue, earlier runs."""
    from .gui import open_window

    return open_window(simulate)


@picostream.command()
@click.option(
    "-n", "--captures", type=COUNT, default=1, show_default=True, help="Captures to make."
)
@click.option("--samples", type=COUNT, help="Samples of each capture and channel.")
@click.option("--length", "length_s", type=TIME, help="Length of each capture instead, as in 10us.")
@click.option(
    "-s",
    "--sample-rate",
    "sample_rate_msps",
    type=RATE_MSPS,
    default=0.0,
    help="Rate in MS/s, up to 1000; 0 is the fastest.  [default: 0]",
)
@click.option(
    "-b",
    "--resolution",
    "resolution_bits",
    type=BITS,
    default=8,
    show_default=True,
    help="Resolution in bits: 8, 12, 14, 15 or 16.",
)
@click.option(
    "-c",
    "--channel",
    "channels",
    multiple=True,
    metavar="A..D[:DETAIL...]",
    help="Channel, repeatable; details as in B:2V:AC.  [default: A]",
)
@RANGE
@click.option(
    "--trigger",
    metavar="CH:LEVEL[:DIRECTION]",
    help="What each capture waits for, as in A:0.5V:rising; without it they follow at once.",
)
@click.option(
    "--pre-trigger",
    "pre_trigger_s",
    type=TIME,
    default="0 s",
    show_default=True,
    help="Time before the trigger to keep.",
)
@click.option(
    "--auto-trigger",
    "auto_trigger_ms",
    type=MILLISECONDS,
    default="0 ms",
    show_default=True,
    help="Capture without an edge after this many ms; 0 waits.",
)
@click.option("--timeout", "timeout_s", type=TIME, help="End with the captures complete by then.")
@OUTPUT
@FORCE
@RESERVE
@SERIAL
@SIMULATE
def capture(**options: Any) -> int:
    """Capture around triggers into one file, at up to 1 GS/s.

    The scope samples into its own memory, and the captures are fetched afterwards.
    """
    from .capture import record_captures

    return record_captures(**options)


@picostream.command()
@SERIAL
@click.option(
    "--simulate",
    is_flag=True,
    help="Check the simulated scope, with the cable if asked for; needs no SDK.",
)
@click.option("--cable", is_flag=True, help="The generator's output is connected to A.")
@click.option(
    "--duration",
    "duration_s",
    type=TIME,
    default="10 s",
    show_default=True,
    help="How long the longest checks take, as in 1h.",
)
@click.option(
    "--report",
    type=NEW_FILE,
    help="Write what was found into this .json file.",
)
@FORCE
def selftest(**options: Any) -> int:
    """Find out what this scope and this computer can do.

    Exit code 0, or 1 (something is wrong).
    """
    from .selftest import test_scope

    return test_scope(**options)


for _command in COMMANDS:
    picostream.add_command(_command)
