"""Measures the figures of docs/figures.md: ``python -m tests.benchmarks [NAME ...] [--seconds N]``.

Benchmarks print what they measured and decide nothing; a machine that does other things at the
same time shows it in the figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from . import (
    captures,
    cost,
    cpu,
    display,
    gui,
    keeping,
    lossless,
    overview,
    packing,
    pipeline,
    reader,
    soak,
    verification,
)

BENCHMARKS = {
    "lossless": lossless.measure,
    "cpu": cpu.measure,
    "cost": cost.measure,
    "keeping": keeping.measure,
    "captures": captures.measure,
    "soak": soak.measure,
    "packing": packing.measure,
    "pipeline": pipeline.measure,
    "reader": reader.measure,
    "verification": verification.measure,
    "overview": overview.measure,
    "display": display.measure,
    "gui": gui.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--seconds", type=float, default=60.0, help="length of a recording")
    parser.add_argument("--folder", type=Path, help="where recordings are made (and removed)")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in arguments.names or BENCHMARKS:
        print(f"== {name}")
        with TemporaryDirectory(dir=arguments.folder) as folder:
            BENCHMARKS[name](Path(folder), arguments.seconds)


if __name__ == "__main__":
    main()
