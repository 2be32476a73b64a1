"""Articles that people read beside their work."""
