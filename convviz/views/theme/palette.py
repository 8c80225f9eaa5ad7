"""The colours, and what each is for."""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtGui import QColor, QPalette


class Theme(NamedTuple):
    """One set of colours. Text colours keep a contrast of 4.5:1 or better on window, surface and raised.

    Attributes
    ----------
    window, surface, raised
        The chrome around the picture; the picture's own ground; cards and controls that lie on it.
    border, outline
        Hairlines between surfaces; the edge of a control (3:1 against every surface).
    hover, pressed
        Ground of a control under the pointer, and held down.
    text, muted, disabled
        What is read; what explains it; what cannot be used now.
    accent, on_accent, accent_soft
        The one colour that says 'this is selected, do this next'; text on it; its tint as a ground.
    good, warning, bad
        States of a run or a check.
    student, teacher, gradient
        The identities: what learns, what it learns from, and what moves it there. Labels, frames and chips use them.
    origin, effect
        Marks on cells that a number is computed from, and on those that are computed from it.
    curve, curve_2, curve_3, grid
        Of plots; what is not of the present run is dashed.
    """

    name: str
    dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    border: QColor
    outline: QColor
    hover: QColor
    pressed: QColor
    text: QColor
    muted: QColor
    disabled: QColor
    accent: QColor
    on_accent: QColor
    accent_soft: QColor
    good: QColor
    warning: QColor
    bad: QColor
    student: QColor
    teacher: QColor
    gradient: QColor
    origin: QColor
    effect: QColor
    curve: QColor
    curve_2: QColor
    curve_3: QColor
    grid: QColor

    def __hash__(self) -> int:
        """Return what the name hashes to: QColor does not hash, and there is one of each theme."""
        return hash(self.name)

    def hex_values(self) -> dict[str, str]:
        """Return every colour as ``#rrggbb`` by its name; one that is seen through as ``#aarrggbb``."""
        colours = {name: colour for name, colour in self._asdict().items() if isinstance(colour, QColor)}
        forms = QColor.NameFormat
        return {
            name: colour.name(forms.HexRgb if colour.alpha() == 255 else forms.HexArgb)
            for name, colour in colours.items()
        }

    def without_ground(self) -> Theme:
        """Return the same colours on a ground that is seen through."""
        return self._replace(window=_clear(self.window), surface=_clear(self.surface))

    def q_palette(self) -> QPalette:
        """Return the palette for the parts of widgets that no style sheet reaches."""
        palette = QPalette(self.raised, self.window)
        role = QPalette.ColorRole
        for which, colour in {
            role.Window: self.window,
            role.WindowText: self.text,
            role.Base: self.surface,
            role.AlternateBase: self.raised,
            role.Text: self.text,
            role.Button: self.raised,
            role.ButtonText: self.text,
            role.BrightText: self.bad,
            role.ToolTipBase: self.raised,
            role.ToolTipText: self.text,
            role.PlaceholderText: self.muted,
            role.Highlight: self.accent,
            role.HighlightedText: self.on_accent,
            role.Accent: self.accent,
            role.Link: self.accent,
            role.LinkVisited: self.gradient,
            role.Light: self.hover,
            role.Midlight: self.raised,
            role.Mid: self.border,
            role.Dark: self.outline,
            role.Shadow: self.outline,
        }.items():
            palette.setColor(which, colour)
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, self.disabled)
        palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, self.border)
        return palette


def _clear(colour: QColor) -> QColor:
    clear = QColor(colour)
    clear.setAlpha(0)
    return clear


def _theme(name: str, dark: bool, **colours: str) -> Theme:
    return Theme(name=name, dark=dark, **{key: QColor(value) for key, value in colours.items()})


LIGHT = _theme(
    "light",
    False,
    window="#eef0f4",
    surface="#ffffff",
    raised="#f7f8fa",
    border="#d8dce4",
    outline="#7e8695",
    hover="#e6e9ef",
    pressed="#d9dee7",
    text="#171b24",
    muted="#535c6b",
    disabled="#9aa2b0",
    accent="#2354d4",
    on_accent="#ffffff",
    accent_soft="#e2eafd",
    good="#177239",
    warning="#87540a",
    bad="#bb2229",
    student="#08716d",
    teacher="#9c4b06",
    gradient="#8430a6",
    origin="#c8005c",
    effect="#11151c",
    curve="#2354d4",
    curve_2="#a3266f",
    curve_3="#66660a",
    grid="#e4e7ed",
)

DARK = _theme(
    "dark",
    True,
    window="#12151b",
    surface="#191d25",
    raised="#222731",
    border="#343b48",
    outline="#727c8d",
    hover="#2c323e",
    pressed="#363d4b",
    text="#e9ecf2",
    muted="#a6afbe",
    disabled="#687180",
    accent="#84aaff",
    on_accent="#0c1322",
    accent_soft="#24345a",
    good="#62d08a",
    warning="#e9b95c",
    bad="#ff8f88",
    student="#42cdc1",
    teacher="#f2a65c",
    gradient="#d896f2",
    origin="#ff5fa8",
    effect="#ffffff",
    curve="#84aaff",
    curve_2="#f190c2",
    curve_3="#cdc75f",
    grid="#2a303b",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
