"""The panels of the window, none of which knows another."""
