"""Python in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import convviz
from tests.patience import PATIENCE

#: What a process needs to find the program from another folder.
FROM_ANYWHERE = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(convviz.__file__).parents[1])}


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own, from another folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=FROM_ANYWHERE,
        timeout=PATIENCE,
        check=False,
    )
