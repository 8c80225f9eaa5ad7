"""Parts that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt

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
