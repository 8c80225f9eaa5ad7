"""Plots, tables, scripts and moving pictures of a run, made without a window."""
