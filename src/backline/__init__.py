"""Backline: everything behind a quantum program."""
