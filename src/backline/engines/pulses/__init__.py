"""Backline: engines/pulses."""
