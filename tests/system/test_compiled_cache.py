"""Where compiled code goes when there is no place for it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import _CacheLocator

from picostream_pymeasure.system import compiled_cache

ROOT = Path(__file__).parents[2]


@pytest.fixture
def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose cache cannot be made, whoever runs the tests; so is the user's."""
    tmp_path.joinpath("file").write_text("")
    package = tmp_path / "package"
    package.mkdir()
    package.joinpath("module.py").write_text("")
    package.joinpath("__pycache__").write_text("")
    for name in ("HOME", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file" / name))
    monkeypatch.setenv(compiled_cache.VARIABLE, "")
    return package


def test_package_that_takes_files_is_enough(
    unwritable: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unwritable.joinpath("__pycache__").unlink()
    compiled_cache.prepare(unwritable)
    assert not os.environ[compiled_cache.VARIABLE]
    assert not caplog.records


def test_users_cache_is_enough(
    unwritable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME")
    compiled_cache.prepare(unwritable)
    assert not os.environ[compiled_cache.VARIABLE]


def test_named_folder_is_enough(
    unwritable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(compiled_cache.VARIABLE, str(tmp_path))
    compiled_cache.prepare(unwritable)
    assert os.environ[compiled_cache.VARIABLE] == str(tmp_path)


def test_otherwise_the_process_has_one_of_its_own(
    unwritable: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        compiled_cache.prepare(unwritable)
    own = Path(os.environ[compiled_cache.VARIABLE])
    assert own.is_dir()
    if sys.platform != "win32":
        assert own.stat().st_mode & 0o077 == 0
    assert compiled_cache.VARIABLE in caplog.text
    own.rmdir()


def follow_changes(package: Path, source: Path, compiled: Path) -> None:
    """Start after changes of a source, and without one; only those delete what was compiled."""
    for is_changed in (True, False, True):
        compiled.write_text("")
        if is_changed:
            os.utime(source, ns=(0, source.stat().st_mtime_ns + 10**9))
        compiled_cache.prepare(package)
        assert compiled.exists() is not is_changed


def test_code_compiled_from_other_sources_is_forgotten(tmp_path: Path) -> None:
    room = tmp_path / "room"
    compiled = room / "__pycache__" / "module.function.nbi"
    compiled.parent.mkdir(parents=True)
    room.joinpath("module.py").write_text("")
    other = tmp_path / "other.py"
    other.write_text("")
    follow_changes(tmp_path, other, compiled)


@pytest.mark.parametrize("is_named", [True, False])
def test_also_where_it_is_kept_elsewhere(
    unwritable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    for name in (compiled_cache.VARIABLE, "HOME", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    if not is_named:
        monkeypatch.delenv(compiled_cache.VARIABLE)
    folder = tmp_path / "cache" if is_named else next(iter(compiled_cache._user_caches()))
    module = unwritable / "room" / "module.py"
    module.parent.mkdir()
    module.write_text("")
    kept = _CacheLocator.get_suitable_cache_subpath(str(module))
    compiled = folder / kept / "module.function.nbi"
    compiled.parent.mkdir(parents=True)
    follow_changes(unwritable, module, compiled)


@pytest.mark.long
def test_package_and_home_that_are_read_only_compile_all_the_same(
    unwritable: Path, tmp_path: Path
) -> None:
    package = tmp_path / "site" / "picostream_pymeasure"
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "picostream_pymeasure", package, ignore=without)
    shutil.copytree(ROOT / "procedures", package / "procedures", ignore=without)
    for folder in (package, *filter(Path.is_dir, package.rglob("*"))):
        folder.joinpath("__pycache__").write_text("")  # no folder of this name can be made
    program = "from picostream_pymeasure.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--simulate", "-s", "1", "--samples", "1000"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert compiled_cache.VARIABLE in done.stderr


def test_a_program_without_sources_makes_no_folder_for_them(
    unwritable: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = tmp_path / "named"
    monkeypatch.setenv(compiled_cache.VARIABLE, str(named))
    compiled_cache.prepare(tmp_path / "frozen" / "package")
    assert named.is_dir()
    assert not (tmp_path / "frozen").exists()
