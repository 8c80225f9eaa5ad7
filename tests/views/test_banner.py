"""The message over the picture: all of it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtWidgets import QLabel, QWidget

from convviz.views import theme
from convviz.views.banner import Banner, Message, Offer

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

SHORT = "The file could not be opened."
LONG = " ".join(f"This is sentence {n} of a message that is much longer than one line." for n in range(5))
OFFERS = (Offer("undo_it", lambda: "Undo", lambda: None),)


@pytest.fixture
def banner(qapp: QApplication, qtbot: QtBot) -> Banner:
    theme.apply(qapp, "light")
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(900, 500)
    over.show()
    return Banner(over)


@pytest.mark.parametrize("offers", [(), OFFERS])
def test_a_message_has_room_for_all_of_its_lines_whatever_was_shown_before(
    qtbot: QtBot, banner: Banner, offers: tuple[Offer, ...]
) -> None:
    text = banner.findChild(QLabel, "banner_text")
    assert text is not None
    banner.show_message(Message(lambda: LONG, offers=offers))
    alone = banner.height()
    banner.show_message(Message(lambda: SHORT))
    assert banner.height() < alone
    banner.show_message(Message(lambda: LONG, offers=offers))
    assert banner.height() == alone
    qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
    assert banner.height() == alone
