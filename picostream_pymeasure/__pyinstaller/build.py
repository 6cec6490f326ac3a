"""Builds the standalone program: ``python -m picostream_pymeasure.__pyinstaller.build``.

The result is a folder, not one file, which would be unpacked anew at each start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

#: Large packages that are in a development environment and that the program does not need.
_EXCLUDED = ("IPython", "dask", "distributed", "matplotlib", "pyarrow", "tkinter", "xarray")


_CACHES = shutil.ignore_patterns("__pycache__")


def build(project: Path, dist: Path) -> Path:
    """Build the program of a source tree and return its executable.

    :param project: the folder with ``pyproject.toml``.
    :param dist: where the folder ``PicoStream`` is made.
    """
    with TemporaryDirectory() as folder:
        work = Path(folder)
        # PyInstaller follows real folders only, not the ones of an editable installation
        site = work / "site"
        package = site / "picostream_pymeasure"
        shutil.copytree(project / "picostream_pymeasure", package, ignore=_CACHES)
        shutil.copytree(project / "procedures", package / "procedures", ignore=_CACHES)
        _run_pyinstaller(
            site,
            "--noconfirm",
            "--log-level=WARN",
            "--name=PicoStream",
            "--hide-console=hide-early",  # Windows; the program is a command line too
            f"--paths={site}",
            f"--additional-hooks-dir={package / '__pyinstaller'}",
            f"--distpath={dist}",
            f"--workpath={work / 'build'}",
            f"--specpath={work}",
            *(f"--exclude-module={name}" for name in _EXCLUDED),
            str(package / "__main__.py"),
        )
    suffix = ".exe" if sys.platform == "win32" else ""
    return dist / "PicoStream" / f"PicoStream{suffix}"


def _run_pyinstaller(site: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "PyInstaller", *arguments]
    subprocess.run(command, check=True, env=environment)


@click.command()
@click.option("--dist", type=click.Path(path_type=Path), default="dist", show_default=True)
def _main(dist: Path) -> None:
    """Build the standalone program of the source tree in the present folder."""
    click.echo(build(Path.cwd(), dist.absolute()))


if __name__ == "__main__":
    _main()
