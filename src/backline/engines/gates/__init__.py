"""Circuits, run gate by gate with the noise of a device."""

from backline.engines.gates.engine import METHODS, GateEngine, Ready

__all__ = ["METHODS", "GateEngine", "Ready"]
