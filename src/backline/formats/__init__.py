"""Backline: formats."""
