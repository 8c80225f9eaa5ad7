"""``convviz doctor``: what this machine lacks for a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz import doctor
from convviz.cli.exits import DONE, UNABLE
from convviz.i18n import mark

if TYPE_CHECKING:
    import argparse

SUMMARY = mark("say what this machine lacks for a window, and how to install it")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print what was found; 0 if the window can open, else 1."""
    findings = doctor.examine()
    print(doctor.report(findings))
    return UNABLE if doctor.obstacles(findings) else DONE
