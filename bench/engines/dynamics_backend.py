"""Schedules on Qiskit Dynamics' DynamicsBackend: the same Hamiltonian, the same samples."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import cases
import numpy as np
from prepared import Prepared
from problem import Problem, couplings, energies, lowering, numbers
from qiskit import pulse
from qiskit_dynamics import DynamicsBackend, Solver

EXPORTED = Path(__file__).resolve().parents[2] / "out" / "engines" / "ghz.pickle"


def counts(settings: dict[str, Any]) -> Prepared:
    """`DynamicsBackend.run` of the GHZ schedule, with counts.

    Args:
        settings: `library`, `method`, and `substeps` or `rtol` and `atol`.
    """
    problem = cases.cut(pickle.loads(EXPORTED.read_bytes()), settings.get("part"))
    backend, program = _backend(problem, settings, cases.SHOTS), _schedule(problem)
    return Prepared(
        run=lambda: backend.run(program).result(),
        answer=lambda result: _frequencies(result.get_counts()),
    )


def sweep(settings: dict[str, Any]) -> Prepared:
    """`DynamicsBackend.run` of the schedules of the Rabi sweep, with counts.

    Args:
        settings: As of `counts`; `part`: so many schedules.
    """
    backend = _backend(cases.problem("sweep"), settings, cases.SWEEP_SHOTS)
    programs = [_schedule(item) for item in cases.sweep_problems()[: settings.get("part")]]
    return Prepared(run=lambda: backend.run(programs).result())


def _backend(problem: Problem, settings: dict[str, Any], shots: int) -> DynamicsBackend:
    channels = sorted({(tone.channel, tone.site, tone.strength) for tone in problem.tones})
    carriers = {tone.channel: tone.frequency for tone in problem.tones}
    options = {key: settings[key] for key in ("rtol", "atol") if key in settings}
    if "substeps" in settings:
        options["max_dt"] = problem.dt / settings["substeps"]
    if "magnus" in settings:
        options["magnus_order"] = settings["magnus"]
    spins = 2 * np.pi * problem.common[0] * numbers(problem).sum(axis=0)
    return DynamicsBackend(
        solver=Solver(
            static_hamiltonian=_static(problem) + np.diag(spins),
            hamiltonian_operators=[
                2 * np.pi * strength * _on(problem, site, lowering() + lowering().T)
                for _, site, strength in channels
            ],
            hamiltonian_channels=[channel for channel, _, _ in channels],
            channel_carrier_freqs=carriers,
            dt=problem.dt,
            rotating_frame=spins,
            rwa_cutoff_freq=1.9 * problem.common[0],
            array_library=settings["library"],
        ),
        subsystem_dims=list(problem.dims),
        solver_options={"method": settings["method"], **options},
        shots=shots,
        seed_simulator=1,
    )


def _frequencies(found: dict[str, int]) -> Any:
    shares = np.zeros(32)
    for text, count in found.items():
        shares[int(text.replace("2", "1"), 2)] += count
    return shares / shares.sum()


def _static(problem: Problem) -> Any:
    frames = problem.common
    bare = sum(e[n] for e, n in zip(energies(problem, frames), numbers(problem), strict=True))
    total = np.diag(bare).astype(complex)
    for one, other, strength, _ in couplings(problem, frames):
        hop = _on(problem, one, lowering().T) @ _on(problem, other, lowering())
        total += strength * (hop + hop.T)
    return total / problem.dt


def _schedule(problem: Problem) -> Any:
    program = pulse.Schedule()
    for tone in problem.tones:
        kind = pulse.DriveChannel if tone.channel[0] == "d" else pulse.ControlChannel
        channel = kind(int(tone.channel[1:]))
        samples = pulse.Waveform(tone.samples, limit_amplitude=False)
        program.insert(tone.start, pulse.Play(samples, channel), inplace=True)
    for qubit in range(len(problem.transmons)):
        acquire = pulse.Acquire(1, pulse.AcquireChannel(qubit), pulse.MemorySlot(qubit))
        program.insert(problem.duration, acquire, inplace=True)
    return program


def _on(problem: Problem, site: int, operator: Any) -> Any:
    left = np.eye(problem.dims[0] ** site)
    right = np.eye(problem.dims[0] ** (len(problem.dims) - site - 1))
    return np.kron(np.kron(left, operator), right).astype(complex)
