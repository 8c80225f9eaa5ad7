"""Pictures and tables of a frame or a run, made without a window."""
