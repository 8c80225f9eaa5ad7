"""How the program looks: one palette, one scale of type, one scale of spacing, light and dark.

Everything that is drawn takes its colours from `current`, its fonts from `font` and its distances from `SPACE`.
Widgets that paint themselves read `current` while painting; a change of theme reaches every widget as
``QEvent.PaletteChange``. Widgets of Qt's own get their look from the style sheet through two dynamic properties:

``role``
    of a QLabel: ``small muted strong heading title error warning good student teacher gradient``; of a QFrame:
    ``card`` or ``divider``; of a button: ``primary`` (one per view), ``flat``, ``icon`` (nothing but its icon).
``invalid``
    of an input field whose text cannot be accepted.

Set them with `set_role` and `set_invalid`, which also make the style sheet look again.

The application has to be made with the style `STYLE`.
"""

from __future__ import annotations

from convviz.views.theme.apply import STYLE, apply, current, dark_wanted, set_invalid, set_role
from convviz.views.theme.palette import DARK, LIGHT, THEMES, Theme, contrast
from convviz.views.theme.typography import FONT_SIZES, READABLE, SPACE, FontRole, font, metrics, number_width

__all__ = [
    "DARK",
    "FONT_SIZES",
    "LIGHT",
    "READABLE",
    "SPACE",
    "STYLE",
    "THEMES",
    "FontRole",
    "Theme",
    "apply",
    "contrast",
    "current",
    "dark_wanted",
    "font",
    "metrics",
    "number_width",
    "set_invalid",
    "set_role",
]
