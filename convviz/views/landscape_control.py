"""Between the landscape and the document: where the student starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from convviz.engine.initializers import Given
from convviz.i18n import tr
from convviz.model.surveying import Surveyor
from convviz.views.panels.landscape import LandscapePanel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.model.document import Document
    from convviz.model.session import Session


class LandscapeControl(QObject):
    """Makes the panel of the landscape, which follows the session while it is seen.

    Attributes
    ----------
    panel
        Whoever makes this control puts it into the window.
    """

    def __init__(self, document: Document, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._surveyor = Surveyor(session, self)
        self.panel = LandscapePanel(self._surveyor)
        self.panel.start_asked.connect(self._start_at)

    def _start_at(self, parameters: NDArray[Any]) -> None:
        """Let the student start with these parameters (P,), as one change that can be undone.

        Not while the landscape is still that of an experiment with other parameters.
        """
        experiment, survey = self._document.experiment, self._surveyor.survey
        if survey is None:
            return
        places = survey.problem.network.views(parameters)
        wanted = [
            layer.parameter_shapes(shape) for layer, shape in zip(experiment.layers, experiment.shapes(), strict=False)
        ]
        if [{name: numbers.shape for name, numbers in given.items()} for given in places] != wanted:
            return
        for index, given in enumerate(places):
            if given:
                begun = {name: Given(numbers) for name, numbers in given.items()}
                experiment = experiment.with_layer(index, experiment.layers[index].replace(**begun))
        self._document.propose(experiment, tr("Start at a place of the landscape"))
