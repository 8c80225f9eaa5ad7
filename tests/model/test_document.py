"""The document: valid at every moment, with undo and redo for everything, and nothing lost when something fails."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.layers import Conv2d, ReLU
from convviz.engine.optimizers import SGD
from convviz.model.document import Document
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin, read_experiment, write_experiment
from convviz.model.sources import GivenMap, RandomMap

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

PLAIN = Experiment(name="plain", stages=(Stage(Conv2d()),))


class Heard:
    """Remembers what a document tells."""

    def __init__(self, document: Document) -> None:
        self.changes: list[tuple[Experiment, Experiment]] = []
        self.paths: list[Path | None] = []
        document.changed.connect(lambda old, new: self.changes.append((old, new)))
        document.path_changed.connect(lambda: self.paths.append(document.path))


@pytest.fixture
def document(qapp: object) -> Document:
    """Return a document with a plain experiment."""
    return Document(PLAIN)


@pytest.fixture
def heard(document: Document) -> Heard:
    """Return what is told about the document from now on."""
    return Heard(document)


def seeded(seed: int) -> Experiment:
    return PLAIN.replace(seed=seed)


def test_it_begins_with_the_demo(qapp: object) -> None:
    document = Document()
    assert document.experiment == load_builtin("demo")
    assert document.path is None
    assert not document.is_modified
    assert not document.undo_stack.canUndo()


def test_an_edit_can_be_undone_and_redone(document: Document, heard: Heard) -> None:
    document.propose(seeded(1), "Draw another seed")
    assert document.experiment == seeded(1)
    assert document.is_modified
    assert document.undo_stack.undoText() == "Draw another seed"
    document.undo_stack.undo()
    assert document.experiment == PLAIN
    assert not document.is_modified
    assert document.undo_stack.redoText() == "Draw another seed"
    document.undo_stack.redo()
    assert document.experiment == seeded(1)
    assert heard.changes == [(PLAIN, seeded(1)), (seeded(1), PLAIN), (PLAIN, seeded(1))]


def test_the_experiment_is_the_new_one_when_the_change_is_told(document: Document) -> None:
    seen = []
    document.changed.connect(lambda old, new: seen.append(document.experiment is new))
    document.propose(seeded(1), "edit")
    document.undo_stack.undo()
    document.open_experiment(seeded(2))
    assert seen == [True, True, True]


def test_many_edits_are_undone_one_by_one(document: Document) -> None:
    for seed in range(1, 51):
        document.propose(seeded(seed), f"seed {seed}")
    assert document.undo_stack.count() == 50
    for seed in reversed(range(50)):
        document.undo_stack.undo()
        assert document.experiment == seeded(seed)
    for seed in range(1, 51):
        document.undo_stack.redo()
        assert document.experiment == seeded(seed)


def test_an_edit_after_undoing_takes_the_place_of_what_was_undone(document: Document) -> None:
    document.propose(seeded(1), "one")
    document.propose(seeded(2), "two")
    document.undo_stack.undo()
    document.propose(seeded(3), "three")
    assert not document.undo_stack.canRedo()
    document.undo_stack.undo()
    assert document.experiment == seeded(1)


def test_an_equal_experiment_is_no_edit(document: Document, heard: Heard) -> None:
    document.propose(PLAIN.replace(), "nothing")
    assert not document.undo_stack.canUndo()
    assert heard.changes == []


def test_a_drag_is_one_edit(document: Document, heard: Heard) -> None:
    for rate in (1e-4, 2e-4, 3e-4):
        document.propose(PLAIN.replace(optimizer=SGD(learning_rate=rate)), "Set the rate", merge="rate")
    assert document.undo_stack.count() == 1
    assert len(heard.changes) == 3
    assert [old for old, _ in heard.changes[1:]] == [new for _, new in heard.changes[:-1]]
    document.undo_stack.undo()
    assert document.experiment == PLAIN
    document.undo_stack.redo()
    assert document.experiment.optimizer == SGD(learning_rate=3e-4)


def test_drags_of_different_things_and_single_edits_stay_apart(document: Document) -> None:
    document.propose(seeded(1), "seed", merge=("seed", 0))
    document.propose(seeded(2), "seed", merge=("seed", 0))
    document.propose(seeded(3), "seed", merge=("seed", 1))
    document.propose(seeded(4), "seed")
    document.propose(seeded(5), "seed")
    document.propose(seeded(6), "seed", merge=("seed", 1))
    assert document.undo_stack.count() == 5
    for seed in (5, 4, 3, 2, 0):
        document.undo_stack.undo()
        assert document.experiment == seeded(seed)


def test_a_drag_back_to_where_it_began_leaves_nothing_to_undo(document: Document) -> None:
    document.propose(seeded(1), "seed", merge="seed")
    document.propose(seeded(2), "seed", merge="seed")
    document.propose(PLAIN, "seed", merge="seed")
    assert document.experiment == PLAIN
    assert document.undo_stack.count() == 0
    assert not document.is_modified


def test_a_drag_goes_on_after_a_save_as_an_edit_of_its_own(document: Document, tmp_path: Path) -> None:
    document.propose(seeded(1), "seed", merge="seed")
    document.save(tmp_path / "a.json")
    document.propose(seeded(2), "seed", merge="seed")
    assert document.is_modified
    document.undo_stack.undo()
    assert document.experiment == seeded(1)
    assert not document.is_modified


@pytest.mark.parametrize(
    ("impossible", "error"),
    [
        (PLAIN.replace(stages=()), ConfigError),
        (PLAIN.replace(input=RandomMap(size=2)), ShapeError),
        (PLAIN.replace(target=RandomMap(size=5)), ShapeError),
    ],
)
def test_an_impossible_edit_changes_nothing(
    document: Document, heard: Heard, impossible: Experiment, error: type[Exception]
) -> None:
    document.propose(seeded(1), "seed")
    heard.changes.clear()
    for attempt in (lambda: document.propose(impossible, "x"), lambda: document.open_experiment(impossible)):
        with pytest.raises(error):
            attempt()
    assert document.experiment == seeded(1)
    assert document.undo_stack.count() == 1
    assert heard.changes == []


def test_saving_and_opening(document: Document, heard: Heard, tmp_path: Path) -> None:
    document.propose(seeded(1), "seed")
    document.save(tmp_path / "a.json")
    assert not document.is_modified
    assert document.path == tmp_path / "a.json"
    assert read_experiment(tmp_path / "a.json") == seeded(1)
    document.undo_stack.undo()
    assert document.is_modified  # the file has what was undone
    document.undo_stack.redo()
    assert not document.is_modified
    document.propose(seeded(2), "seed")
    document.save()
    assert read_experiment(tmp_path / "a.json") == seeded(2)
    document.save(tmp_path / "b.json")
    document.open(tmp_path / "a.json")
    assert document.experiment == seeded(2)
    assert not document.undo_stack.canUndo()
    assert not document.is_modified
    assert heard.paths == [tmp_path / "a.json", tmp_path / "b.json", tmp_path / "a.json"]
    document.open_experiment(PLAIN)
    assert document.path is None
    assert heard.paths[-1] is None
    assert heard.changes[-2:] == [(seeded(2), seeded(2)), (seeded(2), PLAIN)]


def test_what_cannot_be_opened_leaves_everything_as_it_was(document: Document, heard: Heard, tmp_path: Path) -> None:
    write_experiment(tmp_path / "good.json", seeded(1))
    document.open(tmp_path / "good.json")
    document.propose(seeded(2), "seed")
    heard.changes.clear()
    (tmp_path / "bad.json").write_text('{"version": 1, "layers": [{"type": "conv2d", "stride": 0}]}')
    for name, message in (
        ("bad.json", "bad.json: layers[0].stride: expected a whole number"),
        ("absent.json", "absent.json: "),
    ):
        with pytest.raises(ConfigError) as caught:
            document.open(tmp_path / name)
        assert str(caught.value).startswith(message)
    assert document.experiment == seeded(2)
    assert document.path == tmp_path / "good.json"
    assert document.is_modified
    assert document.undo_stack.canUndo()
    assert heard.changes == []


def test_what_cannot_be_saved_is_not_lost(document: Document, heard: Heard, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected the name of a file to save to"):
        document.save()
    document.save(tmp_path / "good.json")
    document.propose(seeded(2), "seed")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "folder", tmp_path / "nowhere" / "a.json"):
        with pytest.raises(ConfigError, match="cannot be written"):
            document.save(target)
    assert document.path == tmp_path / "good.json"
    assert document.is_modified
    assert document.experiment == seeded(2)
    assert read_experiment(tmp_path / "good.json") == PLAIN
    assert heard.paths == [tmp_path / "good.json"]


def test_large_arrays_are_saved_and_opened_with_it(document: Document, tmp_path: Path) -> None:
    large = PLAIN.replace(input=GivenMap(np.random.default_rng(0).normal(size=(80, 80))))
    document.propose(large, "input")
    document.save(tmp_path / "a.json")
    document.open_experiment(PLAIN)
    document.open(tmp_path / "a.json")
    assert document.experiment == large


def test_what_was_changed_back_by_hand_need_not_be_saved(document: Document) -> None:
    document.propose(seeded(5), "seed")
    assert document.is_modified
    document.propose(PLAIN, "seed")
    assert not document.is_modified
    assert document.undo_stack.count() == 2


def test_whatever_happens_to_the_edits_is_told(document: Document, tmp_path: Path) -> None:
    told: list[tuple[bool, bool, bool]] = []

    def hear() -> None:
        stack = document.undo_stack
        told.append((document.is_modified, stack.canUndo(), stack.canRedo()))

    document.edits_changed.connect(hear)
    for act, state in (
        (lambda: document.propose(seeded(5), "seed"), (True, True, False)),
        (document.undo, (False, False, True)),
        (document.redo, (True, True, False)),
        (lambda: document.save(tmp_path / "a.json"), (False, True, False)),
        (document.undo, (True, False, True)),
        (lambda: document.open_experiment(seeded(7)), (False, False, False)),
    ):
        told.clear()
        act()
        assert told[-1] == state


def test_the_window_hears_when_the_document_becomes_clean(document: Document, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(document.undo_stack.cleanChanged) as told:
        document.propose(PLAIN.insert_stage(1, Stage(ReLU())), "layer")
    assert told.args == [False]
    with qtbot.waitSignal(document.undo_stack.cleanChanged) as told:
        document.save(tmp_path / "a.json")
    assert told.args == [True]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("convviz.model", ["PyQt6.QtWidgets", "PyQt6.QtGui"]),
        ("convviz.model.files", ["PyQt6"]),
        ("convviz.model.document", ["PyQt6.QtWidgets", "pyqtgraph"]),
        ("convviz.model.lessons.reading", ["PyQt6", "convviz.engine.walkthrough"]),
    ],
)
def test_the_model_needs_no_widgets_and_its_files_no_qt(module: str, absent: list[str]) -> None:
    code = f"import sys, {module}; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_borrowed_experiment_leaves_everything_of_the_person_s_alone(document: Document, tmp_path: Path) -> None:
    document.save(tmp_path / "mine.json")
    document.propose(document.experiment.replace(seed=5), "Draw another seed")
    own, heard = document.experiment, []
    document.changed.connect(lambda old, new: heard.append((old, new, document.is_swapping)))
    document.borrow(load_builtin("edges"))
    edges = document.experiment
    assert document.is_borrowed
    assert document.path is None
    assert not document.is_modified
    assert not document.undo_stack.canUndo()
    document.propose(edges.replace(seed=9), "Draw another seed")
    document.undo()
    assert document.experiment is edges
    document.redo()
    document.borrow(load_builtin("adam"))
    assert not document.undo_stack.canUndo()
    document.give_back()
    assert document.experiment is own
    assert document.path == tmp_path / "mine.json"
    assert document.is_modified
    assert document.undo_stack.undoText() == "Draw another seed"
    assert [swapping for _, _, swapping in heard] == [True, False, False, False, True, True]
    document.undo()
    assert not document.is_modified
    heard.clear()
    document.give_back()
    assert heard == []


def test_an_impossible_experiment_is_not_borrowed(document: Document) -> None:
    own = document.experiment
    with pytest.raises((ConfigError, ShapeError)):
        document.borrow(own.replace(stages=()))
    assert document.experiment is own
    assert not document.is_borrowed
