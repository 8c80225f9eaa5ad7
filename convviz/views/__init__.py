"""Widgets: they draw what they are given, and say what is asked of them."""
