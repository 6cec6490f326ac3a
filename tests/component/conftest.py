"""Fixtures of the tests that run whole parts of the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Cli
from keeping_sink import KeepingSink


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The command line, in a folder of its own."""
    return Cli(tmp_path)


@pytest.fixture
def sink() -> KeepingSink:
    """Where a stream of a test goes."""
    return KeepingSink()
