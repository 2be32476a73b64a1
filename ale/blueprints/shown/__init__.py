"""What the templates of the doors read, where a door needs more than one record: one module per page."""
