"""Controls that are generated from the description of a setting, and the editor of a kernel's numbers."""
