# Thin aliases; the commands themselves stand in README.md and pyproject.toml.

python := ".venv/bin/python"

# set up a development environment
setup:
    python3 -m venv .venv
    {{python}} -m pip install --quiet --upgrade pip
    {{python}} -m pip install --quiet -e . --group dev

# run the tests
test *args:
    {{python}} -m pytest {{args}}

# lint, format check, types, import contracts
check:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    .venv/bin/lint-imports

# format the code
format:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .

# record from the simulated scope
demo *args:
    .venv/bin/picostream --simulate --duration 5 {{args}}

# the window (add --simulate where there is no scope)
gui *args:
    .venv/bin/picostream gui {{args}}

# measure what the README claims (takes some minutes)
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
