"""The card of a lesson: what a scene tells and asks for, and the way from scene to scene."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolBar, QVBoxLayout, QWidget

from convviz.i18n import tr
from convviz.views import icons, theme
from convviz.views.action_texts import keys_text, tooltip
from convviz.views.editors.buttons import CONTROL_HEIGHT, IconButton

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from convviz.model.lessons.lesson import Lesson
    from convviz.views.actions import Actions

#: Height of what is read, in pixels: in a window that is wide, or for people who sit far away, and in one that is not;
#: how wide that is.
_LARGE, _USUAL, _WIDE = 20, 16, 1500
#: Width of the room for what is to be done, in heights of a letter, and the most of the window's that it takes.
_ASIDE, _SHARE = 21, 0.36
_ICON = 20


class LessonCard(QToolBar):
    """A strip under the toolbar, as high as the longest scene of the lesson needs, so that no scene moves anything.

    Signals
    -------
    back_asked(), next_asked(), leave_asked()
        The scene before, the one after (after the last: the end), and out of the lesson.
    """

    back_asked = pyqtSignal()
    next_asked = pyqtSignal()
    leave_asked = pyqtSignal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = actions
        self._lesson: Lesson | None = None
        self._index = 0
        self._done = False
        self._zoom = theme.zoom()
        self._page = QWidget(self)
        self._title = QLabel(self._page)
        self._title.setObjectName("lesson.title")
        theme.set_role(self._title, "strong")
        self._count = QLabel(self._page)
        self._count.setObjectName("lesson.count")
        theme.set_role(self._count, "muted")
        self._dots = _Dots(self._page)
        self._text = _words("lesson.text", self._page)
        self._sign = QLabel(self._page)
        self._sign.setFixedSize(_ICON, _ICON)
        self._task = _words("lesson.task", self._page)
        self._aside = QWidget(self._page)
        self._back = _button("lesson.back", self._page)
        self._next = _button("lesson.next", self._page)
        self._leave = IconButton("lesson.leave", "dismiss", self._page)
        for button, asked in (
            (self._back, self.back_asked),
            (self._next, self.next_asked),
            (self._leave, self.leave_asked),
        ):
            button.clicked.connect(asked)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._write_larger)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE.M)
        head.addWidget(self._title)
        head.addWidget(self._dots)
        head.addWidget(self._count)
        head.addStretch(1)
        told = QVBoxLayout()
        told.setSpacing(theme.SPACE.XS)
        told.addLayout(head)
        told.addWidget(self._text, 1)
        asked = QHBoxLayout()
        asked.setSpacing(theme.SPACE.S)
        asked.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        asked.addWidget(self._task, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE.S)
        buttons.addStretch(1)
        for button in (self._back, self._next, self._leave):
            buttons.addWidget(button)
        aside = QVBoxLayout(self._aside)
        aside.setContentsMargins(0, 0, 0, 0)
        aside.setSpacing(theme.SPACE.XS)
        aside.addLayout(asked, 1)
        aside.addLayout(buttons)
        layout = QHBoxLayout(self._page)
        layout.setContentsMargins(theme.SPACE.S, theme.SPACE.XS, theme.SPACE.XS, theme.SPACE.XS)
        layout.setSpacing(theme.SPACE.XL)
        layout.addLayout(told, 1)
        layout.addWidget(self._aside)
        self._page.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.addWidget(self._page)

    @property
    def page(self) -> QWidget:
        """What the card consists of."""
        return self._page

    def show_scene(self, lesson: Lesson, index: int) -> None:
        """Show a scene, of which nothing has been done yet."""
        is_other = lesson is not self._lesson
        self._lesson, self._index, self._done = lesson, index, False
        self._write()
        if is_other:
            self._measure()

    def show_done(self) -> None:
        """Say that what was asked for has been done."""
        self._done = True
        self._write()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Lesson"))
        self._page.setAccessibleName(tr("Lesson"))
        self._back.setText(tr("Previous"))
        self._leave.describe(tr("Leave the lesson"), tr("Leave the lesson; all is as it was before it (Esc)"))
        for button, name, told in (
            (self._back, "lesson_back", tr("The previous scene")),
            (self._next, "lesson_next", tr("The next scene; nothing has to be done first")),
        ):
            shortcut = self._actions[name].shortcut()
            button.setToolTip(tooltip(told, shortcut))
            button.setAccessibleDescription(keys_text(shortcut))
        self._write()
        self._measure()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Be as high as the longest scene needs at this width."""
        super().resizeEvent(event)
        if event is not None and event.size().width() != event.oldSize().width():
            self._measure()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme, or of how large everything is."""
        super().changeEvent(event)
        if event is None or self._lesson is None:
            return
        if event.type() == QEvent.Type.PaletteChange:
            self._show_sign()
        elif event.type() == QEvent.Type.StyleChange and theme.zoom() != self._zoom:
            self._zoom = theme.zoom()
            self._soon.start()  # what is set while a style sheet is put on is overwritten by it

    def _write_larger(self) -> None:
        self._write()
        self._measure()

    def _write(self) -> None:
        lesson, at = self._lesson, self._index
        if lesson is None:
            return
        scene, count = lesson.scenes[at], len(lesson.scenes)
        self._title.setText(tr(lesson.title))
        self._count.setText(tr("{n} of {count}").format(n=at + 1, count=count))
        self._dots.show_position(at, count)
        self._text.setText(_whole(tr(scene.text)))
        task = "" if scene.task is None else _whole(tr(scene.task.text))
        self._task.setText(task)
        self._sign.setVisible(bool(task))
        self._show_sign()
        last = at + 1 == count
        self._next.setText(tr("Finish") if last else tr("Next"))
        self._back.setEnabled(at > 0)
        done = tr("Done.") if self._done else ""
        self._task.setAccessibleName(f"{task} {done}".strip())
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(f"{self._count.text()}. {self._text.text()} {self._task.accessibleName()}")

    def _show_sign(self) -> None:
        """Show whether something is yet to be done, and let *next* be what is to be done where nothing else is."""
        colours = theme.current()
        name, colour = ("done", colours.good) if self._done else ("to_do", colours.accent)
        self._sign.setPixmap(icons.pixmap(name, colour, theme.scaled(_ICON)))
        self._sign.setToolTip(tr("Done.") if self._done else tr("To be done"))
        scene = None if self._lesson is None else self._lesson.scenes[self._index]
        self._next.setDefault(scene is not None and (scene.task is None or self._done))

    def _measure(self) -> None:
        """Take a size of letters that suits the window, and the height that the longest scene needs with it."""
        around = self.parentWidget()  # whose width is known before its own
        width = self.width() if around is None else around.width()
        pixels = theme.scaled(_LARGE if width >= _WIDE or theme.zoom() > 1 else _USUAL)
        icon = theme.scaled(_ICON)
        for label in (self._text, self._task):
            label.setFont(theme.font("body", pixels))
        self._sign.setFixedSize(icon, max(icon, QFontMetrics(self._task.font()).height()))  # beside the first line
        self._leave.take_size(theme.scaled(CONTROL_HEIGHT))
        self._aside.setFixedWidth(min(_ASIDE * pixels, round(_SHARE * width)))
        if self._lesson is None:
            return
        layout = self._page.layout()
        gaps = layout.spacing() + 2 * theme.SPACE.L if layout is not None else 0
        told = max(120, width - self._aside.width() - gaps)
        asked = self._aside.width() - icon - theme.SPACE.S
        tasks = [_whole(tr(scene.task.text)) for scene in self._lesson.scenes if scene.task is not None]
        texts = _height([_whole(tr(scene.text)) for scene in self._lesson.scenes], told, self._text)
        head = self._title.sizeHint().height() + theme.SPACE.XS
        buttons = self._next.sizeHint().height() + theme.SPACE.XS
        self._page.setFixedHeight(max(head + texts, _height(tasks, asked, self._task) + buttons) + 2 * theme.SPACE.XS)


class _Dots(QWidget):
    """A row of dots, one for each scene; those that were passed are filled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._at, self._of = 0, 1

    def show_position(self, at: int, count: int) -> None:
        """Show which scene it is, counted from 0."""
        self._at, self._of = at, count
        self.setFixedSize(theme.scaled(12 * count), theme.scaled(10))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the dots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.scale(theme.zoom(), theme.zoom())
        colours = theme.current()
        for n in range(self._of):
            side = 8 if n == self._at else 6
            painter.setBrush(colours.accent if n <= self._at else colours.disabled)
            painter.drawEllipse(12 * n + (12 - side) // 2, (10 - side) // 2, side, side)
        painter.end()


def _words(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    return label


def _whole(text: str) -> str:
    """Return ``text`` with what keeps a calculation in one line: no line is broken before or after a sign in it."""
    return re.sub(r" ([−+×·/=]) ", "\u00a0\\1\u00a0", text)


def _button(name: str, parent: QWidget) -> QPushButton:
    button = QPushButton(parent)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to what is looked at
    return button


def _height(texts: list[str], width: int, label: QLabel) -> int:
    """Return how high the highest of some texts is in a label."""
    metrics = QFontMetrics(label.font())
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    return max((metrics.boundingRect(0, 0, width, 10_000, int(flags), text).height() for text in texts), default=0) + 2
