"""The figures of the landing pages and their daily history."""
