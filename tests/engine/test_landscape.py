"""Planes through the space of parameters and the losses on them, against the trainer and against plain loops."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from convviz.engine import LOSSES, SGD, Conv2d, Problem, Trainer, Zeros
from convviz.engine.commands import Consult, RunSteps
from convviz.engine.errors import ConfigError
from convviz.engine.landscape import (
    LEVELS,
    LossAt,
    Plane,
    Way,
    Window,
    along,
    fitting,
    grid,
    is_near,
    is_same_landscape,
    lengths,
    of_two,
    points_of,
    survey,
    teacher_of,
    through_path,
)
from tests.engine.driving import loaded
from tests.engine.problems import STACKS, small_problem

LEARNING = [name for name in STACKS if name != "nothing to learn"]


def loss_of(problem, vector):
    """Return the loss that a trainer finds where a problem begins with these parameters."""
    begun = problem.network.views(vector.astype(problem.network.dtype))
    parts = ("input", "target", "layers", "loss", "optimizer", "dtype")
    return Trainer(Problem(**{name: getattr(problem, name) for name in parts}, initial=begun)).loss


def begun(problem):
    return problem.network.pack(problem.initial).astype(np.float64)


def some_plane(problem, seed=1):
    rng = np.random.default_rng(seed)
    return along(begun(problem), [(Way.GRADIENT, rng.normal(size=problem.network.size))])


def surveyed(problem, plane, window, level):
    """Return the losses of a survey at a level."""
    return next(losses for at, losses in survey(LossAt(problem), plane, window) if at == level)


def trained(problem, steps):
    trainer = Trainer(problem)
    trainer.run(steps)
    return trainer


# -- losses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("stack", LEARNING)
def test_every_loss_on_the_grid_is_the_trainers_bit_for_bit(stack, kind, dtype):
    problem = small_problem(stack, loss=LOSSES[kind](), dtype=dtype)
    plane, window = some_plane(problem), Window(-0.5, 1.0, -1.0, 0.5)
    losses = surveyed(problem, plane, window, 0)
    columns, rows = window.axes(0)
    for row, y in enumerate(rows):
        for column, x in enumerate(columns):
            assert losses[row, column] == loss_of(problem, plane.at(x, y))


def test_the_loss_of_every_recorded_step_is_found_again():
    problem = small_problem(optimizer=SGD(learning_rate=1e-3))
    path, loss = trained(problem, 30).path(), LossAt(problem)
    assert [loss(vector) for vector in path.parameters] == path.losses.tolist()


@pytest.mark.parametrize("kind", [kind for kind in LOSSES if kind != "mae"])
@pytest.mark.parametrize("stack", ["one", "scaled", "constant first"])
def test_along_both_axes_finite_differences_are_the_gradient(stack, kind):
    problem = small_problem(stack, loss=LOSSES[kind]())
    gradient = problem.network.pack(Trainer(problem).frame().gradients)
    plane, loss, small = some_plane(problem), LossAt(problem), 1e-5
    across = (loss(plane.at(small, 0)) - loss(plane.at(-small, 0))) / (2 * small)
    up = (loss(plane.at(0, small)) - loss(plane.at(0, -small))) / (2 * small)
    assert (across, up) == pytest.approx(plane.components(gradient).tolist(), rel=1e-5, abs=1e-8)


def test_a_survey_gets_finer_and_keeps_what_it_has():
    problem = small_problem("one")
    plane, window, measured = some_plane(problem), Window(-1, 2, 0, 1), []
    levels, loss = [], LossAt(problem)
    for level, losses in survey(lambda at: measured.append(1) or loss(at), plane, window):
        if level >= 0:
            levels.append(losses.copy())
            assert len(measured) == points_of(level)
            assert losses.shape == grid(level)
    assert len(levels) == LEVELS
    for coarse, fine in pairwise(levels):
        assert np.array_equal(fine[::2, ::2], coarse)


def test_what_is_not_measured_yet_lies_between_its_neighbours():
    plane = of_two(np.zeros(2), 0, 1)
    halves = [
        losses.copy()
        for level, losses in survey(lambda at: 3 * at[0] + 5 * at[1], plane, Window(0, 1, 0, 2))
        if losses.shape == grid(1)
    ]
    for so_far in halves:  # of a linear function, what lies between is exact
        columns, rows = Window(0, 1, 0, 2).axes(1)
        assert so_far == pytest.approx(3 * columns[None, :] + 5 * rows[:, None])


def test_a_loss_that_is_no_number_is_kept_as_such():
    problem = small_problem("one", dtype=np.float32)
    plane = some_plane(problem)
    assert not math.isfinite(LossAt(problem)(plane.at(1e39, 0)))
    assert not np.isfinite(surveyed(problem, plane, Window(-1e39, 1e39, -1, 1), 1)).all()


# -- planes ------------------------------------------------------------------------------------------------------------


def assert_right_angles(plane):
    assert np.linalg.norm(plane.across) == pytest.approx(1, abs=1e-12)
    assert np.linalg.norm(plane.up) == pytest.approx(1, abs=1e-12)
    assert plane.across @ plane.up == pytest.approx(0, abs=1e-12)


def test_the_plane_of_a_network_with_two_parameters_contains_its_path():
    layers = (Conv2d(1, out_channels=1, bias=None),)
    problem = small_problem(layers, optimizer=SGD(learning_rate=1e-3))
    assert problem.network.size == 2
    path = trained(problem, 200).path()
    plane = through_path(path.parameters, path.losses, path.parameters[-1])
    assert_right_angles(plane)
    assert plane.distance(path.parameters) == pytest.approx(0, abs=1e-12)
    assert plane.share(path.parameters, path.parameters[-1]) == pytest.approx(1)
    places = plane.project(path.parameters)
    assert places @ np.stack([plane.across, plane.up]) + plane.origin == pytest.approx(path.parameters)


@pytest.mark.parametrize("stack", LEARNING)
def test_the_main_directions_are_those_of_the_singular_values(stack):
    problem = small_problem(stack, optimizer=SGD(learning_rate=1e-4))
    path = trained(problem, 60).path()
    here = path.parameters[-1]
    plane = through_path(path.parameters, path.losses, here)
    assert plane.ways == (Way.MAIN, Way.SECOND)
    assert_right_angles(plane)
    away = (path.parameters - here) * np.sqrt(lengths(path.parameters))[:, None]
    values, directions = np.linalg.svd(away)[1:]
    assert abs(plane.across @ directions[0]) == pytest.approx(1, abs=1e-9)
    assert abs(plane.up @ directions[1]) == pytest.approx(1, abs=1e-6)
    shown = (values[:2] ** 2).sum() / (values**2).sum()
    assert plane.share(path.parameters, here) == pytest.approx(shown)
    assert plane.project(path.parameters)[0, 0] <= 0  # the start lies to the left


def test_a_path_bows_upwards_from_wherever_it_is_seen():
    """Also where most of its steps, which are short ones, lie on the other side."""
    turn = np.linspace(np.pi, 2 * np.pi, 60)
    bow = np.stack([4 * np.cos(turn) - 4, 2 * np.sin(turn)], axis=1)
    slow = np.stack([np.linspace(0, 0.02, 800), np.linspace(0, 0.5, 800)], axis=1)
    points = np.hstack([np.vstack([bow, slow]), np.zeros((860, 2))])
    for seen_from in (59, 400, 859):
        start, middle = through_path(points, np.linspace(5.0, 1.0, 860), points[seen_from]).project(points)[[0, 30]]
        assert start[0] < 0
        assert middle[1] > start[1] * middle[0] / start[0] + 1  # above the line from the start to the origin


def test_each_point_counts_as_much_as_the_way_about_it_is_long():
    points = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [3.0, 6.0]])
    assert lengths(points) == pytest.approx([2.5, 2.5, 1.0, 1.0])
    assert lengths(points[:1]) == pytest.approx([0.0])


def test_a_path_along_a_line_takes_a_direction_of_others_besides():
    points = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]])
    plane = through_path(points, np.array([3.0, 2.0, 1.0]), points[-1], [(Way.GRADIENT, np.array([5.0, 0, 2]))])
    assert plane.ways == (Way.MAIN, Way.GRADIENT)
    assert plane.across == pytest.approx([1, 0, 0])
    assert plane.up == pytest.approx([0, 0, 1])


def test_where_nothing_gives_a_direction_it_is_random_and_always_the_same():
    planes = [along(np.ones(5), [(Way.GRADIENT, np.zeros(5)), (Way.LAST, np.full(5, np.nan))]) for _ in range(2)]
    assert planes[0].ways == (Way.RANDOM, Way.RANDOM)
    assert_right_angles(planes[0])
    assert np.array_equal(planes[0].up, planes[1].up)


def test_a_plane_through_three_points_contains_them():
    rng = np.random.default_rng(3)
    first, second, third = rng.normal(size=(3, 40))
    plane = along(first, [(Way.TEACHER, second - first), (Way.STEP, third - first)])
    assert plane.distance(np.stack([first, second, third])) == pytest.approx(0, abs=1e-12)
    places = plane.project(np.stack([first, second, third]))
    assert places[0] == pytest.approx([0, 0])
    assert places[1] == pytest.approx([np.linalg.norm(second - first), 0])
    assert places[2, 1] > 0
    assert plane.at(*places[2]) == pytest.approx(third)


def test_a_plane_of_two_parameters_has_their_values_on_its_axes():
    origin = np.arange(6.0)
    plane = of_two(origin, 4, 1)
    assert plane.project(origin) == pytest.approx([4, 1])
    assert plane.at(7, -2) == pytest.approx([0, -2, 2, 3, 7, 5])
    assert plane.distance(origin) == 0
    with pytest.raises(ConfigError, match="two different"):
        of_two(origin, 4, 4)


def test_a_plane_takes_two_parameters():
    with pytest.raises(ConfigError, match="at least 2 parameters, received 1"):
        along(np.ones(1), [(Way.GRADIENT, np.ones(1))])


def test_the_distance_from_the_plane_is_the_shortest():
    rng = np.random.default_rng(0)
    plane = along(rng.normal(size=9), [(Way.LAST, rng.normal(size=9)), (Way.STEP, rng.normal(size=9))])
    point = rng.normal(size=9)
    x, y = plane.project(point)
    shortest = np.linalg.norm(point - plane.at(x, y))
    assert plane.distance(point) == pytest.approx(shortest)
    for _ in range(100):
        assert np.linalg.norm(point - plane.at(x + rng.normal(), y + rng.normal())) >= shortest


def test_infinite_parameters_have_no_place():
    plane = of_two(np.zeros(3), 0, 1)
    assert np.isnan(plane.project(np.array([np.inf, 0, np.nan]))).any()


# -- ranges ------------------------------------------------------------------------------------------------------------


def plain(count=4):
    return Plane(np.zeros(count), np.eye(count)[0], np.eye(count)[1])


def holds(window, x, y):
    return window.left < x < window.right and window.bottom < y < window.top


def test_a_range_holds_the_path_and_a_teacher_that_is_near():
    points = np.array([[0.0, 0, 0, 0], [1, 2, 0, 0], [3, 1, 0, 0]])
    losses = np.array([9.0, 5.0, 1.0])
    near, far = np.array([4.0, -1, 0.5, 0]), np.array([400.0, 1, 0, 0])
    window = fitting(plain(), points, losses, points[-1], near)
    assert all(holds(window, x, y) for x, y in [(0, 0), (1, 2), (3, 1), (4, -1)])
    window = fitting(plain(), points, losses, points[-1], far)
    assert all(holds(window, x, y) for x, y in [(0, 0), (1, 2), (3, 1)])
    assert window.right < 10


def test_a_range_does_not_hold_steps_that_have_left_all_bounds():
    points = np.array([[0.0, 0, 0, 0], [1, 1, 0, 0], [1e9, 1, 0, 0], [np.inf, 0, 0, 0]])
    losses = np.array([9.0, 20.0, 1e30, np.inf])
    assert is_near(losses).tolist() == [True, True, False, False]
    window = fitting(plain(), points, losses, points[1])
    assert holds(window, 1, 1)
    assert window.right < 10


@pytest.mark.parametrize(("end", "aspect"), [((8.0, 0.0), 4), ((8.0, 1.0), 4), ((8.0, 4.0), 2), ((0.0, 8.0), 1 / 4)])
def test_a_range_has_a_margin_and_is_never_a_mere_line(end, aspect):
    points = np.array([[0.0, 0, 0, 0], [*end, 0, 0]])
    left, right, bottom, top = fitting(plain(), points, np.array([2.0, 1.0]), points[1])
    assert (right - left) / (top - bottom) == pytest.approx(aspect)
    assert max(right - left, top - bottom) == pytest.approx(8 * 1.4)
    assert ((left + right) / 2, (bottom + top) / 2) == pytest.approx((end[0] / 2, end[1] / 2))


def test_before_the_first_step_there_is_a_range_too():
    here = np.array([2.0, -2.0, 2.0, 2.0])
    window = fitting(plain(), here[None], np.array([3.0]), here)
    assert holds(window, 2, -2)
    assert 1 < window.right - window.left < 20
    window = fitting(plain(), np.zeros((1, 4)), np.array([np.nan]), np.zeros(4))
    assert all(map(math.isfinite, window))
    assert window.right > window.left


@pytest.mark.parametrize("moved", [(0, 0), (1, 1), (1, 0), (3, 40)])
def test_a_run_that_has_hardly_moved_has_a_range_whose_points_differ(moved):
    start = np.array([0.7, -300.0, 1.0])
    points = np.stack([start, start])
    points[1, :2] += moved * np.spacing(start[:2])  # as many roundings further
    window = fitting(of_two(points[1], 0, 1), points, np.array([2.0, 1.0]), points[1])
    for numbers in window.axes(LEVELS - 1):
        assert (np.diff(numbers) > 0).all()


def test_parameters_near_the_end_of_all_numbers_have_a_range():
    points = np.array([[-1e308, 0, 0, 0], [1.5e308, -1e308, 0, 0]])
    window = fitting(plain(), points, np.array([3.0, 2.0]), points[1], np.array([-1.7e308, 1e308, 0, 0]))
    assert all(map(math.isfinite, window))
    assert all(map(math.isfinite, (window.right - window.left, window.top - window.bottom)))
    assert window.right > window.left


# -- the path of a run -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 57, 3000])
@pytest.mark.parametrize("budget", [1 << 12, 1 << 28])
def test_a_path_has_the_parameters_and_losses_of_its_steps(steps, budget):
    problem = small_problem("one", optimizer=SGD(learning_rate=1e-5, momentum=0.5))
    trainer = Trainer(problem, run=7, budget=budget)
    trainer.run(steps)
    path = trainer.path()
    assert path.run == 7
    assert (path.steps[0], path.steps[-1]) == (0, steps)
    assert (np.diff(path.steps) > 0).all()
    assert len(path.steps) <= 330
    losses = np.append(trainer.losses, trainer.loss)
    assert np.array_equal(path.losses, losses[path.steps])
    for step, vector in zip(path.steps[::11], path.parameters[::11], strict=True):
        assert np.array_equal(vector, problem.network.pack(trainer.parameters(int(step))))
    with pytest.raises(ValueError, match="read-only"):
        path.parameters[0, 0] = 1


def test_a_path_is_denser_near_its_beginning():
    trainer = trained(small_problem("one", optimizer=SGD(learning_rate=1e-6)), 20_000)
    steps = trainer.path().steps
    assert steps[:10].tolist() == list(range(10))
    assert np.diff(steps).max() < 200


def test_the_training_thread_answers_with_the_path():
    driven, _ = loaded()
    paths = []
    driven.do(RunSteps(20))
    driven.do(Consult(lambda live: paths.append(live.path())))
    assert [(path.run, int(path.steps[-1])) for path in paths] == [(1, 20)]


# -- what is surveyed --------------------------------------------------------------------------------------------------


def test_the_teacher_is_known_where_the_student_could_become_it():
    problem = small_problem()
    teacher = teacher_of(problem)
    assert LossAt(problem)(teacher) == 0
    layers = (Conv2d((3, 3), out_channels=2, bias=None),)
    other = small_problem(layers)
    taught = tuple({**layer, "bias": np.ones(2)} for layer in other.teacher)
    parts = ("input", "target", "layers", "initial")
    given = {name: getattr(other, name) for name in parts}
    assert teacher_of(Problem(**given, teacher=taught)) is None
    assert teacher_of(Problem(**given)) is None


def test_a_landscape_is_the_same_wherever_a_run_begins():
    problem = small_problem()
    parts = ("input", "target", "layers", "loss", "optimizer", "dtype", "initial")
    given = {name: getattr(problem, name) for name in parts}
    elsewhere = tuple({name: 2 * array for name, array in layer.items()} for layer in problem.initial)
    begun = tuple(layer.replace(weight=Zeros()) if layer.parametrised else layer for layer in problem.layers)
    assert is_same_landscape(problem, Problem(**{**given, "initial": elsewhere, "optimizer": SGD(learning_rate=9.0)}))
    assert is_same_landscape(problem, Problem(**{**given, "layers": begun}))
    for change in (
        {"input": problem.input + 1},
        {"target": problem.target + 1},
        {"dtype": np.float32},
        {"loss": LOSSES["mae"]()},
        {"layers": (problem.layers[0], *STACKS["constant first"][:1], problem.layers[2])},
    ):
        assert not is_same_landscape(problem, Problem(**{**given, **change}))
