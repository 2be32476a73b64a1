"""Reports: questions about the rows of a table, kept under a name."""
