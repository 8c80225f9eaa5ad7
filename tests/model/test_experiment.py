"""An experiment as a value: checked as a whole, edited by making another one, built the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ShapeError
from convviz.engine.initializers import Given, Normal, Zeros
from convviz.engine.layers import LAYERS, Conv2d, ConvTranspose2d, LeakyReLU, MaxPool2d, ReLU, Sigmoid
from convviz.engine.losses import Huber
from convviz.engine.network import Network
from convviz.engine.optimizers import SGD, StepRate
from convviz.engine.stopping import StopConditions
from convviz.engine.trainer import Trainer
from convviz.model.experiment import MOST_LAYERS, Experiment, Stage, shape_text
from convviz.model.sources import GivenMap, PatternMap, RandomMap
from tests.model.samples import random_experiment, with_student, with_teacher

BLUR = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])


@pytest.fixture
def two_layers() -> Experiment:
    """Return a convolution 3×3 with a given teacher, a ReLU, and a convolution 4×4 at stride 2."""
    return Experiment(
        stages=(
            Stage(Conv2d(), teacher_weight=Given(BLUR)),
            Stage(ReLU()),
            Stage(Conv2d(kernel=4, stride=2)),
        )
    )


def parameters_of(experiment: Experiment) -> list[dict[str, list]]:
    return [{name: array.tolist() for name, array in layer.items()} for layer in experiment.student_parameters()]


def test_shapes_are_those_of_the_input_and_of_every_output(two_layers: Experiment) -> None:
    assert two_layers.shapes() == ((1, 20, 20), (1, 18, 18), (1, 18, 18), (1, 8, 8))
    two_layers.validate()


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_built_is_the_same_each_time(kind: str, seed: int) -> None:
    random = random_experiment(LAYERS[kind], np.random.default_rng([seed, 7]))
    plain = Experiment(seed=seed, stages=(Stage(LAYERS[kind]()), Stage(Conv2d(out_channels=2))))
    first, second = bits_of_build(plain), bits_of_build(plain)
    assert isinstance(first, list)
    assert first == second
    assert bits_of_build(random) == bits_of_build(random)


def bits_of_build(experiment: Experiment) -> list[object] | str:
    """Return every bit of what is built, or, where wild numbers leave all bounds, what the error says."""
    try:
        problem = experiment.build()
    except ConfigError as error:
        return str(error)
    layers = [*problem.initial, *(problem.teacher or ())]
    parameters = [(name, array.tobytes()) for layer in layers for name, array in layer.items()]
    return [problem.input.tobytes(), problem.target.tobytes(), parameters]


def test_the_target_is_what_the_teacher_makes(two_layers: Experiment) -> None:
    problem = two_layers.build()
    teacher = two_layers.teacher_parameters()
    assert teacher is not None
    assert problem.teacher is not None
    made = Network(two_layers.layers, (1, 20, 20)).forward(problem.teacher, problem.input)[-1]
    assert problem.target.tobytes() == made.tobytes()
    assert problem.teacher[0]["weight"].tolist() == [[BLUR.tolist()]]
    assert [sorted(layer) for layer in teacher] == [["bias", "weight"], [], ["bias", "weight"]]


def test_a_given_target_needs_no_teacher(two_layers: Experiment) -> None:
    experiment = two_layers.replace(target=PatternMap(size=8))
    problem = experiment.build()
    assert problem.teacher is None
    assert experiment.teacher_parameters() is None
    assert problem.target.tobytes() == PatternMap(size=8).make().tobytes()


def test_the_seeds_draw_student_and_teacher_apart(two_layers: Experiment) -> None:
    def draw(experiment: Experiment) -> tuple[object, object]:
        problem = experiment.build()
        assert problem.teacher is not None
        return [layer.get("weight", np.zeros(1)).tolist() for layer in problem.initial], problem.target.tolist()

    student, target = draw(two_layers)
    assert draw(two_layers.replace(seed=1))[0] != student
    assert draw(two_layers.replace(seed=1))[1] == target
    assert draw(two_layers.replace(teacher_seed=1))[0] == student
    assert draw(two_layers.replace(teacher_seed=1))[1] != target
    equal = with_teacher(two_layers, 0, weight=Normal())
    assert equal.student_parameters()[0]["weight"].tolist() != equal.teacher_parameters()[0]["weight"].tolist()


def test_each_layer_is_drawn_by_itself(two_layers: Experiment) -> None:
    """A change of one layer leaves what the others start from."""
    before, after = parameters_of(two_layers), parameters_of(two_layers.with_layer(0, Conv2d(kernel=5)))
    assert before[2] == after[2]
    assert before[0] != after[0]


@pytest.mark.parametrize(("dtype", "itemsize"), [("float64", 8), ("float32", 4)])
def test_the_number_format_is_that_of_every_array(two_layers: Experiment, dtype: str, itemsize: int) -> None:
    problem = two_layers.replace(dtype=dtype).build()
    assert problem.input.itemsize == problem.target.itemsize == itemsize
    assert problem.initial[0]["weight"].itemsize == itemsize


def test_a_teacher_is_laid_out_like_the_student() -> None:
    def bias_names(student: object, teacher: object) -> list[str]:
        experiment = Experiment(stages=(Stage(Conv2d(bias=student), teacher_bias=teacher),))
        teacher_parameters = experiment.build().teacher
        assert teacher_parameters is not None
        return sorted(teacher_parameters[0])

    assert bias_names(Zeros(), None) == ["bias", "weight"]  # zeros, as the student has a bias
    assert bias_names(None, Zeros()) == ["weight"]
    assert bias_names(None, None) == ["weight"]
    assert bias_names(None, Given(0.5)) == ["bias", "weight"]


def test_a_teacher_with_a_bias_that_the_student_lacks_can_be_trained_against() -> None:
    with_bias, without = (
        Experiment(stages=(Stage(Conv2d(bias=None), teacher_bias=bias),)) for bias in (Given(0.5), None)
    )
    assert np.allclose(with_bias.build().target, without.build().target + 0.5, rtol=0, atol=1e-12)
    assert Trainer(with_bias.build()).run(10) == 10


def test_a_layer_without_parameters_forgets_its_teacher() -> None:
    assert Stage(ReLU(), teacher_weight=Given(BLUR), teacher_bias=None) == Stage(ReLU())
    assert Stage(ReLU()).teacher_layer() == ReLU()


@pytest.mark.parametrize(
    ("experiment", "field", "message"),
    [
        (Experiment(), "layers", "expected from 1 to 64 layers, received 0"),
        (
            Experiment(stages=(Stage(ReLU()),) * (MOST_LAYERS + 1)),
            "layers",
            "expected from 1 to 64 layers, received 65",
        ),
        (
            Experiment(input=RandomMap(size=4), stages=(Stage(ReLU()), Stage(Conv2d(kernel=5)))),
            "layers[1].kernel",
            "kernel 5×5 does not fit input 4×4 (padding 0): a kernel up to 4×4 would fit",
        ),
        (
            Experiment(stages=(Stage(Conv2d(), teacher_weight=Given(np.ones((2, 2)))),)),
            "layers[0].teacher.weight.values",
            "the given values are 2×2, expected 1×1×3×3",
        ),
        (
            Experiment(stages=(Stage(Conv2d(weight=Given(np.ones((2, 2))))),)),
            "layers[0].weight.values",
            "the given values are 2×2, expected 1×1×3×3",
        ),
        (
            Experiment(stages=(Stage(Conv2d()),), target=PatternMap(size=(17, 18))),
            "target",
            "the target is 17×18, but the network makes 18×18",
        ),
        (
            Experiment(input=RandomMap(size=1024), stages=(Stage(Conv2d(out_channels=16)),)),
            "layers[0]",
            "the maps so far have 17,760,320 numbers, expected at most 16,777,216 in all",
        ),
        (
            Experiment(input=RandomMap(size=64), stages=(Stage(ConvTranspose2d(stride=64)), Stage(ReLU()))),
            "layers[1]",
            "the maps so far have 32,",
        ),
        (
            Experiment(stages=(Stage(Conv2d(kernel=1, stride=64, padding=120_000)),)),
            "layers[0].padding",
            "the maps and their borders so far have ",
        ),
        (
            Experiment(input=RandomMap(size=200), stages=(Stage(ConvTranspose2d(kernel=64, stride=64, padding=6000)),)),
            "layers[0].padding",
            "the maps and their borders so far have ",
        ),
        (
            Experiment(
                input=RandomMap(size=64, channels=8), stages=(Stage(Conv2d(kernel=64, out_channels=33, bias=None)),)
            ),
            "layers[0]",
            "the layers so far have 1,081,344 parameters, expected at most 1,048,576 in all",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(experiment: Experiment, field: str, message: str) -> None:
    with pytest.raises((ConfigError, ShapeError)) as caught:
        experiment.validate()
    assert caught.value.field == field
    assert message in str(caught.value)
    with pytest.raises((ConfigError, ShapeError)):
        experiment.build()


def test_an_experiment_refuses_what_is_not_a_setting_of_it() -> None:
    for changes in ({"loss": SGD()}, {"input": ReLU()}, {"stop": None}, {"seed": -1}, {"dtype": "float16"}):
        with pytest.raises(ConfigError) as caught:
            Experiment(**changes)
        assert caught.value.field == next(iter(changes))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("input", {"input": GivenMap(np.full((4, 4), 1e300))}),
        ("target", {"target": GivenMap(np.full((2, 2), -1e39))}),
        ("layers[0].weight", {"stages": (Stage(Conv2d(np.full((3, 3), 1e39))),)}),
        ("layers[0].bias", {"stages": (Stage(Conv2d(bias=1e39)),)}),
        ("layers[0].teacher.weight", {"stages": (Stage(Conv2d(), teacher_weight=Given(1e39)),)}),
        ("layers[0].teacher.bias", {"stages": (Stage(Conv2d(), teacher_bias=Given(1e39)),)}),
    ],
)
def test_given_numbers_too_large_for_the_number_format_are_refused(field: str, changes: dict[str, Any]) -> None:
    wide = Experiment(**{"input": RandomMap(size=4), "stages": (Stage(Conv2d()),), **changes})
    wide.validate()
    narrow = wide.replace(dtype="float32")
    for attempt in (narrow.validate, narrow.build):
        with pytest.raises(ConfigError, match="expected numbers that float32 can hold, up to") as caught:
            attempt()
        assert caught.value.field == field


def test_a_target_that_the_teacher_makes_too_large_is_refused_when_built() -> None:
    large = Stage(Conv2d(), teacher_weight=Given(1e30))
    experiment = Experiment(input=GivenMap(np.full((4, 4), 1e30)), stages=(large,), dtype="float32")
    experiment.validate()
    with pytest.raises(ConfigError, match="target: expected finite numbers, received inf") as caught:
        experiment.build()
    assert caught.value.field == "target"


def test_inserting_removing_and_moving_layers(two_layers: Experiment) -> None:
    first, relu, last = two_layers.stages
    tanh = Stage(LAYERS["tanh"]())
    assert two_layers.insert_stage(0, tanh).stages == (tanh, first, relu, last)
    assert two_layers.insert_stage(3, tanh).stages == (first, relu, last, tanh)
    assert two_layers.remove_stage(1).stages == (first, last)
    assert two_layers.move_stage(2, 0).stages == (last, first, relu)
    assert two_layers.move_stage(0, 2).stages == (relu, last, first)
    assert two_layers.move_stage(1, 1) == two_layers
    assert two_layers.with_stage(1, tanh).stages == (first, tanh, last)


@pytest.mark.parametrize(
    "edit",
    [
        lambda e: e.insert_stage(4, Stage(ReLU())),
        lambda e: e.insert_stage(-1, Stage(ReLU())),
        lambda e: e.remove_stage(3),
        lambda e: e.move_stage(0, 3),
        lambda e: e.move_stage(-1, 0),
        lambda e: e.with_stage(3, Stage(ReLU())),
        lambda e: e.with_layer(3, ReLU()),
    ],
)
def test_a_layer_that_does_not_exist_cannot_be_edited(two_layers: Experiment, edit: object) -> None:
    with pytest.raises(ConfigError, match=r"expected a layer's number from 0 to [23], received (3|4|-1)"):
        edit(two_layers)


def test_an_edit_that_cannot_be_is_told_by_the_layer(two_layers: Experiment) -> None:
    tight = two_layers.replace(input=RandomMap(size=8)).insert_stage(0, Stage(MaxPool2d(kernel=1, stride=1)))
    with pytest.raises(ShapeError, match="kernel 4×4 does not fit input 2×2") as caught:
        tight.with_layer(0, MaxPool2d()).validate()
    assert caught.value.field == "layers[3].kernel"
    with pytest.raises(ConfigError, match="expected from 1 to 64 layers"):
        Experiment(stages=(Stage(ReLU()),)).remove_stage(0).validate()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((5, 5), np.pad(BLUR, 1)),
        ((1, 1), [[4]]),
        ((3, 1), [[2], [4], [2]]),
        ((4, 3), np.pad(BLUR, ((0, 1), (0, 0)))),
        ((3, 3), BLUR),
    ],
)
def test_a_given_kernel_keeps_its_middle_when_its_size_changes(
    two_layers: Experiment, size: tuple[int, int], expected: object
) -> None:
    edited = with_student(two_layers, 0, weight=BLUR).with_layer(
        0, two_layers.layers[0].replace(kernel=size, weight=Given(BLUR))
    )
    edited.validate()
    assert edited.teacher_parameters()[0]["weight"][0, 0].tolist() == np.asarray(expected).tolist()
    assert edited.student_parameters()[0]["weight"][0, 0].tolist() == np.asarray(expected).tolist()


def test_given_channels_are_kept_as_far_as_they_go(two_layers: Experiment) -> None:
    more = two_layers.with_layer(0, Conv2d(out_channels=3, bias=Given([7.0])))
    more.validate()
    weight = more.teacher_parameters()[0]["weight"]
    assert weight.shape == (3, 1, 3, 3)
    assert weight[0, 0].tolist() == BLUR.tolist()
    assert np.abs(weight[1:]).min() > 0  # drawn, so that something flows through the new filters
    assert more.student_parameters()[0]["bias"].tolist() == [7, 0, 0]
    less = more.with_layer(0, more.layers[0].replace(out_channels=1))
    assert less.stages[0].teacher_weight.values.reshape(3, 3).tolist() == BLUR.tolist()


def test_the_next_layers_given_numbers_follow_the_number_of_channels(two_layers: Experiment) -> None:
    experiment = with_student(two_layers, 2, weight=np.ones((1, 1, 4, 4))).with_layer(0, Conv2d(out_channels=2))
    experiment.validate()
    weight = experiment.student_parameters()[2]["weight"]
    assert weight.shape == (1, 2, 4, 4)
    assert (weight[:, 0] == 1).all()
    assert (
        experiment.with_layer(0, Conv2d()).student_parameters()[2]["weight"].tolist() == np.ones((1, 1, 4, 4)).tolist()
    )


def test_kernels_of_one_channel_can_be_given_without_its_axis(two_layers: Experiment) -> None:
    kernels = np.arange(18.0).reshape(2, 3, 3)
    experiment = two_layers.with_layer(0, Conv2d(kernels, out_channels=2))
    experiment.validate()
    assert experiment.student_parameters()[0]["weight"].tolist() == kernels[:, None].tolist()
    larger = experiment.with_layer(0, experiment.layers[0].replace(kernel=5))
    assert larger.student_parameters()[0]["weight"][:, 0, 1:4, 1:4].tolist() == kernels.tolist()
    three = experiment.with_layer(0, experiment.layers[0].replace(out_channels=3))
    assert three.student_parameters()[0]["weight"][:2, 0].tolist() == kernels.tolist()
    colour = experiment.replace(input=RandomMap(size=20, channels=2)).fitted()  # each has another channel now
    assert colour.student_parameters()[0]["weight"][:, 0].tolist() == kernels.tolist()


def test_given_kernels_that_could_mean_several_things_are_refused(two_layers: Experiment) -> None:
    kernels = Given(np.zeros((2, 3, 3)))
    layer = Conv2d(3, out_channels=2, weight=kernels)
    experiment = two_layers.replace(stages=(Stage(layer),), input=RandomMap(size=20, channels=2))
    with pytest.raises(ShapeError, match="the given values are 2×3×3, expected 2×2×3×3"):
        experiment.validate()


def test_what_fits_is_not_touched(two_layers: Experiment) -> None:
    assert two_layers.fitted() == two_layers
    impossible = two_layers.replace(input=RandomMap(size=2))
    assert impossible.fitted() == impossible


@pytest.mark.parametrize("kind", LAYERS)
def test_any_layer_can_take_the_place_of_any_other(kind: str, two_layers: Experiment) -> None:
    for index in range(3):
        edited = two_layers.with_layer(index, LAYERS[kind]())
        edited.validate()
        assert edited.layers[index] == LAYERS[kind]()


@pytest.mark.parametrize(
    ("change", "rebuild"),
    [
        ({"name": "other"}, False),
        ({"notes": "other"}, False),
        ({"stop": StopConditions(steps=5)}, False),
        ({"optimizer": SGD(learning_rate=1)}, False),
        ({"optimizer": SGD(momentum=0.5)}, True),
        ({"schedule": StepRate()}, True),
        ({"loss": Huber()}, True),
        ({"seed": 1}, True),
        ({"teacher_seed": 1}, True),
        ({"dtype": "float32"}, True),
        ({"input": RandomMap(seed=1)}, True),
        ({"target": PatternMap(size=8)}, True),
        ({"stages": (Stage(Sigmoid()),)}, True),
    ],
)
def test_only_live_settings_leave_the_run_alone(two_layers: Experiment, change: dict, rebuild: bool) -> None:
    assert two_layers.needs_rebuild(two_layers.replace(**change)) is rebuild
    assert two_layers.replace(**change).needs_rebuild(two_layers) is rebuild


def test_a_kernel_or_a_slope_takes_a_new_run(two_layers: Experiment) -> None:
    assert two_layers.needs_rebuild(with_teacher(two_layers, 0, weight=BLUR + 1))
    assert two_layers.needs_rebuild(with_student(two_layers, 0, weight=BLUR))
    assert not two_layers.needs_rebuild(with_teacher(two_layers, 0, weight=BLUR.copy()))
    leaky = two_layers.with_layer(1, LeakyReLU())
    assert leaky.needs_rebuild(leaky.with_layer(1, LeakyReLU(slope=0.5)))


@pytest.mark.parametrize(("shape", "text"), [((1, 8, 9), "8×9"), ((3, 8, 9), "3×8×9"), ((8, 9), "8×9")])
def test_shapes_in_words(shape: tuple[int, ...], text: str) -> None:
    assert shape_text(shape) == text
