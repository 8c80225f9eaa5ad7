"""How the program looks: one palette, one scale of type, one scale of spacing, light and dark.

Everything that is drawn takes its colours from `current`, its fonts from `font` and its distances from `SPACE`.
Widgets that paint themselves read `current` while painting; a change of theme reaches every widget as
``QEvent.PaletteChange``. Widgets of Qt's own get their look from the style sheet, some by a role that `set_role` gives
them: a QLabel is ``small muted strong heading error warning good``; a QFrame ``card``, ``panel`` or ``divider``; a
button ``icon`` (nothing but its icon) or ``button`` (a word that would else be taken for a label).

For a presentation everything is drawn larger at once (`set_zoom`); widgets learn of it by ``QEvent.StyleChange``.

The application has to be made with the style `STYLE`.
"""

from __future__ import annotations

from convviz.views.theme.apply import STYLE, apply, current, set_role, set_zoom, worn_by
from convviz.views.theme.palette import DARK, LIGHT, THEMES, Theme
from convviz.views.theme.typography import (
    FONT_SIZES,
    READABLE,
    SPACE,
    FontRole,
    font,
    font_size,
    metrics,
    number_width,
)
from convviz.views.theme.zoom import scaled, scaled_alike, scaled_rect, unzoomed, usual, zoom

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
    "current",
    "font",
    "font_size",
    "metrics",
    "number_width",
    "scaled",
    "scaled_alike",
    "scaled_rect",
    "set_role",
    "set_zoom",
    "unzoomed",
    "usual",
    "worn_by",
    "zoom",
]
