from __future__ import annotations

import re

import numpy as np
import pytest

from convviz.engine import (
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    ConfigError,
    ConstantRate,
    CosineRate,
    RMSprop,
    StepRate,
    Trainer,
)
from convviz.engine.optimizers import OptimizerSlots
from convviz.engine.settings import settings_of
from tests.engine.problems import small_problem

CASES = [
    SGD(learning_rate=1e-3),
    SGD(learning_rate=1e-3, momentum=0.9),
    SGD(learning_rate=1e-3, momentum=0.7, nesterov=True),
    SGD(learning_rate=1e-3, weight_decay=0.1),
    SGD(learning_rate=1e-3, momentum=0.9, nesterov=True, weight_decay=0.1, clip=3.0),
    Adam(learning_rate=1e-2),
    Adam(learning_rate=1e-2, beta1=0.5, beta2=0.9, epsilon=1e-3, weight_decay=0.2, clip=0.5),
    Adam(learning_rate=1e-2, beta1=0.0, beta2=0.0),
    RMSprop(learning_rate=1e-2),
    RMSprop(learning_rate=1e-2, decay=0.5, momentum=0.8, epsilon=1e-2, weight_decay=0.2, clip=2.0),
]
SCHEDULE_CASES = [ConstantRate(), StepRate(every=7, factor=0.3), CosineRate(period=20, floor=1e-4)]


@pytest.fixture(params=CASES, ids=repr)
def optimizer(request):
    return request.param


def test_every_one_is_tried():
    assert {type(case) for case in CASES} == set(OPTIMIZERS.values())
    assert {type(case) for case in SCHEDULE_CASES} == set(SCHEDULES.values())
    assert list(OPTIMIZERS) == ["sgd", "adam", "rmsprop"]
    assert list(SCHEDULES) == ["constant", "step", "cosine"]
    assert all(cls.kind == kind for registry in (OPTIMIZERS, SCHEDULES) for kind, cls in registry.items())


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_learning_rate_is_live_and_logarithmic(cls):
    described = settings_of(cls)
    assert described["learning_rate"].live
    assert described["learning_rate"].logarithmic
    assert [name for name in described if described[name].live] == ["learning_rate"]


def torch_optimizer(torch, optimizer, parameters):
    rate, decay = optimizer.learning_rate, optimizer.weight_decay
    if isinstance(optimizer, SGD):
        return torch.optim.SGD(
            parameters, rate, momentum=optimizer.momentum, nesterov=optimizer.nesterov, weight_decay=decay
        )
    if isinstance(optimizer, Adam):
        betas = (optimizer.beta1, optimizer.beta2)
        return torch.optim.Adam(parameters, rate, betas=betas, eps=optimizer.epsilon, weight_decay=decay)
    return torch.optim.RMSprop(
        parameters,
        rate,
        alpha=optimizer.decay,
        eps=optimizer.epsilon,
        momentum=optimizer.momentum,
        weight_decay=decay,
    )


def torch_schedule(torch, schedule, optimizer):
    if isinstance(schedule, StepRate):
        return torch.optim.lr_scheduler.StepLR(optimizer, schedule.every, schedule.factor)
    if isinstance(schedule, CosineRate):
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, schedule.period, schedule.floor)
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)


def weights_and_gradients(rng, steps, size=9):
    return rng.normal(size=size), rng.normal(size=(steps, size)) * np.logspace(-2, 2, size)


def updated(optimizer, start, gradients, schedule):
    """Make updates with given gradients and return the parameters after each."""
    slots = OptimizerSlots(
        parameters=start.copy(),
        gradients=np.zeros_like(start),
        state=tuple(np.zeros_like(start) for _ in optimizer.state_names),
        work=np.zeros_like(start),
    )
    direction = optimizer.bind(slots)
    rates = schedule.rates(optimizer.learning_rate, 0, len(gradients))
    after = []
    for gradient, row in zip(gradients, optimizer.coefficients(0, rates), strict=True):
        assert len(row) == optimizer.coefficient_count
        slots.gradients[...] = gradient
        for call in direction(tuple(np.full_like(start, number) for number in row)):
            call()
        slots.parameters[...] -= row[0] * slots.gradients
        after.append(slots.parameters.copy())
    return np.array(after)


@pytest.mark.parametrize("schedule", SCHEDULE_CASES, ids=repr)
def test_like_pytorch(optimizer, schedule, rng):
    torch = pytest.importorskip("torch", reason="PyTorch is what the numbers are compared with, and is not installed")
    start, gradients = weights_and_gradients(rng, steps=50)
    ours = updated(optimizer, start, gradients, schedule)
    parameter = torch.nn.Parameter(torch.tensor(start))
    theirs = torch_optimizer(torch, optimizer, [parameter])
    rates = torch_schedule(torch, schedule, theirs)
    for gradient, expected in zip(gradients, ours, strict=True):
        parameter.grad = torch.tensor(gradient)
        if optimizer.clip:
            torch.nn.utils.clip_grad_norm_([parameter], optimizer.clip)
        theirs.step()
        rates.step()
        np.testing.assert_allclose(parameter.detach().numpy(), expected, rtol=1e-10, atol=1e-12)


def by_formula(optimizer, start, gradients):
    """Make updates as the formula reads, which a person is shown."""
    text = optimizer.formula
    for sign, name in zip(
        "·−η∂β₁₂ρμε", ("*", "-", "rate", "", "beta", "1", "2", "decay", "momentum", "epsilon"), strict=True
    ):
        text = text.replace(sign, name)
    text = re.sub("([a-z])\N{COMBINING CIRCUMFLEX ACCENT}|v̂", lambda found: f"{found[0][0]}_hat", text)
    text = re.sub("√([a-z_]+)", r"np.sqrt(\1)", text).replace("²", "**2")
    known = {name: getattr(optimizer, name) for name in settings_of(type(optimizer))}
    known |= {"np": np, "rate": optimizer.learning_rate, "w": start, "m": 0.0, "v": 0.0, "b": 0.0}
    after = []
    for step, gradient in enumerate(gradients, start=1):
        known["g"] = gradient
        *assignments, last = text.split("; ")
        for assignment in assignments:
            name, expression = assignment.split(" ← ")
            known[name] = eval(expression, known)
        if "m_hat" in last:
            known["m_hat"] = known["m"] / (1 - known["beta1"] ** step)
            known["v_hat"] = known["v"] / (1 - known["beta2"] ** step)
        known["w"] = eval(last, known)
        after.append(known["w"])
    return np.array(after)


def test_the_formula_is_what_is_computed(optimizer, rng):
    """But for clipping and decay, which come before."""
    plain = optimizer.replace(clip=0.0, weight_decay=0.0)
    start, gradients = weights_and_gradients(rng, steps=20)
    expected = by_formula(plain, start, gradients)
    np.testing.assert_allclose(updated(plain, start, gradients, ConstantRate()), expected, rtol=1e-10, atol=1e-12)


def test_nothing_is_remembered_that_is_not_used():
    assert [case.state_names for case in (SGD(), SGD(momentum=0.9), RMSprop(), RMSprop(momentum=0.9))] == [
        (),
        ("velocity",),
        ("square",),
        ("square", "velocity"),
    ]
    assert [" b" in case.formula for case in (RMSprop(), RMSprop(momentum=0.9))] == [False, True]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_coefficients_do_not_depend_on_where_a_run_is_cut(optimizer, dtype):
    rates = np.linspace(1e-3, 2e-3, 200)
    whole = optimizer.coefficients(0, rates)
    cut = [optimizer.coefficients(a, rates[a:b]) for a, b in ((0, 1), (1, 77), (77, 200))]
    assert np.array_equal(whole, np.concatenate(cut))


@pytest.mark.parametrize("schedule", SCHEDULE_CASES, ids=repr)
def test_rates_are_the_rates_of_each_step(schedule):
    rates = schedule.rates(0.5, 13, 40)
    assert rates.dtype == np.float64
    assert rates.tolist() == [schedule.rate_at(0.5, step) for step in range(13, 53)]


def test_schedules_by_hand():
    assert [StepRate(every=2, factor=0.5).rate_at(8.0, step) for step in range(6)] == [8, 8, 4, 4, 2, 2]
    cosine = CosineRate(period=4, floor=1.0)
    assert [cosine.rate_at(3.0, step) for step in range(9)] == pytest.approx(
        [3, 2 + 0.5**0.5, 2, 2 - 0.5**0.5, 1, 2 - 0.5**0.5, 2, 2 + 0.5**0.5, 3]
    )
    assert StepRate(every=1, factor=0.001).rate_at(1e-3, 10**9) == 0


def test_clipping_limits_the_whole_gradient():
    trainer = Trainer(small_problem("channels", optimizer=SGD(learning_rate=1.0, clip=0.125)))
    before = trainer.parameters()
    assert _length(trainer.frame().gradients) > 1
    trainer.step()
    moved = [
        {name: new[name] - old[name] for name in old} for old, new in zip(before, trainer.parameters(), strict=True)
    ]
    assert _length(moved) == pytest.approx(0.125, rel=1e-5)


def test_a_short_gradient_is_not_clipped():
    free, clipped = (
        Trainer(small_problem("channels", optimizer=SGD(learning_rate=1e-4, clip=clip))) for clip in (0.0, 1e9)
    )
    free.run(20)
    clipped.run(20)
    np.testing.assert_allclose(clipped.losses, free.losses, rtol=1e-12)


def _length(layers):
    return np.sqrt(sum((array**2).sum() for layer in layers for array in layer.values()))


def test_frames_show_the_gradient_before_clipping_and_decay():
    plain, changed = (
        Trainer(small_problem("channels", optimizer=optimizer)).frame()
        for optimizer in (SGD(learning_rate=1e-3), SGD(learning_rate=1e-3, weight_decay=0.5, clip=0.1))
    )
    for ours, theirs in zip(plain.gradients, changed.gradients, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_nesterov_without_momentum_says_what_to_do():
    with pytest.raises(ConfigError, match="set momentum above 0") as caught:
        SGD(nesterov=True)
    assert caught.value.field == "nesterov"


@pytest.mark.parametrize(
    ("cls", "settings"),
    [
        (SGD, {"learning_rate": 0}),
        (SGD, {"learning_rate": -1e-3}),
        (SGD, {"learning_rate": np.nan}),
        (SGD, {"momentum": 1}),
        (SGD, {"momentum": -0.1}),
        (SGD, {"nesterov": 1, "momentum": 0.9}),
        (SGD, {"weight_decay": -1}),
        (SGD, {"clip": -1}),
        (Adam, {"beta1": 1}),
        (Adam, {"beta2": 1.5}),
        (Adam, {"epsilon": 0}),
        (RMSprop, {"decay": 1}),
        (StepRate, {"every": 0}),
        (StepRate, {"factor": 0}),
        (StepRate, {"factor": 2}),
        (CosineRate, {"period": 0}),
        (CosineRate, {"floor": -1}),
    ],
)
def test_impossible_settings_are_refused(cls, settings):
    with pytest.raises(ConfigError) as caught:
        cls(**settings)
    assert caught.value.field in settings
