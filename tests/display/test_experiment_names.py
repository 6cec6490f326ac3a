"""Names of files and folders in the window, and sequences of runs."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from tests.support.experiment_windows import (
    Until,
    all_ended,
    answer,
    files_in,
    statuses,
)


def test_a_folder_that_is_made_later_is_estimated(
    window: Any, until: Until, tmp_path: Path
) -> None:
    window.directory = str(tmp_path / "new" / "folder")
    window.estimator.look()
    until(lambda: ("Can record", "yes") in window.estimator.texts)
    assert not (tmp_path / "new").exists()


def test_placeholders_name_both_files(window: Any, until: Until, tmp_path: Path) -> None:
    (tmp_path / "data" / "at 1.25 MS_1.hdf5").write_bytes(b"somebody's recording")
    window.inputs.sample_rate.setValue(1.24)  # and 1.25 is what the scope makes of it
    window.filename = " at {Sample Rate} MS "
    window.queue_button.click()
    until(lambda: all_ended(window))
    assert files_in(tmp_path / "data") == [
        "at 1.25 MS_1.hdf5",
        "at 1.25 MS_2.csv",
        "at 1.25 MS_2.hdf5",
    ]


@pytest.mark.parametrize(
    "wrong",
    ["{Colour}", "{}", "{0}", "{Sample Rate!r}", "{Sample Rate!x}", "{Sample Rate.__class__}"],
)
def test_what_is_no_placeholder_is_told_with_those_that_are(
    window: Any, tmp_path: Path, wrong: str
) -> None:
    window.filename = f"a {wrong}"
    window.queue_button.click()
    said = f"The file name has no placeholder {wrong}; use one of {{date}}, {{time}}, "
    assert window.messages.text.startswith(said)
    assert "{Sample Rate}" in window.messages.text
    assert not files_in(tmp_path / "data")


@pytest.mark.parametrize("wrong", ["{", "}", "a{date", "{Sample Rate!}", "{Sample Rate:{}"])
def test_a_lone_brace_is_told_with_those_that_are_allowed(window: Any, wrong: str) -> None:
    window.filename = wrong
    window.queue_button.click()
    said = "Braces in the file name can only be those of {date}, {time}, "
    assert window.messages.text.startswith(said)


@pytest.mark.parametrize("form", ["q", ".3q", "{date}", "999999999", ".999999999f"])
def test_a_format_that_cannot_be_is_told_with_one_that_can(window: Any, form: str) -> None:
    window.filename = f"{{Sample Rate:{form}}}"
    window.queue_button.click()
    assert window.messages.text == (
        f"The file name cannot have {{Sample Rate:{form}}}; write {{Sample Rate}}, or if it is a "
        "number, {Sample Rate:.3f}."
    )


@pytest.mark.parametrize("is_pasted", [True, False])
def test_a_file_name_shows_what_files_will_be_called(window: Any, is_pasted: bool) -> None:
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication

    field = window.file_input.filename_input
    field.clear()
    text = "a/b:{Sample Rate:.1f}?"
    if is_pasted:
        QApplication.clipboard().setText(text)
        field.paste()
    else:
        QTest.keyClicks(field, text)
    assert field.text() == "a-b-{Sample Rate:.1f}-"
    field.clear()
    window.queue_button.click()
    assert window.messages.text == "The file name is empty; enter one."
    assert not window.manager.experiments.queue
    QTest.keyClicks(field, "c")
    assert not window.messages.text, "it was mended"
    window.tell("DATA_1.csv failed: no reason.")
    QTest.keyClicks(field, "d")
    assert window.messages.text, "that has nothing to do with it"


def test_data_that_are_not_to_be_saved_are_shown_and_removed(
    window: Any, until: Until, tmp_path: Path
) -> None:
    window.store_measurement = False
    for _ in range(2):
        window.queue_button.click()
    until(lambda: all_ended(window))
    assert files_in(tmp_path / "data") == []
    csv_path = Path(window.manager.experiments[0].data_filename)
    assert files_in(csv_path.parent) == [
        "unsaved_1.csv",
        "unsaved_1.hdf5",
        "unsaved_2.csv",
        "unsaved_2.hdf5",
    ]
    answer(until, "Yes")
    window.remove_experiment(window.manager.experiments[0])
    assert files_in(csv_path.parent) == ["unsaved_2.csv", "unsaved_2.hdf5"]
    window.close()
    assert not csv_path.parent.exists()


def test_a_sequence_is_queued_and_a_wrong_one_told(window: Any, until: Until) -> None:
    sequencer = window.sequencer
    sequencer.tree.model().add_node("Sample Rate")
    sequencer.data.set_data(sequencer.data._sequences[0], 0, 2, "[0.5, 1]")
    sequencer.queue_button.click()
    until(lambda: all_ended(window))
    assert statuses(window) == ["Complete", "Complete"]
    for wrong in ("[0.5, ", "[-3]", "nonsense"):
        sequencer.data.set_data(sequencer.data._sequences[0], 0, 2, wrong)
        window.messages.hide()
        sequencer.queue_button.click()
        assert "sequence is not queued" in window.messages.text
    assert len(statuses(window)) == 2


@pytest.mark.parametrize(
    "expression",
    [
        "range(1000000000)",
        "range(0, -1000000000, -1)",
        "arange(0, 1, 1e-9)",
        "arange(1e12)",
        "linspace(0, 1, 10**9)",
        "list(range(10**9))",
    ],
)
def test_a_step_that_is_too_small_by_a_typo_takes_no_memory(window: Any, expression: str) -> None:
    sequencer = window.sequencer
    sequencer.tree.model().add_node("Sample Rate")
    (item,) = sequencer.data.children(None)
    sequencer.data.set_data(item, 0, 2, expression)
    sequencer.queue_button.click()
    assert "values are more than 10,000" in window.messages.text
    assert not statuses(window)


def test_nested_values_that_give_too_many_runs_are_not_queued(window: Any) -> None:
    from pymeasure.display.Qt import QtCore

    sequencer = window.sequencer
    model = sequencer.tree.model()
    model.add_node("Sample Rate")
    model.add_node("Duration", parent=model.index(0, 0, QtCore.QModelIndex()))
    (outer,) = sequencer.data.children(None)
    (inner,) = sequencer.data.children(outer)
    for item, expression in ((outer, "linspace(0.1, 1, 150)"), (inner, "arange(1, 1001)")):
        sequencer.data.set_data(item, 0, 2, expression)
    sequencer.queue_button.click()
    assert "150,000 runs are more than 10,000" in window.messages.text
    assert not statuses(window)
    sequencer.data.set_data(inner, 0, 2, "arange(0, 1, 0.5)")
    assert len(sequencer.get_sequence()) == 300


def test_a_name_is_not_used_for_a_file_that_cannot_be_made(
    window: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.experiment.run_results import RunResults

    def full(results: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device", "DATA_2.csv")

    folder = tmp_path / "data"
    (folder / "DATA_1.csv").symlink_to(tmp_path / "nothing")
    with monkeypatch.context() as patch:
        patch.setattr(RunResults, "labels", full)
        window.queue_button.click()
        assert "DATA_2.csv cannot be written" in window.messages.text
    assert files_in(folder) == ["DATA_1.csv"]
    window.queue_button.click()
    until(lambda: all_ended(window))
    assert files_in(folder) == ["DATA_1.csv", "DATA_2.csv", "DATA_2.hdf5"]


def test_a_sequence_may_be_as_numpy_allows(window: Any) -> None:
    sequencer = window.sequencer
    sequencer.tree.model().add_node("Sample Rate")
    (item,) = sequencer.data.children(None)
    for expression, values in (
        ("linspace(0, 1, 4, endpoint=False)", [0, 0.25, 0.5, 0.75]),
        ("arange(3)", [0, 1, 2]),
        ("arange(1, 2, step=0.5)", [1, 1.5]),
        ("arange(2, 0, -1)", [2, 1]),
    ):
        sequencer.data.set_data(item, 0, 2, expression)
        assert [run[0]["sample_rate"] for run in sequencer.get_sequence()] == values


def test_a_folder_is_what_a_shell_would_take_it_for(
    window: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "mine"))
    for typed, folder in (("~/runs", "mine/runs"), (f"  {tmp_path}/pasted ", "pasted")):
        window.file_input.directory_input.setText(typed)
        window.queue_button.click()
        until(lambda: all_ended(window))
        assert files_in(tmp_path / folder) == ["DATA_1.csv", "DATA_1.hdf5"]


def test_a_file_in_the_place_of_the_folder_is_told_before_a_run_is_queued(
    window: Any, until: Until, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for typed in ("file", "file/below"):
        window.file_input.directory_input.setText(str(tmp_path / typed))
        until(lambda: "is no folder; choose another one" in str(window.estimator.texts))
        assert not window.queue_button.isEnabled()
    window.file_input.directory_input.setText(str(tmp_path / "data"))
    until(window.queue_button.isEnabled)


def test_a_name_that_another_window_takes_meanwhile_is_left_to_it(
    window: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.experiment import runs

    find, theirs = runs.unused_csv_path, "#Procedure: <theirs>\n"

    def find_and_lose(*arguments: Any) -> Path:
        path = find(*arguments)
        if not (tmp_path / "data" / "DATA_2.csv").exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(theirs)
        return path

    monkeypatch.setattr(runs, "unused_csv_path", find_and_lose)
    window.queue_button.click()
    until(lambda: all_ended(window))
    names = files_in(tmp_path / "data")
    assert sum((tmp_path / "data" / name).read_text() == theirs for name in names if "csv" in name)
    recorded = [name for name in names if name.endswith(".hdf5")]
    assert len(recorded) == 1
    assert statuses(window) == ["Complete"]
