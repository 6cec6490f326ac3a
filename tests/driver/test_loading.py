"""Loading the vendor's library, each time in a process of its own because it is loaded once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the library is built with cc")

LOAD = """
from picostream_pymeasure import PicoStreamError, Unit, load_library
try:
    library = load_library()
    print("loaded", library.name)
    Unit.open(library)
except PicoStreamError as error:
    print(type(error).__name__, error)
"""


def load(folder: Path | str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        env={**os.environ, "LD_LIBRARY_PATH": str(folder), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    """A library with every symbol picosdk binds, for which no scope is ever connected."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler; on Debian install gcc")
    spec = find_spec("picosdk.ps5000a")
    assert spec is not None
    assert spec.origin is not None
    names = sorted(set(re.findall(r'"(ps5000a[A-Z]\w+)"', Path(spec.origin).read_text())))
    assert len(names) == 71
    source = tmp_path / "driver.c"
    source.write_text("".join(f"unsigned {name}(void) {{ return 3; }}\n" for name in names))
    library = tmp_path / "libps5000a.so.2"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-Wl,-soname,libps5000a.so.2", "-o", library, source], check=True
    )
    return library


def test_library_on_the_library_path_is_loaded(driver: Path) -> None:
    driver.with_name("libps5000a.so").symlink_to(driver.name)
    text = load(driver.parent)
    assert "loaded ps5000a" in text
    assert "DeviceNotFoundError" in text


def test_neither_a_link_without_version_nor_binutils_is_needed(driver: Path) -> None:
    assert "loaded ps5000a" in load(driver.parent, PATH="")


def test_backup_beside_the_library_is_not_taken(driver: Path) -> None:
    driver.with_name("libps5000a.so.bak").write_text("old")
    assert "loaded ps5000a" in load(driver.parent)


def test_missing_library_says_what_to_install(tmp_path: Path) -> None:
    text = load(tmp_path)
    assert text.startswith("SdkNotFoundError")
    assert "libps5000a" in text
    assert "--simulate" in text


def test_file_that_is_no_library(tmp_path: Path) -> None:
    (tmp_path / "libps5000a.so").write_text("not a library")
    assert "cannot be loaded" in load(tmp_path)


def test_library_that_lacks_functions_is_too_old(tmp_path: Path) -> None:
    spec = find_spec("_ctypes")
    assert spec is not None
    assert spec.origin is not None
    shutil.copy(spec.origin, tmp_path / "libps5000a.so")
    assert "too old" in load(tmp_path)


@pytest.mark.parametrize("is_named", [True, False])
def test_libraries_that_the_driver_needs_are_loaded_from_its_folder(
    driver: Path, is_named: bool
) -> None:
    """Also those that it only takes functions from, without saying which library has them."""
    companion, source = driver.with_name("libpicoipp.so.1"), driver.with_name("ipp.c")
    source.write_text("unsigned ipp(void) { return 0; }\n")
    build = ["cc", "-shared", "-fPIC", "-Wl,--no-as-needed"]
    soname = "-Wl,-soname,libpicoipp.so.1"
    subprocess.run([*build, soname, "-o", companion, source], check=True)
    code = driver.with_name("driver.c")
    with code.open("a") as file:
        file.write("unsigned ipp(void);\nunsigned use(void) { return ipp(); }\n")
    needed = [companion] if is_named else []
    subprocess.run([*build, "-o", driver, code, *needed], check=True)
    here = f"sdk._VENDOR_FOLDERS = ({str(driver.parent)[1:]!r},)"
    done = subprocess.run(
        [sys.executable, "-c", f"from picostream_pymeasure.system import sdk\n{here}{LOAD}"],
        env={name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"},
        capture_output=True,
        text=True,
    )
    assert "loaded ps5000a" in done.stdout, done.stderr


def test_the_next_library_is_tried_and_the_strays_are_let_be(driver: Path, tmp_path: Path) -> None:
    for name, content in (("first", "no library"), ("second", "")):
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "libps5000a.so").write_text(content)
    driver.with_name("libpicoipp.la").write_text("libtool's")
    driver.with_name("libpicoipp.so").write_text("no library")
    folders = f"{tmp_path / 'first'}:{tmp_path / 'second'}:{driver.parent}"
    assert "loaded ps5000a" in load(folders)


def test_libraries_that_could_not_be_loaded_are_named_with_their_reasons(tmp_path: Path) -> None:
    elf_32 = b"\x7fELF\x01\x01\x01" + bytes(9) + b"\x03\x00\x03\x00" + bytes(64)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "libps5000a.so").write_bytes(elf_32)
    (tmp_path / "libps5000a.so").write_text("no library")
    text = load(f"{tmp_path / 'old'}:{tmp_path}")
    assert f"{tmp_path / 'old' / 'libps5000a.so'}: it is made for another processor" in text
    assert f"{tmp_path / 'libps5000a.so'}: it is no library" in text
