"""Playbooks: definitions as rows, a pure engine, running instances."""
