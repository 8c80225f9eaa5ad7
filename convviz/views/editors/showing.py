"""Parts that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent, Qt

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget


def set_shown(widget: QWidget, shown: bool) -> None:
    """Show or hide a widget; where its parent is hidden, one that was never hidden itself is left to appear with that.

    Qt lays out what is shown, and everything in it, even in a page that is not on the screen and has no size yet.
    """
    parent = widget.parentWidget()
    explicit = widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    if not shown or explicit or parent is None or parent.isVisible():
        widget.setVisible(shown)


def lay_out_now(widget: QWidget) -> None:
    """Have a widget, and all that it lies in, find their places now, not just before they are painted.

    Each layout tells the one around it of another size by an event that waits; here none does.
    """
    part: QWidget | None = widget
    while part is not None:
        QCoreApplication.sendEvent(part, QEvent(QEvent.Type.LayoutRequest))
        part = None if part.isWindow() else part.parentWidget()
