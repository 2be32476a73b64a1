"""Settings and scheduled work that administrators see as rows."""
