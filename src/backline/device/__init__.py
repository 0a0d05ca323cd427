"""Backline: device."""
