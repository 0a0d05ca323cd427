"""An independent solution of each case: DOP853 sample by sample in the interaction picture.

The picture is that of the sites' undriven levels. What is left turns slowly and is small, so that
tolerances of 1e-12 a sample are cheap; the envelopes' jumps lie between two integrations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import cases
import numpy as np
from problem import (
    LEVELS,
    Complex,
    Problem,
    Real,
    couplings,
    energies,
    lowering,
    numbers,
    signals,
    site_jumps,
)
from scipy.integrate import solve_ivp
from scipy.sparse import csr_array, eye_array, kron

TOLERANCE = 1e-12


def reference(name: str, folder: Path) -> Complex:
    """The exact answer of a case, from the folder if it was made before for the same numbers."""
    gives, problem = cases.CASES[name].gives, cases.problem(name)
    return cached(folder, problem, gives)


def cached(folder: Path, problem: Problem, gives: str) -> Complex:
    """The exact answer of a problem, from the folder if it is there."""
    key = hashlib.sha256()
    key.update(repr((problem.transmons, problem.couplings, problem.duration, problem.dt)).encode())
    key.update(repr((problem.rwa, gives, TOLERANCE)).encode())
    for tone in problem.tones:
        key.update(repr((tone.site, tone.strength, tone.frequency, tone.start)).encode())
        key.update(tone.samples.tobytes())
    path = folder / f"{key.hexdigest()[:16]}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, solve(problem, gives))
    return np.load(path)


def solve(problem: Problem, gives: str) -> Complex:
    """A propagator, state, density matrix, or populations for each amplitude of the sweep."""
    if gives == "sweep":
        return _sweep(problem)
    if gives == "propagator":
        start = np.eye(problem.size, dtype=np.complex128)
    else:
        width = problem.size if gives == "density" else 1
        start = np.zeros((problem.size, width), dtype=np.complex128)
        start[0, 0] = 1
    slope = _open_slope(problem) if problem.open else _slope(problem)
    end = _integrate(slope, start, problem.duration)
    phases = np.exp(-1j * problem.duration * _bare(problem))
    if gives == "density":
        return end * np.outer(phases, phases.conj())
    end = phases[:, None] * end
    return end[:, 0] if gives == "state" else end


def _bare(problem: Problem) -> Real:
    levels = energies(problem, problem.common)
    return sum(e[n] for e, n in zip(levels, numbers(problem), strict=True))


def _sweep(problem: Problem) -> Complex:
    """All amplitudes at once: they are columns of one state, each with its own drive."""
    amplitudes = cases.sweep_amplitudes()
    (signal,) = signals(problem, problem.own)
    turn = np.diff(energies(problem, problem.own)[0])
    root = np.sqrt(np.arange(1.0, LEVELS))

    def slope(time: float, flat: Complex, sample: int) -> Complex:
        state = flat.reshape(LEVELS, len(amplitudes))
        c = signal.samples[sample] * np.exp(1j * signal.turning * time) * amplitudes
        up = (root * np.exp(-1j * turn * time))[:, None] * c
        change = np.zeros_like(state)
        change[:-1] += up * state[1:]
        change[1:] += up.conj() * state[:-1]
        return (-1j * change).reshape(-1)

    start = np.zeros((LEVELS, len(amplitudes)), dtype=np.complex128)
    start[0] = 1
    return (np.abs(_integrate(slope, start, problem.duration)) ** 2).T


def _integrate(slope: Callable[..., Complex], start: Complex, duration: int) -> Complex:
    state = start.reshape(-1)
    for sample in range(duration):
        found = solve_ivp(
            slope,
            (sample, sample + 1),
            state,
            args=(sample,),
            method="DOP853",
            rtol=TOLERANCE,
            atol=TOLERANCE,
            first_step=0.5,
        )
        state = found.y[:, -1]
    return state.reshape(start.shape)


def _slope(problem: Problem) -> Callable[..., Complex]:
    """-i H x for columns x, array (D, m), in the interaction picture of the common frame."""
    frames, bare = problem.common, _bare(problem)
    down = [_sparse(problem, site, lowering()) for site in range(len(problem.dims))]
    up = [item.T.tocsr() for item in down]
    exchange = csr_array((problem.size, problem.size))
    for one, other, strength, _ in couplings(problem, frames):
        exchange = exchange + strength * (up[one] @ down[other] + up[other] @ down[one])
    played = signals(problem, frames)
    turn = 2 * np.pi * problem.dt * frames[0]

    def slope(time: float, flat: Complex, sample: int) -> Complex:
        phases = np.exp(1j * time * bare)[:, None]
        x = phases.conj() * flat.reshape(problem.size, -1)
        change = exchange @ x
        drives = np.zeros(len(problem.dims), dtype=np.complex128)
        for signal in played:
            c = signal.samples[sample]
            drives[signal.site] += c * np.exp(1j * signal.turning * time)
            if not problem.rwa:
                drives[signal.site] += np.conj(c) * np.exp(-1j * (signal.carrier + turn) * time)
        for site, c in enumerate(drives):
            if c:
                change += c * (down[site] @ x) + np.conj(c) * (up[site] @ x)
        return (-1j * phases * change).reshape(-1)

    return slope


def _open_slope(problem: Problem) -> Callable[..., Complex]:
    """The Lindblad equation for one density matrix (D, D), in the interaction picture.

    Jump operators gain phases alone in that picture, which leaves their terms as they are.
    """
    size = problem.size
    unitary = _slope(problem)
    jumps = [
        _sparse(problem, site, jump).toarray()
        for site, item in enumerate(problem.transmons)
        for jump in site_jumps(item, problem.dt)
    ]
    loss = sum(jump.T @ jump for jump in jumps)

    def slope(time: float, flat: Complex, sample: int) -> Complex:
        density = flat.reshape(size, size)
        half = unitary(time, flat, sample).reshape(size, size)
        change = half + half.conj().T - (loss @ density + density @ loss) / 2
        for jump in jumps:
            change += jump @ density @ jump.T
        return change.reshape(-1)

    return slope


def _sparse(problem: Problem, site: int, operator: Real) -> csr_array:
    left = eye_array(LEVELS**site)
    right = eye_array(LEVELS ** (len(problem.dims) - site - 1))
    return csr_array(kron(kron(left, operator), right))
