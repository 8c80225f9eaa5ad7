"""A message that lies over the picture until it is dealt with. It blocks nothing and moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from convviz.i18n import tr
from convviz.views import icons, theme

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 720
_MARGIN = theme.SPACE.M


class Offer(NamedTuple):
    """Something a person can do about the message, as a button.

    ``text`` returns the button's text in the current language.
    """

    name: str
    text: Callable[[], str]
    act: Callable[[], object]


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
    """Shows one `Message` at the upper edge of the widget it lies over."""

    _message: Message | None = None

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("banner")
        self._over = over
        self._offered: list[tuple[QPushButton, Offer]] = []
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("banner_text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.SPACE.S)
        self._buttons.addStretch(1)
        self._close = QToolButton(self)
        self._close.setObjectName("banner_close")
        self._close.clicked.connect(self.dismiss)
        self._lay_out()
        theme.set_role(self, "card")
        self.hide()
        over.installEventFilter(self)
        self.retranslate()

    def _lay_out(self) -> None:
        self._words = QVBoxLayout()
        self._words.setSpacing(theme.SPACE.S)
        self._words.addWidget(self._text)
        self._words.addLayout(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.L, theme.SPACE.M, theme.SPACE.S, theme.SPACE.M)
        layout.setSpacing(theme.SPACE.M)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._words, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def subject(self) -> str:
        """What the message that is shown is about; empty: none is shown."""
        return self._message.subject if self._message is not None else ""

    def show_message(self, message: Message) -> None:
        """Show ``message`` in place of the one before."""
        self._message = message
        for button, _ in self._offered:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._offered = [(self._made(offer), offer) for offer in message.offers]
        for place, (button, _) in enumerate(self._offered):
            self._buttons.insertWidget(place, button)
            button.show()  # at once: the height counts what is shown
        self.retranslate()
        self._restyle()
        self.show()
        self.raise_()
        self._place()

    def dismiss(self) -> None:
        """Take the message away."""
        self._message = None
        self.hide()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._close.setToolTip(tr("Close this message"))
        self._close.setAccessibleName(tr("Close this message"))
        if self._message is not None:
            self._text.setText(self._message.text())
            self.setAccessibleName(self._text.text())
            for button, offer in self._offered:
                button.setText(offer.text())
            self._place()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow a change of the theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and self._message is not None:
            self._restyle()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay at the upper edge of what this lies over."""
        if event is not None and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _made(self, offer: Offer) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(offer.name)
        button.clicked.connect(offer.act)
        return button

    def _restyle(self) -> None:
        colours = theme.current()
        kind = self._message.kind if self._message is not None else "error"
        name, colour = {"info": ("about", colours.accent), "warning": ("warning", colours.warning)}.get(
            kind, ("error", colours.bad)
        )
        self._icon.setPixmap(icons.pixmap(name, colour, 20))
        self._close.setIcon(icons.icon("dismiss", colours.muted, colours.disabled))

    def _place(self) -> None:
        width = min(_WIDTH, self._over.width() - 2 * _MARGIN)
        self.setFixedWidth(max(width, 120))
        self._words.invalidate()  # a new text makes only the layout around this one forget how high it was
        self.setFixedHeight(max(self.heightForWidth(self.width()), QFontMetrics(self.font()).height()))
        self.move((self._over.width() - self.width()) // 2, _MARGIN)
