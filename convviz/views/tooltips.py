"""Tooltips that are more than a few words."""

from __future__ import annotations

import html


def paragraphs(*lines: str) -> str:
    """Return lines as rich text, which tooltips wrap where they are long; empty ones are left out."""
    return "".join(f"<p style='margin:2px 0'>{html.escape(line)}</p>" for line in lines if line)
