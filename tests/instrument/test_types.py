"""What a type checker knows of the instrument."""

from __future__ import annotations

from pathlib import Path

import pytest

#: What has no part in these types is not looked at: that takes a third of the time.
SKIPPED = ("keeping", "kernels", "reader", "simulated", "storage")
SETTINGS = f"""
[mypy]
strict = true
follow_imports = silent
ignore_missing_imports = true
disallow_subclassing_any = false
cache_dir = /dev/null
[mypy-{",".join(f"picostream_pymeasure.{room}.*" for room in SKIPPED)}]
follow_imports = skip
"""

USE = """
from typing_extensions import assert_type

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.instrument import Capture, ScopeChannel
from picostream_pymeasure.instrument.session import ScopeSession

with PicoScope5000A(simulated=True) as scope:
    assert_type(scope, PicoScope5000A)
    assert_type(scope.A, ScopeChannel)
    assert_type(scope.A.range, float)
    assert_type(scope.trigger.direction, str)
    assert_type(scope.acquire(samples=3), Capture)
    with scope.stream("x.hdf5") as session:
        assert_type(session, ScopeSession)
"""


def test_instrument_is_typed(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    settings, used = tmp_path / "mypy.ini", tmp_path / "used.py"
    settings.write_text(SETTINGS)
    used.write_text(USE)
    report, _, status = api.run([f"--config-file={settings}", str(used)])
    assert status == 0, report
