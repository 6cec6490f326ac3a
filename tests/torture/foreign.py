"""Other people's programs that read HDF5: each gives all values of a dataset, or is not here.

A Python one runs in a process of its own with the interpreter of the tests; install them with
``pip install --group foreign``. The command line tools are those of HDF5 (``hdf5-tools``).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hdf5plugin
import numpy as np
import pytest

Reader = Callable[[Path, str, Path], np.ndarray]

#: How each opens a file without any option, and gives the values at ``name`` in it.
_PYTHON = {
    "h5py": "import h5py\nwith h5py.File(path) as file: found = file[name][()]",
    "silx": "import silx.io\nwith silx.io.open(path) as file: found = file[name][()]",
    "h5netcdf": (
        "import h5netcdf\nwith h5netcdf.File(path, phony_dims='access') as file:\n"
        "    found = file[name][...]"
    ),
    "xarray": (
        "import xarray\ngroup, variable = name.rsplit('/', 1)\n"
        "with xarray.open_dataset(path, engine='h5netcdf', group=group or '/',\n"
        "        phony_dims='access', mask_and_scale=False) as file:\n"
        "    found = file[variable].values"
    ),
    "tables": (
        "import tables\nwith tables.open_file(path) as file: found = file.get_node(name).read()"
    ),
    # of a growing one a slice: a whole field keeps the shape that it had when it was found
    "nexusformat": "from nexusformat.nexus import nxload\nfound = nxload(path)[name][:].nxdata",
    # it only lists what is there, and what the first and the last values are
    "punx": (
        "import h5py, punx.h5tree\nassert punx.h5tree.Hdf5TreeView(path).report()\n"
        "with h5py.File(path) as file: found = file[name][()]"
    ),
}

_MAIN = "import sys, numpy\npath, name, out = sys.argv[1:]\n{}\nnumpy.save(out, found)\n"


#: Where all of them find the filter of compressed recordings, as the documentation says it.
_ENVIRONMENT = {**os.environ, "HDF5_PLUGIN_PATH": hdf5plugin.PLUGIN_PATH}


def _run(*command: object) -> str:
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=_ENVIRONMENT)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-500:]} {done.stderr[-2000:]}"
    return done.stdout


def _python_reader(module: str) -> Reader:
    def read(path: Path, name: str, folder: Path) -> np.ndarray:
        out = folder / f"{module}.npy"
        _run(sys.executable, "-W", "ignore", "-c", _MAIN.format(_PYTHON[module]), path, name, out)
        return np.load(out)

    return read


def h5dump(path: Path, name: str, folder: Path) -> np.ndarray:
    """Its binary output, with the type that its header tells."""
    out = folder / "dumped"
    header = _run("h5dump", "-H", "-d", name, path)
    _run("h5dump", "-d", name, "-b", "LE", "-o", out, path)
    types = {"H5T_STD_I16LE": "<i2", "H5T_STD_I8LE": "i1", "H5T_STD_U8LE": "u1"}
    dtype = next(dtype for word, dtype in types.items() if word in header)
    return np.fromfile(out, dtype)


def h5repack(path: Path, name: str, folder: Path) -> np.ndarray:
    """What its copy holds."""
    copy = folder / "repacked.hdf5"
    copy.unlink(missing_ok=True)
    _run("h5repack", path, copy)
    return _python_reader("h5py")(copy, name, folder)


def h5ls(path: Path) -> str:
    return _run("h5ls", "-r", path)


def h5stat(path: Path) -> str:
    return _run("h5stat", path)


def h5diff(path: Path, other: Path) -> str:
    return _run("h5diff", path, other)


def require(program: str) -> Reader:
    """The reader of this name; the test is skipped when its program is not here."""
    if program in _PYTHON:
        for module in {"xarray": ("xarray", "h5netcdf")}.get(program, (program,)):
            if importlib.util.find_spec(module) is None:
                pytest.skip(f"install {module} (pip install --group foreign)")
        return _python_reader(program)
    require_tool(program)
    return {"h5dump": h5dump, "h5repack": h5repack}[program]


def require_tool(program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"install {program} (package hdf5-tools)")


READERS = (*_PYTHON, "h5dump", "h5repack")
