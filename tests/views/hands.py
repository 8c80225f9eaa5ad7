"""What hands do that QTest has no call for: turning a wheel, dragging, typing over."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QFileDialog, QLineEdit, QWidget

_NOTCH = 120
_NOTHING = Qt.KeyboardModifier.NoModifier
_data: list[QMimeData] = []


def turn(
    widget: QWidget, notches: int = 1, at: QPoint | None = None, held: Qt.KeyboardModifier = _NOTHING
) -> QWheelEvent:
    """Turn the wheel over ``widget`` and return the event, accepted or not."""
    spot = widget.rect().center() if at is None else at
    event = QWheelEvent(
        QPointF(spot),
        QPointF(widget.mapToGlobal(spot)),
        QPoint(),
        QPoint(0, notches * _NOTCH),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event


def drag(widget: QWidget, start: QPoint, by: QPoint, moves: int = 4, let_go: bool = True) -> None:
    """Press at ``start``, move by ``by`` in several moves, let go."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(widget, left, _NOTHING, start)
    for move in range(1, moves + 1):
        QTest.mouseMove(widget, start + by * move / moves)
    if let_go:
        QTest.mouseRelease(widget, left, _NOTHING, start + by)


def drop(view: QAbstractItemView, at: QPoint) -> None:
    """Let go, over ``at``, of what was dragged within a view.

    Qt delivers a drop only to the target of a drag that the window system runs, so the view is handed the event.
    """
    data = QMimeData()
    event = QDropEvent(QPointF(at), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, _NOTHING)
    view.dropEvent(event)
    assert event.dropAction() is not Qt.DropAction.MoveAction  # or the view would remove the row that was dragged


def drop_files(window: QWidget, at: QPoint, *names: str | Path) -> bool:
    """Drag files onto a window and let go of them at ``at``; return whether it took them.

    A name that is no path is the address of something elsewhere.
    """
    entered = drag_files(window, at, *names)
    dropped = QDropEvent(QPointF(at), *_held(names))
    dropped.ignore()
    QApplication.sendEvent(window, dropped)
    return entered and dropped.isAccepted()


def drag_files(window: QWidget, at: QPoint, *names: str | Path) -> bool:
    """Hold files over a window at ``at``; return whether it would take them."""
    entering = QDragEnterEvent(at, *_held(names))
    QApplication.sendEvent(window, entering)
    return entering.isAccepted()


def drag_away(window: QWidget) -> None:
    """Leave a window with what is held over it."""
    QApplication.sendEvent(window, QDragLeaveEvent())


def _held(
    names: tuple[str | Path, ...],
) -> tuple[Qt.DropAction, QMimeData, Qt.MouseButton, Qt.KeyboardModifier]:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(name)) if isinstance(name, Path) else QUrl(name) for name in names])
    _data.append(data)  # an event does not keep it
    del _data[:-2]
    return Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, _NOTHING


def choose_file(chooser: QFileDialog, path: Path) -> None:
    """Type a file's name into a dialog and confirm it, whether the keys are in its field by then or not."""
    field = chooser.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    chooser.accept()


def choose_item(combo: QComboBox, text: str) -> None:
    """Open a list and click the entry called ``text``."""
    row = combo.findText(text)
    assert row >= 0, [combo.itemText(at) for at in range(combo.count())]
    combo.showPopup()
    view = combo.view()
    assert view is not None
    model = combo.model()
    assert model is not None
    entry = view.visualRect(model.index(row, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=entry.center())
    combo.hidePopup()


def type_over(widget: QWidget, text: str, then: Qt.Key | None = Qt.Key.Key_Return) -> None:
    """Go into a field, replace what is in it, and press a key."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keySequence(widget, "Ctrl+A")
    if text:
        QTest.keyClicks(widget, text)
    else:
        QTest.keyClick(widget, Qt.Key.Key_Delete)
    if then is not None:
        QTest.keyClick(widget, then)
