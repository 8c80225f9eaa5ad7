"""A message that stands in the row of the status line until it is dealt with. It covers nothing and moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from PyQt6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from convviz.i18n import tr
from convviz.views import icons, theme
from convviz.views.lines import draw_lines, in_two_lines
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

#: How the text is written: as large as there is room for all of it.
_ROLES: tuple[theme.FontRole, ...] = ("strong", "body", "small")
_ICON, _CLOSE = 20, 26
_EDGE = 4  #: how wide the stripe is at the left, in the colour of the message


class Offer(NamedTuple):
    """Something a person can do about the message, as a button.

    Attributes
    ----------
    text, help
        Return the button's text, and its tooltip, in the current language.
    """

    name: str
    text: Callable[[], str]
    act: Callable[[], object]
    help: Callable[[], str] = str


class Message(NamedTuple):
    """What a banner says.

    Attributes
    ----------
    text
        Returns it in the current language.
    subject
        What it is about, so that whoever put it up can tell whether it is still his that is shown.
    """

    text: Callable[[], str]
    kind: Literal["info", "warning", "error"] = "error"
    subject: str = "file"
    offers: tuple[Offer, ...] = ()


class Banner(QFrame):
    """Shows one `Message` in a row of the window.

    Parameters
    ----------
    row
        What it lies in, as high as that.
    beside
        What stands at the end of the row, and is left free where the message has room enough without.
    """

    _message: Message | None = None

    def __init__(self, row: QWidget, beside: QWidget) -> None:
        super().__init__(row)
        self.setObjectName("banner")
        self._row, self._beside = row, beside
        self._offered: list[tuple[QPushButton, Offer]] = []
        self._icon = QLabel(self)
        self._text = _Words(self)
        self._text.setObjectName("banner_text")
        self._close = QToolButton(self)
        self._close.setObjectName("banner_close")
        self._close.setFixedSize(_CLOSE, _CLOSE)
        self._close.clicked.connect(self.dismiss)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(theme.SPACE.M, 0, theme.SPACE.S, 0)
        self._line.setSpacing(theme.SPACE.S)
        self._line.addWidget(self._icon)
        self._line.addWidget(self._text, 1)
        self._line.addWidget(self._close)
        theme.set_role(self._close, "icon")
        self.hide()
        row.installEventFilter(self)
        beside.installEventFilter(self)
        self.retranslate()

    @property
    def subject(self) -> str:
        """What the message that is shown is about; empty: none is shown."""
        return self._message.subject if self._message is not None else ""

    def show_message(self, message: Message) -> None:
        """Show ``message`` in place of the one before."""
        self._message = message
        for button, _ in self._offered:
            self._line.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._offered = [(self._made(offer), offer) for offer in message.offers]
        for place, (button, _) in enumerate(self._offered, 2):
            self._line.insertWidget(place, button)
            button.show()
        self.retranslate()
        self._restyle()
        self.show()
        self.raise_()
        self._place()

    def dismiss(self) -> None:
        """Take the message away."""
        self._message = None
        self.hide()

    def read_instead(self, text: str) -> None:
        """Let the row tell something else in place of the message, as long as somebody points at it; empty: nothing."""
        self._text.read_instead(text)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._close.setToolTip(tr("Close this message"))
        self._close.setAccessibleName(tr("Close this message"))
        if self._message is not None:
            self._text.setText(self._message.text())
            self.setAccessibleName(self._text.text())
            for button, offer in self._offered:
                button.setText(offer.text())
                button.setToolTip(offer.help())
            self._place()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and self._message is not None:
            self._restyle()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay in the row, and beside what stands at its end."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the ground, and a stripe that says of what kind the message is."""
        colours, (_, colour) = theme.current(), self._looks()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.raised)
        painter.fillRect(0, 0, _EDGE, self.height(), colour)
        painter.fillRect(0, 0, self.width(), 1, colours.border)
        painter.end()

    def _made(self, offer: Offer) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(offer.name)
        button.clicked.connect(offer.act)
        return button

    def _looks(self) -> tuple[str, QColor]:
        """Return the drawing and the colour of the message's kind."""
        colours = theme.current()
        kind = self._message.kind if self._message is not None else "error"
        looks = {"info": ("about", colours.accent), "warning": ("warning", colours.warning)}
        return looks.get(kind, ("error", colours.bad))

    def _restyle(self) -> None:
        colours, (name, colour) = theme.current(), self._looks()
        self._icon.setPixmap(icons.pixmap(name, colour, _ICON))
        self._close.setIcon(icons.icon("dismiss", colours.muted, colours.disabled))
        self.update()

    def _place(self) -> None:
        """Leave what is beside free where the message can be read at its full size without that room."""
        whole = self._row.width()
        short = self._beside.mapTo(self._row, QPoint()).x() - theme.SPACE.M
        taken = sum(button.sizeHint().width() + theme.SPACE.S for button, _ in self._offered)
        taken += _ICON + _CLOSE + theme.SPACE.M + 3 * theme.SPACE.S
        fits = not self._beside.isHidden() and self._text.fits(short - taken)
        self.setGeometry(0, 0, short if fits else whole, self._row.height())


class _Words(QLabel):
    """A sentence in at most two lines, as large as it can be written in its room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._instead = ""

    def minimumSizeHint(self) -> QSize:
        """Return that the sentence asks for nothing: it takes what is left."""
        return QSize(0, 0)

    def read_instead(self, text: str) -> None:
        """Write something else for a while."""
        if text != self._instead:
            self._instead = text
            self.update()

    def fits(self, width: int) -> bool:
        """Return whether all of the sentence can be written in the largest type in so many pixels."""
        return width > 0 and _is_whole(self.text(), in_two_lines(self.text(), _ROLES[0], width))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Write the sentence; the tooltip has all of it where there is no room for that."""
        text = self._instead or self.text()
        tried = ((role, in_two_lines(text, role, self.width())) for role in _ROLES)
        role, lines = next(((role, lines) for role, lines in tried if _is_whole(text, lines)), (_ROLES[-1], []))
        lines = lines or in_two_lines(text, role, self.width())
        self.setToolTip("" if _is_whole(text, lines) else paragraphs(text))
        painter = QPainter(self)
        painter.setFont(theme.font(role))
        painter.setPen(theme.current().text)
        draw_lines(painter, self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, lines, role)
        painter.end()


def _is_whole(text: str, lines: list[str]) -> bool:
    return "".join(lines) == text
