"""Which limit of memory holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.system import memory
from picostream_pymeasure.system.memory import free_memory, of_groups


def make_group(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        folder.joinpath(name.replace("_", ".", 1)).write_text(f"{text}\n")


def test_group_and_those_above_it(tmp_path: Path) -> None:
    statistics = "anon 5\ninactive_file 100\n"
    make_group(tmp_path / "a", memory_max=1000, memory_current=700, memory_stat=statistics)
    make_group(tmp_path / "a/b", memory_max="max", memory_current=600, memory_stat=statistics)
    (free,) = of_groups("0::/a/b\n", tmp_path)
    assert free.n_bytes == 400
    assert "cgroup" in str(free)


def test_container_that_sees_its_own_group_as_the_root(tmp_path: Path) -> None:
    make_group(tmp_path, memory_max=1000, memory_current=2000, memory_stat="inactive_file 0")
    (free,) = of_groups("0::/\n", tmp_path)
    assert free.n_bytes == 0


def test_groups_of_the_first_version(tmp_path: Path) -> None:
    make_group(
        tmp_path / "memory/jobs",
        memory_limit_in_bytes=5000,
        memory_usage_in_bytes=3000,
        memory_stat="total_inactive_file 500",
    )
    (free,) = of_groups("3:cpu,cpuacct:/jobs\n2:memory:/jobs\n0::/\n", tmp_path)
    assert free.n_bytes == 2500


def test_no_groups_at_all(tmp_path: Path) -> None:
    assert not list(of_groups("0::/\n", tmp_path))


def test_machine_has_some() -> None:
    assert free_memory().n_bytes > 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has control groups")
def test_the_least_limit_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [memory.FreeMemory(700, "here"), memory.FreeMemory(500, "above")]
    monkeypatch.setattr(memory, "of_groups", lambda groups, root: limits)
    assert free_memory() == limits[1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ulimit -v holds on Linux")
def test_limit_of_the_process() -> None:
    program = (
        "import resource\n"
        "from picostream_pymeasure.system.memory import free_memory\n"
        "_, most = resource.getrlimit(resource.RLIMIT_AS)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, most))\n"
        "print(free_memory())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "to this program (ulimit -v)" in done.stdout
    assert float(done.stdout.split()[0]) < 1.08


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ulimit -v holds on Linux")
@pytest.mark.parametrize("limit_mb", [600, 1100])
def test_recording_where_memory_is_short_is_refused_or_whole(limit_mb: int, tmp_path: Path) -> None:
    program = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({limit_mb << 20},) * 2)\n"
        "from picostream_pymeasure.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--simulate", "-s", "62.5", "--samples", "1000"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    if done.returncode:
        assert "are free to this program (ulimit -v)" in done.stderr
        assert not list(tmp_path.iterdir())


def test_what_does_not_fit_is_told_with_what_may_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: memory.FreeMemory(10 * 10**9, "here"))
    memory.require(8e9, "The block needs", "read less")
    sentence = (
        r"The block needs 8\.10 GB but may take 8\.00 GB, as 10\.00 GB of memory are free here; "
        r"read less\."
    )
    with pytest.raises(ConfigurationError, match=sentence):
        memory.require(8.1e9, "The block needs", "read less")


def test_what_threads_are_promised_is_left_where_promises_count() -> None:
    assert memory.FreeMemory(1_500_000_000).plannable_bytes == 1_200_000_000
    assert memory.FreeMemory(1_500_000_000, counts_addresses=True).plannable_bytes == 800_000_000
    assert memory.FreeMemory(100, counts_addresses=True).plannable_bytes == 0
