"""Put a theme on the application, and follow the system's choice of light or dark."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PyQt6.QtGui import QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from convviz.views.theme.palette import DARK, LIGHT, THEMES, Theme
from convviz.views.theme.style_sheet import style_sheet
from convviz.views.theme.typography import font
from convviz.views.theme.zoom import take_zoom, zoom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Of Qt's styles the one that looks alike on every system and takes all of the palette.
STYLE = "fusion"

_current = LIGHT
_follower: _SystemFollower | None = None
_is_behind = False  #: whether some widgets were left as they were


def current() -> Theme:
    """Return the theme that is on the screen."""
    return _current


def apply(app: QApplication, name: str = "system") -> Theme:
    """Put the theme ``light``, ``dark`` or ``system`` on the application and return what it came to.

    ``system`` goes on following the desktop until another is applied.
    """
    global _follower
    if _follower is None:
        _follower = _SystemFollower(app)
    _follower.active = name == "system"
    wanted = (DARK if _is_dark_wanted() else LIGHT) if name == "system" else THEMES[name]
    _put_on(app, wanted)
    return wanted


def set_zoom(app: QApplication, factor: float, away: Iterable[QWidget] = ()) -> None:
    """Draw everything ``factor`` times as large as usual from now on.

    What is in ``away`` may stay as it is: it is not seen before this is called again without it.
    """
    take_zoom(factor)
    _put_on(app, _current, tuple(away))


def _is_dark_wanted() -> bool:
    """Return whether the desktop asks for dark colours."""
    hints = QGuiApplication.styleHints()
    return hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget one of the roles that the style sheet knows."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # the style sheet is still to look
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()


def _put_on(app: QApplication, wanted: Theme, away: tuple[QWidget, ...] = ()) -> None:
    global _current, _is_behind
    sheet = style_sheet(wanted, zoom())
    if wanted is _current and app.styleSheet() == sheet and (away or not _is_behind):
        return
    _current, _is_behind = wanted, bool(away)
    app.setFont(font("body"))
    palette = wanted.q_palette()
    app.setPalette(palette)
    QToolTip.setPalette(palette)
    _take_sheet(app, sheet, away)


def _take_sheet(app: QApplication, sheet: str, away: Iterable[QWidget]) -> None:
    """Give the application a style sheet, and polish every widget once, but for those that are in ``away``.

    Left to itself, Qt polishes a widget once more for each widget that it lies in, a dozen times in the inspector: it
    goes through all whose rules it has kept, and from each of them through all that is in it. So it is made to forget
    the rules before.
    """
    if not app.styleSheet():  # there is nothing to forget, and a start is spared the names of all that a style has
        app.setStyleSheet(sheet)
        return
    style = app.style()
    if style is not None:
        style.unpolish(app)
    app.setStyleSheet(sheet)
    left_out = set(_within(away))
    for widget in _within(root for root in app.topLevelWidgets() if root.parent() is None):
        if widget in left_out or sip.isdeleted(widget):  # some make what is in them anew as they hear of it
            continue
        own = widget.style()
        is_polished = widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)  # else it is when it is shown
        if is_polished and own is not None:
            own.polish(widget)
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def _within(widgets: Iterable[QWidget]) -> Iterator[QWidget]:
    """Give some widgets and all that is in them, each before what is in it."""
    for widget in widgets:
        yield widget
        yield from widget.findChildren(QWidget)


@contextmanager
def worn_by(widgets: Iterable[QWidget], wanted: Theme) -> Iterator[None]:
    """Let some widgets, with all that is in them, wear another theme than the application; it is `current` meanwhile.

    Nothing of it is seen on the screen as long as no event is handled before it is over.
    """
    global _current
    before = _current
    if wanted == before:
        yield
        return
    dressed = [(widget, widget.styleSheet()) for widget in widgets]
    # A palette does not reach through a part that has a ground by the style sheet.
    filled = [child for widget, _ in dressed for child in widget.findChildren(QWidget) if child.autoFillBackground()]
    painted = [widget for widget, _ in dressed] + filled
    try:
        _current = wanted
        for widget, _ in dressed:
            widget.setStyleSheet(style_sheet(wanted, zoom()))
        for widget in painted:
            widget.setPalette(wanted.q_palette())
        yield
    finally:
        _current = before
        for widget, sheet in dressed:
            widget.setStyleSheet(sheet)
        for widget in painted:
            widget.setPalette(QPalette())


class _SystemFollower(QObject):
    """Applies the system's theme again when the desktop changes its mind."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.active = False
        hints = app.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._changed)

    def _changed(self, scheme: Qt.ColorScheme) -> None:
        app = QApplication.instance()
        if self.active and isinstance(app, QApplication):
            _put_on(app, DARK if scheme == Qt.ColorScheme.Dark else LIGHT)
