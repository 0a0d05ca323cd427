"""Backline: each call starts from plain numbers, and everything is included."""

from __future__ import annotations

from typing import Any

import cases
import plain
from prepared import Prepared

from backline.engines.pulses import PulseEngine


def prepare(name: str, settings: dict[str, Any]) -> Prepared:
    """A case for Backline.

    Args:
        name: Of the case.
        settings: `accuracy` and `jit`, options of the engine.
    """
    gives = cases.CASES[name].gives
    if gives in ("sweep", "run"):
        import rabi

        return (rabi.populations if gives == "sweep" else rabi.sweep)(settings)
    if gives == "counts":
        from ghz import counts

        return counts(settings)
    problem = cases.problem(name)
    engine = PulseEngine(plain.model(problem), rwa=problem.rwa, **settings)
    waveforms = plain.program(problem)
    solve = engine.propagator if gives == "propagator" else engine.final_state
    return Prepared(run=lambda: solve(waveforms))
