"""Backline: lowering."""
