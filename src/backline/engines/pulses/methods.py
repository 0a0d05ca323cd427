"""Which way a program is evolved: chosen by cost, or by wish."""

from __future__ import annotations

import math

from backline.engines.pulses.alone import LonePiece, lone_flows
from backline.engines.pulses.channels import channels, relaxes
from backline.engines.pulses.evolution import Densities, Evolution, StateVectors
from backline.engines.pulses.memory import check_memory
from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.nodes import LENGTHS, Nodes, choose_nodes
from backline.engines.pulses.pieces import Plan, plan
from backline.engines.pulses.tones import check_program
from backline.engines.pulses.trajectories import Trajectories, share_of_jumps
from backline.engines.pulses.undriven import dressable, undriven
from backline.engines.pulses.waveforms import Waveforms
from backline.errors import CapabilityError

_AT_ONCE = 64.0
_SPLITTING = 0.8  # of the allowed error, the rest is for T1 and T2
_FEW = 27  # up to so many product states nothing is gained by chance
_ABREAST = 0.5  # what a state costs among many that are evolved together, in single ones


def check_method(
    model: PulseModel, *, relaxation: bool, method: str | None, shots: int | None
) -> None:
    """Refuse what is impossible whatever the program, before any work.

    Args:
        model: The sites.
        relaxation: Whether T1 and T2 count, where the model has them.
        method: What somebody wishes; None for the choice by cost.
        shots: How many; None where the state is wanted, and not a sample of it.

    Raises:
        CapabilityError: If there are no sites, the wish cannot come true, or it is too large.
    """
    if not model.sites:
        raise CapabilityError("the model has no sites: nothing can be simulated")
    open_system = relaxation and relaxes(model)
    if method == "statevector" and open_system:
        raise CapabilityError(
            "a state vector knows no T1 and T2: use method='density_matrix' or 'trajectories', "
            "or relaxation=False"
        )
    if method == "trajectories" and shots is None:
        raise CapabilityError(
            "trajectories give samples, and no state: use method='density_matrix', or run with "
            "shots"
        )
    if method is None:
        method = "statevector"
        if open_system:
            method = "density_matrix" if shots is None else "trajectories"
    if method == "density_matrix" and not dressable(model):
        raise CapabilityError(
            f"{len(model.sites)} transmons are too many for a density matrix: use "
            f"method='trajectories' with shots, relaxation=False, or fewer qubits"
        )
    check_memory(model, method, min(_AT_ONCE, shots or 1) if method == "trajectories" else 1.0)


def check_columns(model: PulseModel) -> None:
    """Refuse a propagator that is too large.

    Args:
        model: The sites.

    Raises:
        CapabilityError: If it is.
    """
    dimension = math.prod(site.levels for site in model.sites)
    if not dressable(model):
        raise CapabilityError(
            f"a propagator of {len(model.sites)} transmons has {dimension} columns: ask for "
            f"states, or use fewer qubits"
        )
    check_memory(model, "statevector", float(dimension))


def unitary(
    model: PulseModel,
    waveforms: Waveforms,
    *,
    stop: int,
    accuracy: float,
    rwa: bool,
    jit: bool = False,
) -> StateVectors:
    """A program under its Hamiltonian alone; arguments as of `prepared`."""
    check_program(model, waveforms)
    static = undriven(model, waveforms.dt)
    alone = lone_flows(model, static, (waveforms,), stop) if jit and rwa else None
    if alone is not None:
        return StateVectors(static, Plan(pieces=(LonePiece(alone, stop),), step=None, error=0.0))
    return StateVectors(static, plan(model, static, waveforms, stop, accuracy, rwa=rwa, jit=jit))


def prepared(
    model: PulseModel,
    waveforms: Waveforms,
    *,
    stop: int,
    relaxation: bool,
    accuracy: float,
    rwa: bool = True,
    jit: bool = False,
    method: str | None = None,
    shots: int | None = None,
) -> Evolution:
    """A program, ready to be evolved.

    Args:
        model: The sites, couplings and drives.
        waveforms: The program.
        stop: How far it will be evolved, in samples.
        relaxation: Whether T1 and T2 count, where the model has them.
        accuracy: Allowed error of amplitudes.
        rwa: Whether terms that turn at about twice the carrier are left out.
        jit: Whether drives of few sites are compiled, too.
        method: As of `check_method`.
        shots: Likewise.

    Raises:
        CapabilityError: If the model is too large, or the wish cannot come true.
        EngineError: If the program does not fit the model, or the accuracy is out of reach.
    """
    check_program(model, waveforms)
    check_method(model, relaxation=relaxation, method=method, shots=shots)
    if not (relaxation and relaxes(model)):
        vectors = unitary(model, waveforms, stop=stop, accuracy=accuracy, rwa=rwa, jit=jit)
        if method == "density_matrix":
            nodes = Nodes(LENGTHS[0], 2**31, 0.0)
            return Densities(vectors.undriven, vectors.plan, None, nodes)
        return vectors
    static = undriven(model, waveforms.dt)
    pieces = plan(model, static, waveforms, stop, _SPLITTING * accuracy, rwa=rwa, jit=jit)
    found = channels(model, waveforms.dt)
    nodes = choose_nodes(found, static, pieces, (1 - _SPLITTING) * accuracy)
    if method is None:
        method = _cheaper(model, shots, share_of_jumps(found, stop))
    if method == "density_matrix":
        return Densities(static, pieces, found, nodes)
    return Trajectories(static, pieces, found, nodes)


def _cheaper(model: PulseModel, shots: int | None, jumps: float) -> str:
    """A density matrix costs its columns, trajectories a state and half of one a jump."""
    dimension = math.prod(site.levels for site in model.sites)
    if shots is None or dimension <= _FEW:
        return "density_matrix"
    cheaper = dimension * _ABREAST <= 1 + shots * jumps / 2 * _ABREAST
    return "density_matrix" if cheaper else "trajectories"
