"""Risk signals and issues."""
