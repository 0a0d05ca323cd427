"""Backline: pulse."""
