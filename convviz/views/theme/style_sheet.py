"""The style sheet of Qt's own widgets, filled from a theme."""

from __future__ import annotations

from functools import lru_cache
from string import Template
from typing import TYPE_CHECKING

from convviz.resources import resource
from convviz.views.theme.typography import FONT_SIZES, font_size

if TYPE_CHECKING:
    from convviz.views.theme.palette import Theme


#: Pixels between a button's word and its frame, above and at the side, and the height of the word.
_BUTTON = (4, 12, 20)


@lru_cache(maxsize=8)
def style_sheet(theme: Theme, zoom: float) -> str:
    """Return the application's style sheet in the colours of ``theme``; ``zoom`` is how large texts are now."""
    sizes = {f"px_{role}": f"{font_size(role)}px" for role in FONT_SIZES}
    icons = resource("icons", "theme", theme.name).as_posix()
    above, aside, high = (round(pixels * zoom) for pixels in _BUTTON)
    buttons = {
        "button": f"{above}px {aside}px",
        "button_focused": f"{above - 1}px {aside - 1}px",  # the frame of the focus is wider
        "button_high": f"{high}px",
    }
    return Template(_SHEET).substitute(theme.hex_values(), icons=icons, **sizes, **buttons)


_SHEET = """
* { outline: 0; }
QMainWindow, QDialog { background: $window; }
QWidget { color: $text; }
QWidget:disabled { color: $disabled; }

/* labels and frames ------------------------------------------------------------------------------------------------ */
QLabel { background: transparent; }
QLabel[role="small"] { font-size: $px_small; color: $muted; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="heading"] { font-size: $px_heading; font-weight: 600; }
QLabel[role="error"] { color: $bad; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="good"] { color: $good; }
QFrame[role="card"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[role="panel"] { background: $surface; border: none; }
QFrame[role="divider"] { background: $border; border: none; max-height: 1px; min-height: 1px; }

/* buttons ---------------------------------------------------------------------------------------------------------- */
QPushButton {
    background: $raised; border: 1px solid $outline; border-radius: 6px; padding: $button; min-height: $button_high;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $pressed; }
QPushButton:focus { border: 2px solid $accent; padding: $button_focused; }
QPushButton:disabled { border-color: $border; color: $disabled; background: transparent; }
QPushButton:default { background: $accent; border-color: $accent; color: $on_accent; }
QPushButton:default:hover { border-color: $text; }
QPushButton:default:focus { border: 2px solid $text; }
QPushButton:default:disabled { background: $hover; border-color: $border; color: $disabled; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton::menu-indicator { image: url("$icons/down.svg"); subcontrol-position: right center; right: 6px; }

QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 6px; min-height: 20px;
}
QToolButton[role="button"], QToolButton[role="chip"] { background: $raised; border-color: $outline; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked:focus { border: 2px solid $text; padding: 3px 5px; }
QToolButton[role="chip"] { padding: 4px 3px; }
QToolButton[role="chip"]:checked:focus { padding: 3px 2px; }
QToolButton:disabled { color: $disabled; }
QToolButton:checked:disabled { background: $hover; border-color: $border; }
QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 18px; }
QToolButton::menu-indicator { image: url("$icons/down.svg"); subcontrol-position: right center; right: 4px; }
QToolButton[role="icon"], QToolButton[role="icon"]:checked:focus { padding: 0; min-height: 0; }
QToolButton[role="icon"]::menu-indicator { image: none; }
QToolButton::menu-button { border: none; width: 16px; border-radius: 6px; }
QToolButton::menu-button:hover { background: $pressed; }
QToolButton::menu-arrow { image: url("$icons/down.svg"); width: 12px; height: 12px; }

/* fields ----------------------------------------------------------------------------------------------------------- */
QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $surface; border: 1px solid $outline; border-radius: 6px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QAbstractSpinBox, QComboBox { min-height: 20px; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid $accent; padding: 2px 5px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { border-color: $border; background: $raised; }
QLineEdit:read-only, QPlainTextEdit:read-only, QTextEdit:read-only { background: $raised; border-color: $border; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; background: transparent; min-height: 0; }
QAbstractSpinBox, QAbstractSpinBox:focus { padding-right: 0; }
QAbstractSpinBox[buttonSymbols="2"], QAbstractSpinBox[buttonSymbols="2"]:focus { padding-right: 4px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; border-top-right-radius: 5px; margin: 1px 1px 0 0; }
QAbstractSpinBox::down-button {
    subcontrol-position: bottom right; border-bottom-right-radius: 5px; margin: 0 1px 1px 0;
}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed { background: $pressed; }
QAbstractSpinBox::up-arrow { image: url("$icons/up.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$icons/down.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::up-arrow:disabled { image: url("$icons/up-off.svg"); }
QAbstractSpinBox::down-arrow:off, QAbstractSpinBox::down-arrow:disabled { image: url("$icons/down-off.svg"); }
QComboBox { padding-right: 2px; }
/* The padding stays the same: it is also that of the list, made without the focus and measured with it. */
QComboBox:focus { min-height: 18px; padding: 3px 1px 3px 5px; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none; }
QComboBox::down-arrow { image: url("$icons/down.svg"); width: 12px; height: 12px; }
QComboBox::down-arrow:disabled { image: url("$icons/down-off.svg"); }
QComboBox QAbstractItemView {
    background: $surface; border: 1px solid $border; padding: 4px;
    selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 6px; border-radius: 4px; }

QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $outline; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/check.svg"); }
QCheckBox::indicator:disabled { border-color: $border; background: $raised; }
QCheckBox::indicator:checked:disabled { background: $disabled; }

QSlider { background: transparent; min-height: 22px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::groove:vertical { width: 4px; border-radius: 2px; background: $border; }
QSlider::add-page:vertical { width: 4px; border-radius: 2px; background: $accent; }
QSlider::handle {
    background: $surface; border: 2px solid $accent; border-radius: 8px; width: 12px; height: 12px;
}
QSlider::handle:horizontal { margin: -6px 0; }
QSlider::handle:vertical { margin: 0 -6px; }
QSlider::handle:hover, QSlider::handle:focus { background: $accent_soft; }
QSlider[role="idle"]::handle { border-color: $outline; }
QSlider[role="idle"]::sub-page:horizontal { background: $outline; }
QSlider::handle:disabled { border-color: $disabled; background: $raised; }
QSlider::sub-page:disabled, QSlider::add-page:vertical:disabled { background: $disabled; }

QProgressBar {
    background: $border; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

/* containers ------------------------------------------------------------------------------------------------------- */
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $disabled; }

QAbstractItemView {
    background: $surface; alternate-background-color: $raised; border: 1px solid $border; border-radius: 6px;
    selection-background-color: $accent_soft; selection-color: $text; gridline-color: $border;
}
QListWidget:focus, QTableView:focus { border-color: $accent; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $accent_soft; color: $text; }
QListView::item { padding: 4px 6px; border-radius: 4px; }
QHeaderView { background: $raised; border: none; }
QHeaderView::section {
    background: $raised; color: $muted; padding: 4px 8px; border: none; border-bottom: 1px solid $border;
}
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableCornerButton::section { background: $raised; border: none; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; margin: 0; }
QScrollBar:horizontal { height: 10px; margin: 0; }
QScrollBar::handle { background: $outline; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

/* chrome ----------------------------------------------------------------------------------------------------------- */
QMenuBar { background: $window; border-bottom: 1px solid $border; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $surface; border: 1px solid $border; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::right-arrow { image: url("$icons/right.svg"); width: 12px; height: 12px; right: 6px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; border: 1px solid $outline; border-radius: 4px; }
QMenu::indicator:exclusive { border-radius: 7px; }
QMenu::indicator:disabled { border-color: $disabled; }
QMenu::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/check.svg"); }
QMenu::indicator:checked:disabled { background: $disabled; border-color: $disabled; }
QToolBar { background: $window; border: none; border-bottom: 1px solid $border; spacing: 2px; padding: 4px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 6px 6px; }
QToolBar::handle { image: none; width: 0; }
QToolBarExtension { qproperty-icon: url("$icons/right.svg"); }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $outline; padding: 4px 6px; }
"""
