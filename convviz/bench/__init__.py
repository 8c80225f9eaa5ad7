"""`convviz bench`: what the engine and the window reach on this machine, measured against others in one run."""
