"""QuTiP: sparse operators, coefficients that read the samples."""

from __future__ import annotations

import cmath
import itertools
from collections.abc import Callable
from typing import Any

import cases
import numpy as np
import qutip
from prepared import Prepared
from problem import Problem, couplings, energies, lowering, numbers, signals, site_jumps, to_common


def prepare(name: str, settings: dict[str, Any]) -> Prepared:
    """A case for QuTiP.

    Args:
        name: Of the case.
        settings: `integrator`, `rtol`, `atol`, and `frame` ("common" or "own").
    """
    gives = cases.CASES[name].gives
    if gives == "sweep":
        return _sweep(settings)
    problem = cases.problem(name, settings.get("part"))
    frames = _frames(problem, settings)
    options = _options(settings)
    h = _hamiltonian(problem, frames)
    if gives == "propagator":
        solver, start = qutip.SESolver(h, options=options), _identity(problem)
    elif gives == "density":
        start = qutip.ket2dm(_ground(problem))
        solver = qutip.MESolver(h, c_ops=_jumps(problem), options=options)
    else:
        solver, start = qutip.SESolver(h, options=options), _ground(problem)

    edges = _edges(problem)

    def run() -> Any:
        end = _advance(solver, start, edges)
        return to_common(problem, _plain(end, gives), frames)

    return Prepared(run=run)


def _advance(solver: Any, start: Any, edges: list[int]) -> Any:
    """From edge to edge; the integrator starts anew at each and never sees a jump."""
    solver.start(start, 0.0)
    state = start
    for first, last in itertools.pairwise(edges):
        state = solver.step(float(last), args={"sample": first}, copy=False)
    return state


def _edges(problem: Problem) -> list[int]:
    """Where any envelope changes, and both ends."""
    rows = np.array([signal.samples for signal in signals(problem, problem.own)])
    changes = np.flatnonzero((np.diff(rows, axis=1) != 0).any(axis=0)) + 1
    return [0, *changes.tolist(), problem.duration]


def _options(settings: dict[str, Any]) -> dict[str, Any]:
    options = {
        "method": settings["integrator"],
        "rtol": settings["rtol"],
        "atol": settings["atol"],
        "nsteps": 1_000_000,
        "progress_bar": "",
        "store_states": False,
    }
    if settings["integrator"] in ("vern7", "vern9"):
        options["interpolate"] = False
    return options


def _plain(end: Any, gives: str) -> Any:
    array = end.full()
    return array[:, 0] if gives == "state" else array


def _frames(problem: Problem, settings: dict[str, Any]) -> tuple[float, ...]:
    return {"common": problem.common, "own": problem.own}[settings["frame"]]


class Played:
    """The sum of all signals on a site, at a time within the sample that the solver is told."""

    def __init__(self, problem: Problem, parts: list[Any], frame: float) -> None:
        self.parts = [(part.samples.tolist(), part.turning, part.carrier) for part in parts]
        self.rwa = problem.rwa
        self.turn = 2 * np.pi * problem.dt * frame

    def __call__(self, t: float, sample: int) -> complex:
        total = 0j
        for samples, turning, carrier in self.parts:
            c = samples[sample]
            if c:
                total += c * cmath.exp(1j * turning * t)
                if not self.rwa:
                    total += c.conjugate() * cmath.exp(-1j * (carrier + self.turn) * t)
        return total


class Turning:
    """J exp(i turning t)."""

    def __init__(self, strength: float, turning: float) -> None:
        self.strength, self.turning = strength, turning

    def __call__(self, t: float) -> complex:
        return self.strength * cmath.exp(1j * self.turning * t)


def _hamiltonian(problem: Problem, frames: tuple[float, ...]) -> Any:
    levels = energies(problem, frames)
    bare = sum(e[n] for e, n in zip(levels, numbers(problem), strict=True))
    still = qutip.qdiags(bare, 0, dims=[list(problem.dims)] * 2).to("CSR")
    terms: list[Any] = []
    for one, other, strength, turning in couplings(problem, frames):
        hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
        if turning:
            coefficient = _coefficient(Turning(strength, turning))
            terms += [[hop, coefficient], [hop.dag(), coefficient.conj()]]
        else:
            still += strength * (hop + hop.dag())
    played = signals(problem, frames)
    for site in sorted({signal.site for signal in played}):
        parts = [signal for signal in played if signal.site == site]
        down = _on(problem, site, lowering())
        coefficient = _coefficient(Played(problem, parts, frames[site]), sample=0)
        terms += [[down, coefficient], [down.dag(), coefficient.conj()]]
    return qutip.QobjEvo([still, *terms])


def _coefficient(value: Callable[..., complex], **args: Any) -> Any:
    """QuTiP asks for a plain function."""
    if not args:
        return qutip.coefficient(lambda t: value(t))
    return qutip.coefficient(lambda t, sample: value(t, sample), args=args)


def _on(problem: Problem, site: int, operator: Any) -> Any:
    factors = [qutip.qeye(levels) for levels in problem.dims]
    factors[site] = qutip.Qobj(operator)
    return qutip.tensor(factors).to("CSR")


def _ground(problem: Problem) -> Any:
    return qutip.basis(list(problem.dims), [0] * len(problem.dims))


def _identity(problem: Problem) -> Any:
    return qutip.qeye(list(problem.dims)).to("Dense")


def _jumps(problem: Problem) -> list[Any]:
    return [
        _on(problem, site, jump)
        for site, item in enumerate(problem.transmons)
        for jump in site_jumps(item, problem.dt)
    ]


def _sweep(settings: dict[str, Any]) -> Prepared:
    """One amplitude after the other, stepwise as the rest."""
    problem = cases.problem("sweep")
    (signal,) = signals(problem, problem.own)
    samples = signal.samples.tolist()
    down = _on(problem, 0, lowering())
    played = qutip.coefficient(
        lambda t, sample, scale: scale * samples[sample], args={"sample": 0, "scale": 0.0}
    )
    still = qutip.qdiags(energies(problem, problem.own)[0], 0).to("CSR")
    h = qutip.QobjEvo([still, [down, played], [down.dag(), played.conj()]])
    solver = qutip.SESolver(h, options=_options(settings))

    def run() -> Any:
        rows = []
        for scale in cases.sweep_amplitudes():
            solver.start(_ground(problem), 0.0)
            for sample in range(problem.duration):
                args = {"sample": sample, "scale": float(scale)}
                state = solver.step(sample + 1.0, args=args, copy=False)
            rows.append(state.full()[:, 0])
        return np.abs(np.array(rows)) ** 2

    return Prepared(run=run)
