"""Which tools are measured, and how each is set for each case.

A peer's settings are the fastest of `candidates.py` that reach the error of the case, as `tune.py`
found them; where none does, the fastest that comes nearest. `part` runs only so many first
samples: what a whole run would take is extrapolated, and shown as "~". A sentence in place of
settings says why a tool does not run a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cases


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One column of the tables.

    Attributes:
        name: What it is called.
        module: The module here that speaks to it.
        environment: Folder of its virtual environment, from the project's root.
    """

    name: str
    module: str
    environment: str


OURS = Tool(name="Backline", module="tool_backline", environment=".venv")
TOOLS = (
    OURS,
    Tool(name="Dynamics, JAX", module="tool_dynamics", environment=".venv-dynamics"),
    Tool(name="Dynamics, numpy", module="tool_dynamics", environment=".venv-dynamics"),
    Tool(name="QuTiP", module="tool_qutip", environment=".venv-peers"),
    Tool(name="dynamiqs", module="tool_dynamiqs", environment=".venv-peers"),
)


def settings_of(case: str, tool: Tool) -> dict[str, Any] | str:
    """Settings of a tool for a case, or why it does not run it."""
    if tool is OURS:
        jit = case in ("one", "sweep", "rabi")
        return {"accuracy": cases.CASES[case].error or 1e-6, "jit": jit}
    return PEERS[tool.name].get(case, "not run")


def _dyson(order: int) -> dict[str, Any]:
    return {"library": "jax", "method": "DysonSolver", "expansion": order, "frame": "common"}


def _expm(library: str, method: str, magnus: int, **more: Any) -> dict[str, Any]:
    sizes = {"substeps": 1, "magnus": magnus, "frame": "common"}
    return {"library": library, "method": method, **sizes, **more}


def _diffrax(method: str, tolerance: float, **more: Any) -> dict[str, Any]:
    tolerances = {"rtol": tolerance, "atol": tolerance}
    return {"library": "jax", "method": method, "frame": "own", **tolerances, **more}


def _qutip(tolerance: float, **more: Any) -> dict[str, Any]:
    tolerances = {"rtol": tolerance, "atol": tolerance}
    return {"integrator": "vern7", "frame": "common", **tolerances, **more}


def _dynamiqs(method: str, tolerance: float, layout: str = "dia", **more: Any) -> dict[str, Any]:
    tolerances = {"rtol": tolerance, "atol": tolerance}
    return {"method": method, "frame": "own", "layout": layout, **tolerances, **more}


_NO_GATES = "it runs no circuits on devices"
_NO_BACKEND = "it has no backend"
_DENSE = "not run: a dense operator is 55 GB"

PEERS: dict[str, dict[str, dict[str, Any] | str]] = {
    "Dynamics, JAX": {
        "one": _dyson(3),
        "sweep": _dyson(3),
        "rabi": "not run: nothing is compiled there, and 100 of the schedules take over a minute",
        "cr": _diffrax("Dopri8", 1e-6),
        "cr_propagator": _expm("jax", "jax_expm", 3),
        "four": _diffrax("Tsit5", 1.5e-9),
        "six": _diffrax("Tsit5", 1e-9, part=61),
        "ten": _DENSE,
        "open": _diffrax("Dopri8", 2e-6),
        "lab": _diffrax("Dopri8", 3e-8, frame="common"),
        "ghz": "see Dynamics, numpy, whose sparse operators are faster",
    },
    "Dynamics, numpy": {
        "one": _expm("numpy", "scipy_expm", 1),
        "sweep": "1,000 times the case above, one after the other",
        "rabi": {
            "library": "numpy",
            "method": "scipy_expm",
            "substeps": 1,
            "magnus": 1,
            "part": 20,
        },
        "cr": _expm("numpy", "scipy_expm", 3),
        "cr_propagator": _expm("numpy", "scipy_expm", 3),
        "four": _expm("numpy", "scipy_expm", 3, part=61),
        "six": _expm("numpy", "scipy_expm", 3, part=6),
        "ten": _DENSE,
        "open": {
            "library": "numpy",
            "method": "DOP853",
            "frame": "common",
            "rtol": 1e-8,
            "atol": 1e-8,
            "part": 61,
        },
        "lab": _expm("numpy", "scipy_expm", 3, substeps=8, part=53),
        "ghz": {
            "library": "scipy_sparse",
            "method": "DOP853",
            "rtol": 1e-6,
            "atol": 1e-6,
            "part": 300,
        },
    },
    "QuTiP": {
        "one": _qutip(1e-6),
        "sweep": _qutip(1e-6),
        "rabi": _NO_BACKEND,
        "cr": _qutip(3e-8),
        "cr_propagator": _qutip(1e-6),
        "four": _qutip(2e-8),
        "six": _qutip(1e-8),
        "ten": _qutip(1e-7, part=20),
        "open": _qutip(2e-8),
        "lab": _qutip(1e-7),
        "ghz": _NO_GATES,
    },
    "dynamiqs": {
        "one": {"method": "Expm", "frame": "own", "layout": "dia"},
        "sweep": {"method": "Expm", "frame": "own", "layout": "dense"},
        "rabi": _NO_BACKEND,
        "cr": _dynamiqs("Tsit5", 2e-8),
        "cr_propagator": _dynamiqs("Tsit5", 2e-8),
        "four": _dynamiqs("Tsit5", 5e-9),
        "six": _dynamiqs("Tsit5", 5e-9),
        "ten": _dynamiqs("Tsit5", 5e-9, part=20),
        "open": _dynamiqs("Tsit5", 1e-7),
        "lab": _dynamiqs("Tsit5", 3e-8),
        "ghz": _NO_GATES,
    },
}
