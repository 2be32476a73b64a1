"""Who follows a record is told by mail what happens to it."""
