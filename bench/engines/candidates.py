"""Settings that are tried for each tool: `tune.py` picks the fastest that is exact enough."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

TOLERANCES = (1e-5, 1e-6, 1e-7, 3e-8, 1e-8, 1e-9)


def qutip(name: str) -> Iterator[dict[str, Any]]:
    for integrator, frame, tolerance in product(
        ("vern7", "vern9", "dop853", "tsit5"), ("common", "own"), TOLERANCES
    ):
        yield {"integrator": integrator, "frame": frame, "rtol": tolerance, "atol": tolerance}


def dynamiqs(name: str) -> Iterator[dict[str, Any]]:
    layouts = ("dia",) if name in ("four", "six", "open") else ("dia", "dense")
    if name in ("one", "sweep"):
        for layout in layouts:
            yield {"method": "Expm", "frame": "own", "layout": layout}
    for method, frame, layout, tolerance in product(
        ("Tsit5", "Dopri8"), ("own",), layouts, TOLERANCES
    ):
        yield {
            "method": method,
            "frame": frame,
            "layout": layout,
            "rtol": tolerance,
            "atol": tolerance,
        }


def dynamics_jax(name: str) -> Iterator[dict[str, Any]]:
    jax = {"library": "jax"}
    closed = name != "open"
    if name in ("one", "sweep", "cr", "cr_propagator"):
        for method, order in product(("DysonSolver", "MagnusSolver"), (2, 3, 4)):
            yield {**jax, "method": method, "expansion": order, "frame": "common"}
    if closed and name != "six":
        sizes = (4, 8) if name == "lab" else (1, 2)
        for method, frame, substeps, magnus in product(
            ("jax_expm", "jax_expm_parallel"), ("common", "target"), sizes, (1, 2, 3)
        ):
            yield {
                **jax,
                "method": method,
                "frame": frame,
                "substeps": substeps,
                "magnus": magnus,
            }
    for method, tolerance in product(("Tsit5", "Dopri8"), TOLERANCES):
        yield {**jax, "method": method, "frame": "own", "rtol": tolerance, "atol": tolerance}


def dynamics_numpy(name: str) -> Iterator[dict[str, Any]]:
    numpy = {"library": "numpy"}
    if name != "open":
        for magnus in (1, 2, 3):
            yield {
                **numpy,
                "method": "scipy_expm",
                "frame": "common",
                "substeps": 1,
                "magnus": magnus,
            }
    for tolerance in TOLERANCES:
        yield {
            **numpy,
            "method": "DOP853",
            "frame": "common",
            "rtol": tolerance,
            "atol": tolerance,
        }


CANDIDATES = {
    "QuTiP": qutip,
    "dynamiqs": dynamiqs,
    "Dynamics, JAX": dynamics_jax,
    "Dynamics, numpy": dynamics_numpy,
}
