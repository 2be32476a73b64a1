"""What every record stands on: no request, no HTML, no business subject."""
