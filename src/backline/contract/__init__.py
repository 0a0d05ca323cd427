"""Backline: contract."""
