"""An experiment's run keeps its name as long as the experiment is held."""

from __future__ import annotations

import gc

import pytest

from convviz.model.experiment import Experiment
from convviz.model.run_names import RunNames


@pytest.fixture
def names():
    return RunNames()


def test_names_are_counted_from_one_and_stay(names):
    one, other = Experiment(), Experiment()
    assert names.known(one) is None
    assert (names.of(one), names.of(other), names.of(one)) == (1, 2, 1)
    assert names.known(one) == 1


def test_an_equal_experiment_is_another(names):
    one, equal = Experiment(), Experiment()
    assert one == equal
    assert names.of(one) != names.of(equal)


def test_a_shared_name_is_that_of_both(names):
    one, changed = Experiment(), Experiment()
    names.share(one, changed)
    assert names.of(one) == names.of(changed) == 1


def test_one_that_is_forgotten_has_a_new_name(names):
    one = Experiment()
    names.of(one)
    names.forget(one)
    assert names.known(one) is None
    assert names.of(one) == 2


def test_nobody_can_ask_for_an_experiment_that_is_gone(names):
    one, other = Experiment(), Experiment()
    names.of(one), names.of(other)
    assert names.all() == {1, 2}
    del one
    gc.collect()
    assert names.all() == {2}
