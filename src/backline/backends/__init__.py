"""Backline: backends."""
