"""Tooltips that are more than a few words, and other texts with marks in them."""

from __future__ import annotations

_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escaped(text: str) -> str:
    """Return a text as rich text shows it; the module `html` would be loaded with all of its two thousand names."""
    return text.translate(_MARKS)


def paragraphs(*lines: str) -> str:
    """Return lines as rich text, which tooltips wrap where they are long; empty ones are left out."""
    return "".join(f"<p style='margin:2px 0'>{escaped(line)}</p>" for line in lines if line)
