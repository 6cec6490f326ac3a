"""The results of a run read while they are written, rewritten or cut: whole rows, once each."""

from __future__ import annotations

from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from pymeasure.experiment import Metadata, Procedure, Results

from picostream_pymeasure.display.experiment.run_results import RunResults

ROWS = "0.5,10,nan\n1e-05,20,1.5e-7\n-inf,30,0\n"


class Counting(Procedure):
    DATA_COLUMNS = ["Time (s)", "Samples", "Lost"]  # noqa: RUF012 - as in PyMeasure
    note = Metadata("Note", default="written later")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.csv"


@pytest.fixture
def results(path: Path) -> RunResults:
    return RunResults(Counting(), str(path))


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_a_row_counts_when_its_line_has_ended(path: Path, results: RunResults) -> None:
    assert list(results.data.columns) == Counting.DATA_COLUMNS
    n_ended = 0
    for character in ROWS:
        add(path, character)
        n_ended += character == "\n"
        data = results.data
        assert len(data) == n_ended
        assert all(kind.kind in "if" for kind in data.dtypes) or data.empty
    assert results.data["Samples"].tolist() == [10, 20, 30]


def test_rows_stay_where_metadata_are_put_in_front(path: Path, results: RunResults) -> None:
    add(path, ROWS)
    assert len(results.data) == 3
    results.store_metadata()
    add(path, "2,40,0\n")
    assert results.data["Samples"].tolist() == [10, 20, 30, 40]
    assert "written later" in path.read_text()


def test_nothing_is_read_of_a_file_that_is_half_rewritten(
    path: Path, results: RunResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite = Results.store_metadata

    def rewrite_slowly(of: Results) -> None:
        old = path.read_bytes()
        rewrite(of)
        new = path.read_bytes()
        path.write_bytes(new[:-10] + old[len(new) - 10 :])  # its last row is no number
        found = pool.submit(lambda: results.data)
        with suppress(futures.TimeoutError):  # before Python 3.11 not Python's own
            found.result(0.1)
        path.write_bytes(new)
        seen.append(found)

    seen: list[Future[pd.DataFrame]] = []
    add(path, ROWS)
    assert len(results.data) == 3
    monkeypatch.setattr(Results, "store_metadata", rewrite_slowly)
    with ThreadPoolExecutor(1) as pool:
        results.store_metadata()
        data = seen[0].result()
    assert data["Samples"].tolist() == [10, 20, 30]
    assert all(kind.kind in "if" for kind in data.dtypes)


def test_a_file_that_a_crash_has_cut(path: Path, results: RunResults) -> None:
    add(path, ROWS + "2,4e")
    loaded = RunResults.from_file(path)
    assert loaded.data["Samples"].tolist() == [10, 20, 30]


def test_what_is_known_stays_when_the_file_is_gone(path: Path, results: RunResults) -> None:
    add(path, ROWS)
    assert len(results.data) == 3
    path.unlink()
    assert len(results.data) == 3
