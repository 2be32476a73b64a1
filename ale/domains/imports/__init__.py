"""Bringing a customer's data in: read, stage, validate, repair, publish."""
