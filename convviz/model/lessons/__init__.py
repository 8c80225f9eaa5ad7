"""Guided lessons: what a scene says, shows and asks for, read from files that are data and never code.

Nothing is imported here: whoever only names the lessons, as a menu does, has no need of what reads them.
"""
