"""Circuits, run gate by gate with the noise of a device."""

from backline.engines.gates.engine import METHODS, PRECISIONS, GateEngine, Ready

__all__ = ["METHODS", "PRECISIONS", "GateEngine", "Ready"]
