"""Backline: jobs."""
