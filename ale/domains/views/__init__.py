"""Lists as somebody arranged them, kept under a name for oneself, for a role or for everybody."""
