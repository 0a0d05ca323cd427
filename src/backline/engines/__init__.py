"""Backline: engines."""
