"""The curves of other branches, in a plot of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.model.branches import Branch
from convviz.model.files import load_builtin
from convviz.model.series import LossSeries
from convviz.views import theme
from convviz.views.panels.loss.kept import LOOKS, kept_pen
from tests.views.contrast import contrast
from tests.views.panels.loss.conftest import curve_pixels, kept_pixels, plot_of, show, text

if TYPE_CHECKING:
    from convviz.views.panels.loss import LossPanel

DEMO = load_builtin("demo")


def left(losses: np.ndarray, origin: Branch | None = None, step: int = 0, rate: float = 3e-5) -> Branch:
    """Return a branch that has been left, with these losses."""
    experiment = DEMO.replace(optimizer=DEMO.optimizer.replace(learning_rate=rate))
    branch = Branch(experiment, origin, step)
    branch.losses = LossSeries()
    branch.losses.append(losses)
    branch.best = float(np.nanmin(losses))
    return branch


def run_beside(panel: LossPanel, other: Branch, losses: np.ndarray, step: int) -> Branch:
    """Show a run that branches from ``other`` at a step."""
    present = Branch(DEMO, other, step)
    panel.set_experiment(DEMO)
    show(panel, losses)
    panel.set_branches((other, present), present)
    QApplication.processEvents()
    return present


def test_a_branch_is_drawn_from_the_step_on_at_which_it_parts(panel: LossPanel) -> None:
    run_beside(panel, left(np.linspace(60.0, 40.0, 101), rate=1e-5), np.full(101, 100.0), 50)
    seen = sorted({x for x, y in kept_pixels(panel) if y > 60})  # below the line that tells of it
    middle = (seen[-1] + 100) / 2
    assert text(panel, "loss_kept_1") == "branch at 50, rate 10⁻⁵ · last 40 · best 40"
    assert len(seen) > 50
    assert seen[0] > middle - 60


def test_the_axis_is_that_of_the_present_run_where_another_branch_ran_away(panel: LossPanel) -> None:
    losses = np.linspace(100.0, 50.0, 101)
    show(panel, losses)
    alone = {y for x, y in curve_pixels(panel) if x < 150}
    away = np.concatenate([losses[:60], 10.0 ** np.arange(3, 300, 10)])
    run_beside(panel, left(away), losses, 59)
    assert {y for x, y in curve_pixels(panel) if x < 150} == alone
    run_beside(panel, left(np.full(101, 150.0)), losses, 20)  # which is not far above
    assert {y for x, y in curve_pixels(panel) if x < 150} != alone


def test_what_has_no_step_of_its_own_is_not_drawn(panel: LossPanel) -> None:
    run_beside(panel, left(np.full(51, 40.0)), np.full(101, 100.0), 50)
    assert panel.findChild(QWidget, "loss_kept_1") is None


def test_curves_keep_their_looks_while_others_come_and_go(panel: LossPanel) -> None:
    root = left(np.full(101, 40.0), rate=1e-5)
    second, third = left(np.full(101, 50.0), root, 20, 2e-5), left(np.full(101, 60.0), root, 40, 4e-5)
    present = run_beside(panel, root, np.full(101, 100.0), 50)
    panel.set_branches((root, second, third, present), present)
    names = [text(panel, f"loss_kept_{n}").split(" · ")[0] for n in (1, 2, 3)]
    assert names == ["branch at 50, rate 10⁻⁵", "branch at 20, rate 2×10⁻⁵", "branch at 40, rate 4×10⁻⁵"]
    before = plot_of(panel).grab().toImage()
    panel.set_branches((second, third, present), present)
    panel.set_branches((root, second, third, present), present)
    QApplication.processEvents()
    assert plot_of(panel).grab().toImage() == before


def test_the_lines_fill_little_more_than_the_upper_half_of_the_plot(panel: LossPanel) -> None:
    root = left(np.full(101, 40.0))
    others = [left(np.full(101, 50.0 + n), root, 10 + n) for n in range(LOOKS - 1)]
    present = run_beside(panel, root, np.full(101, 100.0), 50)
    panel.set_branches((root, *others, present), present)
    plot = panel.findChild(QWidget, "loss_plot")
    assert plot is not None
    lines = [panel.findChild(QWidget, f"loss_kept_{n + 1}") for n in range(LOOKS)]
    seen = [line for line in lines if line is not None and line.isVisible()]
    assert 1 < len(seen) < LOOKS
    assert max(line.mapTo(panel, line.rect().bottomLeft()).y() for line in seen) < plot.geometry().center().y() + 16
    assert all(line.text() in panel.accessibleDescription() for line in lines)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_curve_looks_otherwise_and_can_be_seen(name: str) -> None:
    colours = theme.THEMES[name]
    looks = [kept_pen(look) for look in range(LOOKS)]
    assert len({(pen.color().name(), tuple(pen.dashPattern())) for pen in looks}) == LOOKS
    for colour in ("curve", "curve_2", "curve_3", "muted"):
        assert contrast(getattr(colours, colour), colours.surface) > 4
