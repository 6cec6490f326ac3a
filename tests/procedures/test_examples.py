"""The examples of procedures do what they say, as they stand."""

from __future__ import annotations

import ast
import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymeasure.experiment import Results

from picostream_pymeasure import verify
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from tests.support.procedures_runs import PATIENT_SCOPE

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def patient_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, PATIENT_SCOPE)


Runner = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all of them."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture
def run_example(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Runner:
    """Run an example, and give what it printed."""

    def run(name: str) -> str:
        monkeypatch.chdir(folder)
        commands = [str(Path(sys.executable).parent), os.environ["PATH"]]
        monkeypatch.setenv("PATH", os.pathsep.join(commands))
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("example", "told", "recordings"),
    [
        ("procedure_capture.py", "samples of B", ["capture_2"]),
        ("procedure_capture_sweep.py", "source at 1 V: 20 captures, B 1.00 V", ["pulses_2"]),
        ("procedure_own.py", "off 2", ["flashes_2"]),
        ("procedure_live_monitor.py", "are kept", ["monitor_2"]),
        ("procedure_source_sweep.py", "source at 2 V", ["sweep_2"]),
        (
            "queue_procedures.py",
            "At 16 bit at most 1",
            [f"queue_{name}_1" for name in ("small", "large", "monitor", "sweep")],
        ),
        ("sequence.py", "4: 2 V, 10 MS/s", [f"sequence_{number}" for number in range(2, 6)]),
        ("replace_picostream.py", "from 0.00 s", ["data"]),
    ],
)
def test_example(
    run_example: Runner, example: str, told: str, recordings: list[str], folder: Path
) -> None:
    """In the folder where all the others ran, and where it ran before."""
    for stem in ("capture", "flashes", "monitor", "sweep", "sequence", "pulses"):
        (folder / f"{stem}_1.csv").touch()
    (folder / "data.hdf5").touch()
    before = {path.stem for path in folder.glob("*.hdf5")} - {*recordings}
    assert told in run_example(example)
    assert {path.stem for path in folder.glob("*.hdf5")} - before == {*recordings}
    for name in recordings:
        assert verify(folder / f"{name}.hdf5").exit_code == 0


CONSOLE = ["procedure_console.py", "--scope_serial", "simulated", "--duration", "0.2"]

#: Examples that use Qt, with their options.
BESIDE = {
    "plot": ["procedure_frequency_response.py"],
    "window": ["procedure_bode_window.py"],
    "console": [*CONSOLE, "--result-file", "{Range A}_", "--range_a", "5"],
    "refused": [*CONSOLE, "--resolution", "16", "--channel_b", "True"],
}


@dataclass
class Beside:
    """An example in a process and a folder of its own."""

    process: subprocess.Popen[str]
    folder: Path

    def output(self, status: int = 0) -> str:
        out, err = self.process.communicate()
        assert self.process.returncode == status, err
        return out if status == 0 else err


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Beside]]:
    """All of them at the same time: they mostly wait."""
    pytest.importorskip("pymeasure.display.Qt", exc_type=ImportError)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        SIMULATED_SCOPES_VARIABLE: PATIENT_SCOPE,
    }
    programs = {}
    for name, (example, *options) in BESIDE.items():
        folder = tmp_path_factory.mktemp(name)
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(EXAMPLES / example), *options],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        programs[name] = Beside(process, folder)
    yield programs
    for program in programs.values():
        with program.process:
            program.process.kill()


def test_bode_plot(beside: dict[str, Beside]) -> None:
    assert "Gain (dB)" in beside["plot"].output()
    assert (beside["plot"].folder / "bode.png").read_bytes().startswith(b"\x89PNG")


def test_bode_window(beside: dict[str, Beside]) -> None:
    assert "saved True" in beside["window"].output()
    (recording,) = beside["window"].folder.glob("*.hdf5")
    assert len(Results.load(str(recording.with_suffix(".csv"))).data) == 5


def test_console_takes_parameters(beside: dict[str, Beside]) -> None:
    assert "recorded into" in beside["console"].output()
    (recording,) = beside["console"].folder.glob("*.hdf5")
    assert recording.stem.startswith("5_")
    assert recording.with_suffix(".csv").exists()
    assert verify(recording).exit_code == 0


def test_console_says_why_it_failed(beside: dict[str, Beside]) -> None:
    last = beside["refused"].output(status=1).splitlines()[-1]
    assert last.startswith("failed: At 16 bit")


def test_own_procedure_is_short() -> None:
    tree = ast.parse((EXAMPLES / "procedure_own.py").read_text())
    (own,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    assert own.end_lineno - own.lineno < 20
