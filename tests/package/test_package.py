"""What is installed, and what a start imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import picostream_pymeasure

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
HEAVY = ("numba", "PyQt5", "h5py", "picosdk", "pandas", "pyqtgraph", "pymeasure")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_folder_of_code_is_installed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    package = ROOT / "picostream_pymeasure"
    found = {
        ".".join(folder.parent.relative_to(ROOT).parts) for folder in package.rglob("__init__.py")
    }
    found.add("picostream_pymeasure.procedures")
    assert found == set(settings["tool"]["setuptools"]["packages"])


def test_procedures_are_a_part_of_the_package() -> None:
    import picostream_pymeasure.procedures as procedures

    assert procedures.__name__ == "picostream_pymeasure.procedures"


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import picostream_pymeasure").intersection(HEAVY)


@pytest.mark.parametrize("program", ["cli.group", "cli.gui", "dfplot"])
def test_building_the_command_line_loads_nothing_heavy(program: str) -> None:
    assert not loaded_after(f"import picostream_pymeasure.{program}").intersection(HEAVY)


def test_the_window_is_made_before_compiled_code_is_loaded() -> None:
    assert "numba" not in loaded_after("import picostream_pymeasure.main")


@pytest.mark.parametrize("module", ["procedures.scope_keeper", "instrument.identity"])
def test_a_script_that_sets_up_no_logging_sees_warnings(module: str) -> None:
    code = f"from picostream_pymeasure.{module} import log; log.warning('samples were lost')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "samples were lost\n"


def test_package_says_what_it_is() -> None:
    assert "PicoScope" in (picostream_pymeasure.__doc__ or "")


def test_everything_public_can_be_imported_from_the_package() -> None:
    without_qt = set(picostream_pymeasure.__all__) - {
        "ExperimentWindow",
        "HDF5LivePlotter",
        "RecordingTab",
    }
    for name in without_qt:
        assert getattr(picostream_pymeasure, name).__name__ == name
    assert set(picostream_pymeasure.__all__) <= set(dir(picostream_pymeasure))
    assert not hasattr(picostream_pymeasure, "nothing_of_this_name")
