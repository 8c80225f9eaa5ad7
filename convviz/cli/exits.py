"""What the command's exit code says."""

from __future__ import annotations

DONE = 0
UNABLE = 1  #: the window cannot open, or a picture not be drawn, or the doctor found why
TOO_SLOW = 1  #: the short benchmark is far below what was reached, or its competitors do other work
BAD_INPUT = 2  #: one line on stderr says which file and field, or argument
DIVERGED = 3  #: the loss stopped being a number; what was asked for was written all the same
INTERRUPTED = 130  #: Ctrl+C, or told to end otherwise; what `train` had computed until then was written
