"""Backline: engines/gates."""
