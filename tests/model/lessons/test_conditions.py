"""What a scene waits for: it holds once it has been done, and not before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from convviz.engine.explain import Kind, Tensor
from convviz.engine.frames import State, Status
from convviz.engine.walkthrough import Act
from convviz.model.files import load_builtin
from convviz.model.lessons.conditions import (
    CONDITIONS,
    Condition,
    Diverged,
    Held,
    LookedAt,
    LossBelow,
    PointedAt,
    Seen,
    SettingIs,
    StepShown,
    StepsMade,
)
from convviz.model.lessons.look import Look

DEMO = load_builtin("demo")
SEEN = Seen(DEMO, Status(state=State.PAUSED, step=10, loss=5.0), since=8)
MAP, KERNEL = Tensor(Kind.VALUE, 1), Tensor(Kind.WEIGHT, 1)


@pytest.mark.parametrize(
    ("condition", "seen", "held"),
    [
        (StepsMade(2), SEEN, True),
        (StepsMade(3), SEEN, False),
        (LossBelow(5.5), SEEN, True),
        (LossBelow(5.0), SEEN, False),
        (LossBelow(5.0), replace(SEEN, status=Status(loss=float("nan"))), False),
        (LossBelow(5.0), replace(SEEN, status=Status(loss=-float("inf"))), False),
        (Diverged(), SEEN, False),
        (Diverged(), replace(SEEN, status=Status(state=State.DIVERGED)), True),
        (StepShown(10), SEEN, True),
        (StepShown(4), SEEN, False),
        (StepShown(4), replace(SEEN, status=Status(step=10, shown=4)), True),
        (StepShown(4), replace(SEEN, status=Status(step=10, shown=3)), False),
        (StepShown(4, or_earlier=True), replace(SEEN, status=Status(step=10, shown=3)), True),
        (SettingIs("layers.1.stride", 2), SEEN, True),
        (SettingIs("layers.1.stride", [2, 2]), SEEN, True),
        (SettingIs("layers.1.stride", 3), SEEN, False),
        (SettingIs("layers.5.stride", 3), SEEN, False),
        (SettingIs("optimizer.learning_rate", 3e-5), SEEN, True),
        (SettingIs("optimizer.learning_rate", above=1e-5, below=1e-4), SEEN, True),
        (SettingIs("optimizer.learning_rate", above=1e-4), SEEN, False),
        (SettingIs("optimizer.learning_rate", below=1e-5), SEEN, False),
        (SettingIs("layers.1.stride", above=1), SEEN, False),
        (PointedAt(MAP), SEEN, False),
        (PointedAt(MAP), replace(SEEN, pointed=(MAP, (0, 3, 4))), True),
        (PointedAt(MAP, (3, 4)), replace(SEEN, pointed=(MAP, (0, 3, 4))), True),
        (PointedAt(MAP, (3, 4)), replace(SEEN, held=(MAP, (0, 3, 4))), True),
        (PointedAt(MAP, (3, 4)), replace(SEEN, pointed=(MAP, (0, 4, 3))), False),
        (PointedAt(MAP, (3, 4)), replace(SEEN, pointed=(KERNEL, (0, 0, 3, 4))), False),
        (PointedAt(MAP, (3, 4), (5, 5)), replace(SEEN, pointed=(MAP, (0, 5, 4))), True),
        (PointedAt(MAP, (3, 4), (5, 5)), replace(SEEN, pointed=(MAP, (0, 5, 6))), False),
        (Held(MAP, (3, 4)), replace(SEEN, pointed=(MAP, (0, 3, 4))), False),
        (Held(MAP, (3, 4)), replace(SEEN, held=(MAP, (0, 3, 4))), True),
        (LookedAt(Look(1)), SEEN, False),
        (LookedAt(Look(1)), replace(SEEN, look=Look(1, act=Act.WINDOWS, cell=(2, 2))), True),
        (LookedAt(Look(1)), replace(SEEN, look=Look(0)), False),
        (LookedAt(Look(1, back=True)), replace(SEEN, look=Look(1)), False),
        (LookedAt(Look(1, act=Act.WINDOWS)), replace(SEEN, look=Look(1, act=Act.INPUT)), False),
        (LookedAt(Look(1, cell=(2, 2))), replace(SEEN, look=Look(1, cell=(2, 1))), False),
    ],
)
def test_it_holds_when_it_is_done(condition: Condition, seen: Seen, held: bool) -> None:
    assert condition.holds(seen) is held


def test_every_condition_has_a_name_of_its_own() -> None:
    assert {cls.kind for cls in CONDITIONS.values()} == set(CONDITIONS)
    assert len(CONDITIONS) == 8
