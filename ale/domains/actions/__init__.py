"""Recommended actions: what is proposed beside a record, and the registration of Service Exchange consumers."""
