"""Pictures of the program that need no display: of the window, and of a run as it moves."""
