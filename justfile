# Thin aliases; the commands themselves stand in README.md and pyproject.toml.

set windows-shell := ["powershell.exe", "-NoLogo", "-Command"]

bin := if os_family() == "windows" { ".venv/Scripts" } else { ".venv/bin" }
python := bin / "python"
system_python := if os_family() == "windows" { "py" } else { "python3" }

# set up a development environment
setup:
    {{system_python}} -m venv .venv
    {{python}} -m pip install --quiet --upgrade pip
    {{python}} -m pip install --quiet -e . --group dev

# run the tests
test *args:
    {{python}} -m pytest -n 4 --dist worksteal {{args}}

# the torture tests in their long form (hours)
torture *args:
    {{python}} -m pytest -q --long tests/torture tests/streaming {{args}}

# run tests with the "lowest" versions that are allowed or the "newest" there are
versions which *args:
    {{system_python}} .ci/versions {{which}} {{args}}

# lint, format check, types, import contracts
check:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/mypy
    {{bin}}/lint-imports

# format the code
format:
    {{bin}}/ruff format .
    {{bin}}/ruff check --fix .

# record from the simulated scope
demo *args:
    {{bin}}/picostream --simulate --duration 5 {{args}}

# the window (add --simulate where there is no scope)
gui *args:
    {{bin}}/picostream gui {{args}}

# measure what docs/figures.md claims (takes some minutes)
bench *args:
    {{python}} -m tests.benchmarks {{args}}

# build the site into build/docs
docs:
    {{python}} -m sphinx -W -b html docs build/docs

# build the wheel
build:
    {{python}} -m build --wheel

# build the standalone program into dist/PicoStream (takes minutes)
build-gui:
    {{python}} -m picostream_pymeasure.__pyinstaller.build
