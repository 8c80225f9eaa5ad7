"""The parts of the window's frame, as those who connect them to the document and the session take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from convviz.views.actions import Actions
    from convviz.views.banner import Banner
    from convviz.views.history_bar import HistoryBar
    from convviz.views.menus import Menus
    from convviz.views.status_line import StatusLine
    from convviz.views.transport import TransportBar


class Parts(NamedTuple):
    """Everything around the panels. None of it needs NumPy, so that it is on the screen before that is imported."""

    actions: Actions
    menus: Menus
    transport: TransportBar
    history: HistoryBar
    line: StatusLine
    banner: Banner
