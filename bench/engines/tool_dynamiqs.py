"""dynamiqs: JAX on the processor, double precision, jumps of the envelopes told to the stepper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cases
import dynamiqs as dq
import jax
import jax.numpy as jnp
import numpy as np
from prepared import Prepared
from problem import Problem, couplings, energies, lowering, signals, site_jumps, to_common

dq.set_precision("double")
dq.set_device("cpu")
dq.set_progress_meter(False)


def prepare(name: str, settings: dict[str, Any]) -> Prepared:
    """A case for dynamiqs.

    Args:
        name: Of the case.
        settings: `method` ("Expm", or an adaptive one with `rtol` and `atol`), `frame` ("common",
            "own"; "target" is that of the tones' carrier), `layout` ("dia" or "dense").
    """
    gives = cases.CASES[name].gives
    problem = cases.problem(name, settings.get("part"))
    frames = _frames(problem, settings["frame"])
    dq.set_layout(settings["layout"])
    method = _method(settings)
    quiet = {"method": method, "progress_meter": False}
    played = signals(problem, frames)
    still = _still(problem, frames)
    waves = jnp.array([signal.samples for signal in played])

    def hamiltonian(waves: Any) -> Any:
        total = dq.constant(still)
        for term in _terms(problem, frames, played, waves):
            total = total + term
        return total

    times = jnp.array([0.0, float(problem.duration)])
    ground = dq.basis(problem.dims, [0] * len(problem.dims))
    jumps = [
        _on(problem, site, jump)
        for site, item in enumerate(problem.transmons)
        for jump in site_jumps(item, problem.dt)
    ]

    @jax.jit
    def solve(waves: Any) -> Any:
        h = hamiltonian(waves)
        if gives == "propagator":
            found = dq.sepropagator(h, times, save_propagators=False, **quiet)
            return found.final_propagator.to_jax()
        if gives == "density":
            found = dq.mesolve(h, jumps, ground, times, save_states=False, **quiet)
        else:
            found = dq.sesolve(h, ground, times, save_states=False, **quiet)
        return found.final_state.to_jax()

    if gives == "sweep":
        scales = jnp.array(cases.sweep_amplitudes())
        each = jax.jit(jax.vmap(lambda scale: solve(scale * waves)[:, 0]))
        return Prepared(run=lambda: np.abs(np.asarray(each(scales))) ** 2)

    def run() -> Any:
        end = np.asarray(solve(waves))
        return to_common(problem, end[:, 0] if gives == "state" else end, frames)

    return Prepared(run=run)


def _method(settings: dict[str, Any]) -> Any:
    kind = getattr(dq.method, settings["method"])
    if settings["method"] == "Expm":
        return kind()
    return kind(rtol=settings["rtol"], atol=settings["atol"], max_steps=10_000_000)


def _frames(problem: Problem, name: str) -> tuple[float, ...]:
    if name == "target":
        return (problem.tones[-1].frequency,) * len(problem.transmons)
    return {"common": problem.common, "own": problem.own}[name]


def _on(problem: Problem, site: int, operator: Any) -> Any:
    factors = [dq.eye(levels) for levels in problem.dims]
    factors[site] = dq.asqarray(operator)
    return factors[0] if len(factors) == 1 else dq.tensor(*factors)


def _still(problem: Problem, frames: tuple[float, ...]) -> Any:
    bare = [
        _on(problem, site, np.diag(levels).astype(complex))
        for site, levels in enumerate(energies(problem, frames))
    ]
    total = sum(bare[1:], bare[0])
    for one, other, strength, turning in couplings(problem, frames):
        if not turning:
            hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
            total = total + strength * (hop + hop.dag())
    return total


def _terms(problem: Problem, frames: tuple[float, ...], played: list[Any], waves: Any) -> list[Any]:
    terms = []
    for one, other, strength, turning in couplings(problem, frames):
        if turning:
            hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
            phase = _phase(strength, turning)
            terms += [dq.modulated(phase, hop), dq.modulated(_conjugate(phase), hop.dag())]
    edges = jnp.arange(problem.duration + 1.0)
    for site in sorted({signal.site for signal in played}):
        rows = [k for k, signal in enumerate(played) if signal.site == site]
        down = _on(problem, site, lowering())
        if problem.rwa and all(abs(played[k].turning) < 1e-12 for k in rows):
            row = sum(waves[k] for k in rows)
            terms += [dq.pwc(edges, row, down), dq.pwc(edges, row.conj(), down.dag())]
            continue
        fast = 2 * np.pi * problem.dt * frames[site]
        value = _played(problem, [(played[k], waves[k]) for k in rows], fast)
        terms += [
            dq.modulated(value, down, discontinuity_ts=edges),
            dq.modulated(_conjugate(value), down.dag(), discontinuity_ts=edges),
        ]
    return terms


def _phase(strength: float, turning: float) -> Callable[[Any], Any]:
    return lambda t: strength * jnp.exp(1j * turning * t)


def _conjugate(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda t: jnp.conj(value(t))


def _played(problem: Problem, parts: list[Any], fast: float) -> Callable[[Any], Any]:
    def value(t: Any) -> Any:
        sample = jnp.clip(jnp.floor(t).astype(int), 0, problem.duration - 1)
        total = 0j
        for signal, row in parts:
            c = row[sample]
            total = total + c * jnp.exp(1j * signal.turning * t)
            if not problem.rwa:
                total = total + jnp.conj(c) * jnp.exp(-1j * (signal.carrier + fast) * t)
        return total

    return value
