"""Scripts that are run, and the run that they must repeat."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine import Trainer
from convviz.export.code import script_of
from convviz.model.recipes import recipes

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.export.code import Script
    from convviz.model.experiment import Experiment


def script(experiment: Experiment, framework: str) -> Script:
    """Return the script of an experiment."""
    return script_of(
        experiment.build(), framework, recipes=recipes(experiment), title=experiment.name, notes=experiment.notes
    )


def run_script(made: Script, folder: Path | None = None) -> tuple[dict[str, Any], str]:
    """Run a script; return its names, and what it printed."""
    assert folder is not None or not made.arrays
    names: dict[str, Any] = {"__name__": "__main__", "__file__": "" if folder is None else str(folder / "script.py")}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(made.text, "script.py", "exec"), names)
    return names, printed.getvalue()


def losses_of(experiment: Experiment) -> np.ndarray:
    """Return the loss of every step of the run, and after its last."""
    trainer = Trainer(experiment.build())
    trainer.run(experiment.stop.steps)
    return np.append(trainer.losses, trainer.loss)


def repeats(experiment: Experiment, framework: str, tolerance: float = 1e-9) -> None:
    """Fail unless the script of an experiment gives the losses of its run."""
    made = script(experiment, framework)
    names, _ = run_script(made)
    expected = losses_of(experiment)
    assert len(names["losses"]) == len(expected), made.text
    np.testing.assert_allclose(names["losses"], expected, rtol=tolerance, err_msg=made.text)
