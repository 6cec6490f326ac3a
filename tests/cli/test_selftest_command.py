"""What ``picostream selftest`` prints, and what it asks of the simulated scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner

from picostream_pymeasure.cli.group import picostream
from picostream_pymeasure.driver import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import OutputExistsError
from picostream_pymeasure.selftest import Finding, SelfTest, Verdict
from picostream_pymeasure.selftest.cable import check_cable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checks(monkeypatch: pytest.MonkeyPatch, some: Callable[[SelfTest], Iterable[Finding]]) -> None:
    """Leave out the other checks, which take a minute."""
    monkeypatch.setattr(SelfTest, "_checks", some)


@pytest.mark.usefixtures("folder")
def test_each_finding_is_a_line_of_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Finding("disk", Verdict.GOOD, "It takes [all] of it."),
        Finding("rounding", Verdict.BAD, "Too slow."),
    ]
    checks(monkeypatch, lambda _: found)
    done = CliRunner().invoke(picostream, ["selftest", "--simulate"], standalone_mode=False)
    lines = done.output.splitlines()
    assert lines[0].split(maxsplit=2) == ["good", "disk", "It takes [all] of it."]
    assert lines[1].split(maxsplit=2) == ["BAD", "rounding", "Too slow."]
    assert done.return_value == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("described", "amplitude"),
    [(None, Verdict.GOOD), ("A=dc", Verdict.BAD)],
)
def test_the_simulated_scope_has_the_cable_that_is_named(
    monkeypatch: pytest.MonkeyPatch, described: str | None, amplitude: Verdict
) -> None:
    """A scope that the user describes stays as described."""
    monkeypatch.delenv(SIMULATED_SCOPES_VARIABLE, raising=False)
    if described:
        monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, described)
    checks(monkeypatch, lambda test: islice(check_cable(test.scope, 1.0), 1))
    done = CliRunner().invoke(picostream, ["selftest", "--simulate", "--cable"])
    assert done.output.split()[0] == amplitude.value


def test_a_report_is_not_written_over_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "report.json").write_text("mine")
    checks(monkeypatch, lambda _: pytest.fail("it went on"))
    with pytest.raises(OutputExistsError, match=r"report\.json exists; choose another name, or "):
        CliRunner().invoke(
            picostream,
            ["selftest", "--simulate", "--report", "report.json"],
            standalone_mode=False,
            catch_exceptions=False,
        )
    assert (folder / "report.json").read_text() == "mine"
