"""The windows beside the window: the page of shortcuts, the about box, questions before something is lost."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PyQt6.QtCore import PYQT_VERSION_STR, QSize, Qt, QUrl, qVersion
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import convviz
from convviz.i18n import mark, tr
from convviz.views import icons, theme
from convviz.views.action_table import ACTIONS, GROUPS, ActionSpec
from convviz.views.action_texts import keys_text, plain, with_own_keys
from convviz.views.tooltips import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtGui import QResizeEvent

    from convviz.views.actions import Actions

_CELLS, _KERNEL, _MICROSCOPE, _LANDSCAPE, _PLOT, _PRESENTING = (
    mark("Cells of maps and kernels"),
    mark("Numbers of a kernel"),
    mark("Microscope"),
    mark("Landscape"),
    mark("Loss plot"),
    mark("While presenting"),
)
#: What can be done with the pointer and with keys where something is pointed at or has the focus, which no action
#: stands for: where, then gesture and effect.
_GESTURES = {
    _CELLS: (
        (mark("Click, Space"), mark("Explain the number")),
        (mark("Double-click, Enter"), mark("Put it under the microscope")),
        (mark("Arrow keys, Page Up, Page Down"), mark("Go to the next cell, channel or kernel")),
    ),
    _KERNEL: (
        (mark("Typing, double-click"), mark("Replace the number")),
        (mark("Wheel, dragging, Page Up, Page Down"), mark("Change by 0.1")),
        (mark("the same with Shift, with Ctrl"), mark("Change by 0.01, by 1")),
        (mark("Ctrl+C, Ctrl+V"), mark("Copy and paste all of them")),
    ),
    _MICROSCOPE: (
        (mark("Space"), mark("Play and pause")),
        (mark("Arrow keys, Home, End"), mark("Go to another cell")),
        (mark("1 to 6"), mark("Go to a phase")),
        (mark("Plus, minus"), mark("Faster, slower")),
        (mark("D"), mark("Forward or backward")),
        (mark("V, Z"), mark("One row or all; whole maps or a part")),
    ),
    _LANDSCAPE: (
        (mark("Arrow keys, faster with Shift"), mark("Move the cross")),
        (mark("Wheel; plus, minus"), mark("Look closer, or at more")),
        (mark("Dragging"), mark("Move over the plane")),
        (mark("Click on the path, Enter"), mark("Show that step")),
        (mark("Double-click, Ctrl+Enter"), mark("Let the student start there")),
        (mark("0"), mark("Lay the plane through this step")),
    ),
    _PLOT: (
        (mark("Wheel; plus, minus"), mark("Show fewer or more steps")),
        (mark("Dragging, arrow keys"), mark("Move along the steps")),
        (mark("Click"), mark("Show that step")),
        (mark("Double-click"), mark("Show the whole loss curve")),
    ),
    _PRESENTING: (
        (mark("Page Down"), mark("Next scene; without a lesson, go on")),
        (mark("Page Up"), mark("Previous scene, or back to step 0")),
    ),
}
_Columns = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
#: The columns of the page of shortcuts, about as long as one another: groups of actions, then places.
_COLUMNS: _Columns = (
    (("file", "edit", "run"), (_PLOT,)),
    (("history", "view"), (_PRESENTING,)),
    (("help",), (_CELLS, _KERNEL, _MICROSCOPE, _LANDSCAPE)),
)
#: The same where the page is narrow, and where it is narrower still.
_TWO_COLUMNS: _Columns = (
    (("file", "edit", "run", "history"), (_PLOT, _PRESENTING)),
    (("view", "help"), (_CELLS, _KERNEL, _MICROSCOPE, _LANDSCAPE)),
)
_ONE_COLUMN: _Columns = (
    (
        ("file", "edit", "run", "history", "view", "help"),
        (_CELLS, _KERNEL, _MICROSCOPE, _LANDSCAPE, _PLOT, _PRESENTING),
    ),
)
#: The size at which the page shows all of them.
_PAGE = QSize(1250, 744)
_APART = 2  #: pixels, of two rows
_FRAME = QSize(16, 48)  #: what the window system puts around a window, about
_LICENCE = "https://www.gnu.org/licenses/gpl-3.0.html"


class ShortcutsPage(QDialog):
    """Lists every action that has shortcuts, and what pointer and keys do in places of their own."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts_page")
        self._actions = actions
        self._shown: _Columns = _COLUMNS
        self._widths: dict[_Columns, int] = {}  # that these columns need
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._scroll)
        layout.addWidget(self._buttons)
        self.retranslate()
        whole = _PAGE * theme.zoom()
        room = parent.height() if parent is not None else whole.height()
        self.resize(room_on_screen(self, whole.boundedTo(QSize(whole.width(), room))))

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Shortcuts"))
        self._widths.clear()
        self._fill(_COLUMNS)
        if self.isVisible():
            self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as many columns as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        bar = self._scroll.verticalScrollBar()
        room = self._scroll.width() - 2 * self._scroll.frameWidth() - (0 if bar is None else bar.sizeHint().width())
        for wanted in (_COLUMNS, _TWO_COLUMNS, _ONE_COLUMN):
            if wanted not in self._widths:
                self._fill(wanted)
            if self._widths[wanted] <= room:
                break
        if wanted is not self._shown:
            self._fill(wanted)

    def _fill(self, shown: _Columns) -> None:
        self._shown = shown
        columns = QHBoxLayout()
        columns.setSpacing(theme.SPACE.XL + theme.SPACE.L)
        for groups, places in shown:
            column = _column()
            for group in groups:
                self._add_group(column, group)
            for place in places:
                _add_heading(column, tr(place))
                for gesture, effect in _GESTURES[place]:
                    _add_row(column, tr(effect), with_own_keys(tr(gesture)))
            column.setRowStretch(column.rowCount(), 1)
            columns.addLayout(column, 1)
        page = QWidget()
        page.setLayout(columns)
        self._scroll.setWidget(page)
        self._widths[shown] = page.minimumSizeHint().width()

    def _add_group(self, column: QGridLayout, group: str) -> None:
        _add_heading(column, plain(tr(GROUPS[group])))
        for spec in ACTIONS:
            if spec.group == group and spec.shortcuts:
                _add_row(column, tr(spec.text).rstrip("…"), self._keys(spec))

    def _keys(self, spec: ActionSpec) -> str:
        return "  ·  ".join(keys_text(shortcut) for shortcut in self._actions[spec.name].shortcuts())


def _column() -> QGridLayout:
    column = QGridLayout()
    column.setHorizontalSpacing(theme.SPACE.L)
    column.setVerticalSpacing(_APART)
    column.setColumnStretch(0, 1)
    return column


def _add_heading(column: QGridLayout, text: str) -> None:
    heading = QLabel(text)
    theme.set_role(heading, "heading")
    if column.count():
        heading.setContentsMargins(0, theme.SPACE.M, 0, 0)
    column.addWidget(heading, column.rowCount(), 0, 1, 2)


def _add_row(column: QGridLayout, text: str, keys: str) -> None:
    row = column.rowCount()
    column.addWidget(QLabel(text), row, 0)
    shown = QLabel(keys)
    theme.set_role(shown, "muted")
    column.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)


class AboutBox(QDialog):
    """Says what the program is, whose it is, and what it stands on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about_box")
        self._mark = QLabel(self)
        self._mark.setPixmap(icons.window_icon().pixmap(64))
        self._text = QLabel(self)
        self._text.setObjectName("about_text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._text.linkActivated.connect(_follow_link)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._buttons.rejected.connect(self.reject)
        words = QHBoxLayout()
        words.setSpacing(theme.SPACE.L)
        words.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.XL, theme.SPACE.XL, theme.SPACE.XL, theme.SPACE.L)
        layout.setSpacing(theme.SPACE.L)
        layout.addLayout(words)
        layout.addWidget(self._buttons)
        self.setFixedWidth(520)
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("About convviz"))
        paragraphs = (
            tr("See a small convolutional network learn: forward pass, backward pass and every training step, live."),
            tr("Version {version}").format(version=convviz.__version__),
            tr("Free software under the {licence}; it comes without any warranty.").format(
                licence=f'<a href="{_LICENCE}">GPL-3.0-or-later</a>'
            ),
            escaped(" · ".join(f"{name} {version}" for name, version in _libraries().items())),
        )
        body = "".join(f"<p>{text}</p>" for text in paragraphs)
        self._text.setText(f'<span style="font-size: {theme.font_size("title")}px">convviz</span>{body}')


def room_on_screen(window: QWidget, wanted: QSize) -> QSize:
    """Return the size that is wanted for a window, or as much of it as its screen has room for."""
    screen = window.screen()
    return wanted if screen is None else wanted.boundedTo(screen.availableSize() - _FRAME)


def _libraries() -> dict[str, str]:
    """Return what the program stands on, with versions."""
    from importlib.metadata import version

    return {
        "Python": platform.python_version(),
        "Qt": qVersion() or "",
        "PyQt": PYQT_VERSION_STR,
        "pyqtgraph": version("pyqtgraph"),
        "NumPy": version("numpy"),
    }


def _follow_link(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))


def ask_about_changes(
    parent: QWidget, name: str, save: Callable[[], object], discard: Callable[[], object], cancel: Callable[[], object]
) -> QMessageBox:
    """Ask what is to become of unsaved changes, and call what was answered. Does not wait for the answer."""
    box = QMessageBox(parent)
    box.setObjectName("unsaved_changes")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Unsaved changes"))
    box.setTextFormat(Qt.TextFormat.PlainText)  # whatever the file is called
    box.setText(tr("Save the changes of '{name}'?").format(name=name))
    box.setInformativeText(tr("They are lost if you do not."))
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    answers = {button.Save: save, button.Discard: discard}
    box.finished.connect(lambda code: answers.get(QMessageBox.StandardButton(code), cancel)())
    box.open()
    return box
