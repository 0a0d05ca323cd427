"""Qiskit Dynamics: its Solver on numpy or on JAX, in a rotating frame, with its signals."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import cases
import numpy as np
import qiskit_dynamics
from prepared import Prepared
from problem import Problem, couplings, energies, lowering, numbers, signals, site_jumps, to_common

warnings.filterwarnings("ignore")  # it warns of its own use of Qiskit's pulses


def prepare(name: str, settings: dict[str, Any]) -> Prepared:
    """A case for Qiskit Dynamics.

    Args:
        name: Of the case.
        settings: `library` ("numpy", "jax", "scipy_sparse", "jax_sparse"), `method`, and for fixed
            steps `substeps` of a sample and `magnus` (order), for others `rtol` and `atol`;
            `frame`: "common", "own" or "target" (of the last tone's carrier).
    """
    if settings["library"].startswith("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_platform_name", "cpu")
    gives = cases.CASES[name].gives
    if gives in ("counts", "run"):
        import dynamics_backend

        return (dynamics_backend.counts if gives == "counts" else dynamics_backend.sweep)(settings)
    problem = cases.problem(name, settings.get("part"))
    frames = _frames(problem, settings["frame"])
    if "expansion" in settings:
        solve = _perturbative(problem, frames, settings, gives)
    else:
        solve = _integrated(problem, frames, settings, gives)
    waves = np.array([signal.samples for signal in signals(problem, frames)])
    if settings["library"].startswith("jax"):
        import jax

        if gives == "sweep":
            each = jax.jit(jax.vmap(lambda scale: solve(scale * waves)))
            scales = cases.sweep_amplitudes()
            return Prepared(run=lambda: np.abs(np.asarray(each(scales))) ** 2)
        solve = jax.jit(solve)
    elif gives == "sweep":
        scales = cases.sweep_amplitudes()
        return Prepared(run=lambda: np.abs([solve(scale * waves) for scale in scales]) ** 2)
    return Prepared(run=lambda: to_common(problem, np.asarray(solve(waves)), frames))


def _frames(problem: Problem, name: str) -> tuple[float, ...]:
    if name == "target":
        return (problem.tones[-1].frequency,) * len(problem.transmons)
    return {"common": problem.common, "own": problem.own}[name]


def _integrated(
    problem: Problem, frames: tuple[float, ...], settings: dict[str, Any], gives: str
) -> Callable[[Any], Any]:
    """Its Solver. Time is counted in samples.

    With the RWA the operators are those of the frame already, two quadratures a tone. Without it
    the Hamiltonian is that of the laboratory, and Dynamics turns it into the frame.
    """
    operators, still, carriers, turning = _operators(problem, frames)
    spins = 2 * np.pi * problem.dt * (np.array(frames) @ numbers(problem))
    solver = qiskit_dynamics.Solver(
        static_hamiltonian=still if problem.rwa else still + np.diag(spins),
        hamiltonian_operators=operators,
        static_dissipators=_jumps(problem) if problem.open else None,
        array_library=settings["library"],
        vectorized=settings.get("vectorized"),
        validate=False,
        rotating_frame=None if problem.rwa else spins,
    )
    options = _stepping(settings, problem.duration)
    start = _start(problem, gives)
    span = [0.0, float(problem.duration)]

    def solve(waves: Any) -> Any:
        played: list[Any] = []
        for row, carrier in zip(waves, carriers, strict=True):
            if problem.rwa:
                played += _quadratures(qiskit_dynamics.DiscreteSignal, row, carrier, dt=1.0)
            else:
                played.append(
                    qiskit_dynamics.DiscreteSignal(1.0, 2 * row, carrier_freq=carrier / (2 * np.pi))
                )
        for strength, speed in turning:
            played += _quadratures(qiskit_dynamics.Signal, strength, speed)
        end = solver.solve(t_span=span, y0=start, signals=played, **options).y[-1]
        return getattr(end, "data", end)

    return solve


def _stepping(settings: dict[str, Any], duration: int) -> dict[str, Any]:
    """Options of `Solver.solve`.

    Methods of diffrax are told where envelopes jump; fixed steps never cross a sample's edge.
    """
    method = settings["method"]
    tolerances = {key: settings[key] for key in ("rtol", "atol") if key in settings}
    if method in ("Tsit5", "Dopri8"):
        import diffrax

        steps = diffrax.ClipStepSizeController(
            diffrax.PIDController(**tolerances), jump_ts=np.arange(1.0, duration)
        )
        return {
            "method": getattr(diffrax, method)(),
            "stepsize_controller": steps,
            "max_steps": 10_000_000,
        }
    options = {"method": method, **tolerances}
    if "substeps" in settings:
        options["max_dt"] = 1 / settings["substeps"]
    if "magnus" in settings:
        options["magnus_order"] = settings["magnus"]
    return options


def _quadratures(kind: Any, row: Any, turning: float, **more: Any) -> list[Any]:
    """Re[s e^{iwt}] on a + a† and Re[-i s e^{iwt}] on i (a - a†) make s e^{iwt} a + h.c."""
    cycles = turning / (2 * np.pi)
    if more:
        return [kind(samples=part, carrier_freq=cycles, **more) for part in (row, -1j * row)]
    return [kind(part, carrier_freq=cycles) for part in (row, -1j * row)]


def _operators(problem: Problem, frames: tuple[float, ...]) -> tuple[Any, ...]:
    """(operators, still part, carriers of the signals, (J, turning) of couplings that turn)."""
    bare = sum(e[n] for e, n in zip(energies(problem, frames), numbers(problem), strict=True))
    still = np.diag(bare).astype(complex)
    operators, turning = [], []
    played = signals(problem, frames)
    for signal in played:
        down = _on(problem, signal.site, lowering())
        operators += [down + down.T, 1j * (down - down.T)][: 2 if problem.rwa else 1]
    for one, other, strength, speed in couplings(problem, frames):
        hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
        if speed:
            operators += [hop + hop.T, 1j * (hop - hop.T)]
            turning.append((strength, speed))
        else:
            still += strength * (hop + hop.T)
    carriers = [signal.turning if problem.rwa else signal.carrier for signal in played]
    return operators, still, carriers, turning


def _perturbative(
    problem: Problem, frames: tuple[float, ...], settings: dict[str, Any], gives: str
) -> Callable[[Any], Any]:
    """Its Dyson or Magnus solver: the undriven part is the frame, one step a sample.

    Envelopes are constant within a step, which is a Chebyshev polynomial of degree 0, exactly.
    """
    kind = getattr(qiskit_dynamics, settings["method"])
    operators, still, carriers, _ = _operators(problem, frames)
    count = len(operators)
    solver = kind(
        operators=[-1j * item for item in operators],
        rotating_frame=-1j * still,
        dt=1.0,
        carrier_freqs=[carrier / (2 * np.pi) for carrier in carriers for _ in range(2)],
        chebyshev_orders=[0] * count,
        expansion_order=settings["expansion"],
        integration_method="jax_odeint",
        rtol=1e-11,
        atol=1e-11,
    )
    start = _start(problem, gives)
    levels, vectors = np.linalg.eigh(still)
    back = (vectors * np.exp(-1j * problem.duration * levels)) @ vectors.conj().T

    def solve(waves: Any) -> Any:
        played: list[Any] = []
        for row, carrier in zip(waves, carriers, strict=True):
            played += _quadratures(qiskit_dynamics.DiscreteSignal, row, carrier, dt=1.0)
        end = solver.solve(t0=0.0, n_steps=problem.duration, y0=start, signals=played).y[-1]
        return back @ end

    return solve


def _start(problem: Problem, gives: str) -> Any:
    if gives == "propagator":
        return np.eye(problem.size, dtype=complex)
    ground = np.eye(problem.size, dtype=complex)[0]
    return np.outer(ground, ground) if gives == "density" else ground


def _jumps(problem: Problem) -> list[Any]:
    return [
        _on(problem, site, jump)
        for site, item in enumerate(problem.transmons)
        for jump in site_jumps(item, problem.dt)
    ]


def _on(problem: Problem, site: int, operator: Any) -> Any:
    left = np.eye(problem.dims[0] ** site)
    right = np.eye(problem.dims[0] ** (len(problem.dims) - site - 1))
    return np.kron(np.kron(left, operator), right).astype(complex)
