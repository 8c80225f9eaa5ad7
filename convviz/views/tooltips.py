"""Tooltips, and other rich text, of more than a few words."""

from __future__ import annotations

#: As `html.escape` does it, which brings the names of two thousand characters with it.
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escaped(text: str) -> str:
    """Return plain text as rich text that looks the same."""
    return text.translate(_MARKUP)


def paragraphs(*lines: str) -> str:
    """Return lines as rich text, which tooltips wrap where they are long; empty ones are left out."""
    return "".join(f"<p style='margin:2px 0'>{escaped(line)}</p>" for line in lines if line)
