"""Builds the standalone program: ``python -m picostream_pymeasure.__pyinstaller.build``.

The result is a folder, not one file, which would be unpacked anew at each start.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ..quantities import duration, size

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
    # in the folder of a checkout Python would find that instead, with all that lies beside it
    subprocess.run(command, check=True, env=environment, cwd=site.parent)


@click.command()
@click.option("--dist", type=click.Path(path_type=Path), default="dist", show_default=True)
def _main(dist: Path) -> None:
    """Build the standalone program of the source tree in the present folder."""
    project = Path.cwd()
    if obstacle := _obstacle(project, dist):
        raise click.ClickException(obstacle)
    started_s = time.monotonic()
    click.echo("Building; this takes some minutes ...")
    try:
        program = build(project, dist.absolute())
    except subprocess.CalledProcessError as error:
        raise click.ClickException(
            f"PyInstaller failed ({error}); its lines above say why."
        ) from None
    n_bytes = sum(path.lstat().st_size for path in program.parent.rglob("*"))
    click.echo(f"{program}: {size(n_bytes)}, built in {duration(time.monotonic() - started_s)}")
    click.echo("Its very first start compiles for some minutes, and says so.")


def _obstacle(project: Path, dist: Path) -> str:
    """What keeps the program from being built, as a sentence; empty if nothing does."""
    if importlib.util.find_spec("PyInstaller") is None:
        return "PyInstaller is not installed; python -m pip install pyinstaller brings it."
    if not (project / "pyproject.toml").exists() or not (project / "picostream_pymeasure").is_dir():
        return f"{project} is not the folder of the repository; start it there."
    own = {"PicoStream", "PicoStream.exe", "_internal"}
    if others := sorted({path.name for path in (dist / "PicoStream").glob("*")} - own):
        return (
            f"{dist / 'PicoStream'} is made anew, and would lose {', '.join(others[:3])}; move "
            "what you have recorded elsewhere first."
        )
    return ""


if __name__ == "__main__":
    _main()
