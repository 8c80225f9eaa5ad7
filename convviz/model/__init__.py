"""The document: what an experiment is, how it is kept in files, how it is edited, and the one that is running."""
