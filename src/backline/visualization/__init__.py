"""Backline: visualization."""
