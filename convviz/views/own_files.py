"""A person's own pictures, arrays and tables as input, as target, or as the numbers of a kernel."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.engine.explain import Kind
from convviz.i18n import Listed, mark, tr
from convviz.model.experiment import shape_text
from convviz.model.files.endings import ARRAYS, PICTURES, TABLES
from convviz.model.files.numbers import read_map, read_numbers
from convviz.model.files.pictures import Picture
from convviz.model.sources import GivenMap
from convviz.views.editors.matrix import MatrixEditor
from convviz.views.editors.taking import taken
from convviz.views.editors.wording import layer_of
from convviz.views.file_dialogs import dialog_to_open, patterns
from convviz.views.file_messages import not_opened
from convviz.views.panels.inspector import edits
from convviz.views.picture_dialog import PictureDialog, Wanted
from convviz.views.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from PyQt6.QtCore import QPoint, QUrl
    from PyQt6.QtGui import QDropEvent
    from PyQt6.QtWidgets import QMainWindow

    from convviz.engine.explain import Tensor
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.sources import Map
    from convviz.views.dropping import DropMark, DropPlace
    from convviz.views.editors.wanted import FileWanted
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences

    Role = Literal["input", "target"]

T = TypeVar("T")

#: How the file of an experiment ends, and those that can be opened.
_EXPERIMENT = "json"
_OPENED = (*PICTURES, *ARRAYS, *TABLES, _EXPERIMENT)
#: The longer side that is proposed for a picture as input: each cell can still be seen, and every step is quick.
_SEEN = 64


class _Role(NamedTuple):
    """What a kind of map is called where one is opened: titles and the text of the undoing, marked for translation."""

    asking: str
    choosing: str
    done: str


_ROLES: dict[Role, _Role] = {
    "input": _Role(
        mark("Open a picture or an array as input"), mark("Picture as input"), mark("Open {file} as the input")
    ),
    "target": _Role(
        mark("Open a picture or an array as target"), mark("Picture as target"), mark("Open {file} as the target")
    ),
}


class _Use(NamedTuple):
    """What a file is opened for: how it is asked for, and what takes it."""

    title: str
    kinds: str
    endings: tuple[str, ...]
    take: Callable[[Path], object]


class OwnFiles(QObject):
    """Opens files with numbers: asked for in a dialog, or dropped onto the window.

    Signals
    -------
    opened(Selection)
        The input, the target or a parameter of a layer has come from a file.
    parameter_opened(str, Experiment)
        After `opened`, where it is a parameter: its path in the experiment, and the experiment before.
    experiment_dropped(Path)
        What was dropped is an experiment.
    """

    opened = pyqtSignal(object)
    parameter_opened = pyqtSignal(str, object)
    experiment_dropped = pyqtSignal(object)

    def __init__(self, window: QMainWindow, document: Document, preferences: Preferences, parts: Parts) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._preferences = preferences
        self._banner = parts.banner
        self._mark: DropMark | None = None

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask_for_map(self, role: Role) -> None:
        """Ask which file is to be the input or the target."""
        self._ask(self._map_use(role))

    def ask_for_numbers(self, wanted: FileWanted) -> None:
        """Ask for the file that an editor wants."""
        self._ask(self._use(wanted))

    def _use(self, wanted: FileWanted) -> _Use:
        """Return what becomes of a file for an editor: the whole of a map, or the numbers of a kernel or a bias."""
        role = wanted.path.partition(".")[0]
        if role in _ROLES:
            return self._map_use(role)
        title, kinds = tr("Open an array or a table"), tr("Arrays and tables")
        return _Use(title, kinds, (*ARRAYS, *TABLES), partial(self._open_numbers, wanted))

    def _map_use(self, role: Role) -> _Use:
        title, kinds = tr(_ROLES[role].asking), tr("Pictures, arrays and tables")
        return _Use(title, kinds, (*PICTURES, *ARRAYS, *TABLES), partial(self._open_map, role))

    def _ask(self, use: _Use) -> None:
        kinds = f"{use.kinds} ({patterns(use.endings)})"
        dialog = dialog_to_open(self._window, "numbers_dialog", use.title, self._preferences.folder, kinds)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)  # they are many

        def answered(code: int) -> None:  # once the dialog is gone, for another one may follow
            if code == QFileDialog.DialogCode.Accepted:
                use.take(Path(dialog.selectedFiles()[0]))

        dialog.finished.connect(answered)
        dialog.open()

    # -- dropping ------------------------------------------------------------------------------------------------------

    def take_drop(self, event: QDropEvent) -> bool:
        """Mark where a file would go that is dragged, or open the one that was dropped; return whether it is a file."""
        data = event.mimeData()
        addresses = data.urls() if data is not None else []
        if not addresses:
            return False
        event.acceptProposedAction()
        if event.type() != QEvent.Type.Drop:
            self._mark_place(addresses, event.position().toPoint())
            return True
        self.unmark()
        path = Path(addresses[0].toLocalFile())
        if len(addresses) > 1:
            self._complain(ConfigError("expected one file, received {received}", received=len(addresses)))
        elif not addresses[0].isLocalFile():
            received = addresses[0].toDisplayString()
            self._complain(ConfigError("expected a file of this computer, received {received}", received=received))
        elif _ending(path) == _EXPERIMENT:
            self.experiment_dropped.emit(path)
        elif _ending(path) not in _OPENED:
            self._complain(
                ConfigError(
                    "expected an experiment ({experiment}), or a picture, an array or a table ({expected}), "
                    "received {received}",
                    experiment=_EXPERIMENT,
                    expected=Listed(_OPENED[:-1]),
                    received=path.name,
                )
            )
        else:
            self._open_dropped(path, event.position().toPoint())
        return True

    def _mark_place(self, addresses: list[QUrl], point: QPoint) -> None:
        """Mark where a file that is dragged would go, if it is one that can be opened."""
        path = Path(addresses[0].toLocalFile())
        if len(addresses) > 1 or not addresses[0].isLocalFile() or _ending(path) not in _OPENED:
            self.unmark()
            return
        place = self._place_at(path, point)
        if _ending(path) == _EXPERIMENT:
            name = tr("Experiment")
        elif isinstance(place.widget, MatrixEditor):
            name = place.widget.grid.accessibleName()
        else:
            name = place.widget.accessibleName() if place.tensor is not None else tr("Input")
        if self._mark is None:
            from convviz.views.dropping import DropMark

            self._mark = DropMark(self._window, self._window.centralWidget() or self._window)
        self._mark.show_at(place, name)

    def unmark(self) -> None:
        """Mark nothing any more: what was dragged has left, or was dropped."""
        if self._mark is not None:
            self._mark.hide()

    def _place_at(self, path: Path, point: QPoint) -> DropPlace:
        """Return where a file would go; an experiment takes the place of everything."""
        from convviz.views.dropping import DropPlace, place_at

        ground = self._window.centralWidget() or self._window
        if _ending(path) == _EXPERIMENT:
            return DropPlace(ground, ground.rect())
        return place_at(self._window, ground, point, numbers=_ending(path) in (*ARRAYS, *TABLES))

    def _open_dropped(self, path: Path, point: QPoint) -> None:
        """Open a file as what lies under the pointer, where that can be read from one, else as the input."""
        from convviz.views.dropping import PARAMETERS

        place = self._place_at(path, point)
        tensor = place.tensor
        if isinstance(place.widget, MatrixEditor):
            self._use(place.widget.wanted()).take(path)
        elif tensor is not None and tensor.kind in PARAMETERS:
            self._open_parameter(tensor, place.matrix, path)
        else:
            self._open_map("target" if tensor is not None and tensor.kind is Kind.TARGET else "input", path)

    # -- opening -------------------------------------------------------------------------------------------------------

    def _open_map(self, role: Role, path: Path) -> None:
        """Let a file be the input or the target; what a picture is to become, the person is asked first."""
        read = self._read(read_map, path)
        if isinstance(read, Picture):
            self._ask_about(role, read)
        elif read is not None:
            self._take(role, path.name, read)

    def _open_numbers(self, wanted: FileWanted, path: Path) -> None:
        numbers = self._read(read_numbers, path)
        if numbers is not None:
            self._dismiss()
            wanted.take(numbers)

    def _open_parameter(self, tensor: Tensor, matrix: tuple[int, ...], path: Path) -> None:
        """Let a file be a layer's kernel or bias, or one of its kernels, as if it had been opened in their editor."""
        from convviz.views.dropping import PARAMETERS

        name, done = PARAMETERS[tensor.kind]
        where = f"layers.{tensor.position}.{name}"
        experiment = self._document.experiment
        numbers = self._read(read_numbers, path)
        if numbers is None:
            return
        try:
            before = edits.parameter(experiment, where)
            made = numbers if before is None else taken(before, matrix, numbers).values
            text = tr(done).format(file=path.name, number=tensor.position + 1)
            self._document.propose(edits.with_numbers(experiment, where, made), text)
        except ConvvizError as error:
            self._complain(ConfigError("{file}: {error}", file=path.name, error=_explained(error)))
            return
        self._dismiss()
        self.opened.emit(Selection("layer", tensor.position))
        self.parameter_opened.emit(where, experiment)

    def _read(self, read: Callable[[Path], T], path: Path) -> T | None:
        """Return what a file holds; None: it cannot be read, which has been said."""
        try:
            found = read(path)
        except ConvvizError as error:
            self._complain(error)
            return None
        self._preferences.remember_folder(path.parent)
        return found

    def _ask_about(self, role: Role, picture: Picture) -> None:
        dialog = PictureDialog(
            picture, _ROLES[role].choosing, self._wanted(role), partial(self._judge, role), self._window
        )
        dialog.made.connect(partial(self._take, role, picture.name))
        dialog.finished.connect(dialog.deleteLater)
        self._dismiss()
        dialog.open()

    def _wanted(self, role: Role) -> Wanted:
        """Return what a picture has to become: the target is as large as what the network makes, and so the input."""
        experiment = self._document.experiment
        shapes = experiment.shapes()
        channels, *size = shapes[0] if role == "input" else shapes[-1]
        longest = max(_SEEN, *size)
        if role == "input" and experiment.target is None:
            return Wanted(channels, longest)
        rows, columns = size
        around = (rows, columns) if role == "input" else _reach(experiment)
        return Wanted(channels, longest, (rows, columns), around)

    def _judge(self, role: Role, values: Map) -> tuple[bool, str]:
        try:
            changed = self._changed(role, values)
            changed.validate()
        except ConvvizError as error:
            return False, _explained(error)
        if role == "target":
            return True, tr("As large as what the network makes")
        return True, tr("The network makes {output} out of it").format(output=shape_text(changed.shapes()[-1]))

    def _changed(self, role: Role, values: Map) -> Experiment:
        return self._document.experiment.replace(**{role: GivenMap(values)}).fitted()

    def _take(self, role: Role, name: str, values: Map) -> None:
        try:
            self._document.propose(self._changed(role, values), tr(_ROLES[role].done).format(file=name))
        except ConvvizError as error:
            self._complain(ConfigError("{file}: {error}", file=name, error=_explained(error)))
            return
        self._dismiss()
        self.opened.emit(Selection(role))

    def _complain(self, error: ConvvizError) -> None:
        self._banner.show_message(not_opened(error))

    def _dismiss(self) -> None:
        if self._banner.subject == "file":  # it tells of an earlier attempt
            self._banner.dismiss()


def _ending(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _explained(error: ConvvizError) -> str:
    """Return the error's sentence, naming the layer that it is about."""
    layer = layer_of(error)
    return str(error) if layer is None else tr("Layer {number}: {sentence}").format(number=layer + 1, sentence=error)


def _reach(experiment: Experiment) -> tuple[int, int]:
    """Return how large the input would be in the target's cells, which are as far apart as the strides have led.

    Of a picture that is scaled so, the middle lies where the network makes it, and its kernels leave the edges out.
    """
    rows, columns = experiment.input.shape[1:]
    height, width = float(rows), float(columns)
    for layer in experiment.layers:
        down, right = getattr(layer, "stride", (1, 1))
        height, width = (height * down, width * right) if layer.adjoint else (height / down, width / right)
    made = experiment.shapes()[-1]
    return max(round(height), made[1]), max(round(width), made[2])
