"""One program on one model, ready to be evolved: the part that engines of any purpose share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.pieces import Plan, plan
from backline.engines.pulses.relaxation import Relaxation, relaxes
from backline.engines.pulses.tones import check_program
from backline.engines.pulses.undriven import Complex, Real, Undriven, undriven
from backline.engines.pulses.watching import look
from backline.engines.pulses.waveforms import Waveforms
from backline.errors import CapabilityError

LARGEST_STATE = 729
"""Largest dimension of state vectors: six sites of three levels."""

LARGEST_DENSITY = 81
"""Largest dimension of density matrices: four sites of three levels."""


def check_size(model: PulseModel, *, relaxation: bool) -> None:
    """Refuse models that are too large, before any work.

    Args:
        model: The sites.
        relaxation: Whether T1 and T2 count.

    Raises:
        CapabilityError: If the dimension is out of reach.
    """
    if not model.sites:
        raise CapabilityError("the model has no sites: nothing can be simulated")
    dimension = int(np.prod([float(site.levels) for site in model.sites]))
    what = f"{len(model.sites)} transmons with {dimension} product states"
    if dimension > LARGEST_STATE:
        raise CapabilityError(
            f"{what} are too many for the pulse engine: at most {LARGEST_STATE} are possible; "
            f"use fewer qubits or levels"
        )
    if relaxation and relaxes(model) and dimension > LARGEST_DENSITY:
        raise CapabilityError(
            f"{what} are too many for T1 and T2, which need a density matrix: at most "
            f"{LARGEST_DENSITY} are possible; run with relaxation=False, or use fewer qubits"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Evolution:
    """States of one program over time.

    A batch of m states is an array (m, D) of amplitudes over product states in the common frame,
    or (m, D, D) of density matrices where T1 or T2 count.

    Attributes:
        undriven: The Hamiltonian without drives.
        plan: The program, cut into pieces.
        relaxation: The channels, or None where neither T1 nor T2 count.
    """

    undriven: Undriven
    plan: Plan
    relaxation: Relaxation | None

    @property
    def metadata(self) -> dict[str, Any]:
        """What shaped the evolution, as JSON values."""
        return {
            "method": "states" if self.relaxation is None else "density matrix",
            "dimension": self.undriven.dimension,
            "step_samples": self.plan.step,
            "estimated_error": self.plan.error,
        }

    def ground(self) -> Complex:
        """A batch of one: all sites in their dressed ground state."""
        return self.from_dressed(np.eye(1, self.undriven.dimension, dtype=np.complex128)[0])

    def from_dressed(self, state: Complex) -> Complex:
        """A batch of one from dressed amplitudes (D,) or a dressed density matrix (D, D)."""
        vectors = self.undriven.vectors
        if state.ndim == 1:
            state = vectors @ state
            return state[None] if self.relaxation is None else np.outer(state, state.conj())[None]
        return (vectors @ state @ vectors.T)[None]

    def to_dressed(self, states: Complex, time: float) -> Complex:
        """A batch in the dressed basis, each qubit in its own frame.

        Args:
            states: The batch.
            time: At which, in samples.
        """
        vectors, frame = self.undriven.vectors, self.undriven.frame(time)
        if self.relaxation is None:
            return (states @ vectors) * frame
        return (vectors.T @ states @ vectors) * np.outer(frame, frame.conj())

    def advance(self, states: Complex, start: int, stop: int) -> Complex:
        """Take a batch from one sample to another."""
        if self.relaxation is not None:
            return self.relaxation.evolve(self.plan, states, start, stop)
        columns = states.T
        for piece in self.plan.pieces:
            first, last = max(start, piece.start), min(stop, piece.stop)
            if first < last:
                look(first)
                columns = piece.advance(columns, first, last)
        return columns.T

    def populations(self, states: Complex) -> Real:
        """Populations of the dressed states, array (m, D)."""
        vectors = self.undriven.vectors
        if self.relaxation is None:
            return np.abs(states @ vectors) ** 2
        weights = np.einsum("ik,mij,jk->mk", vectors, states, vectors, optimize=True)
        return np.clip(weights.real, 0.0, None)

    def project(self, states: Complex, keep: Real) -> Complex:
        """Keep dressed states alone, and renormalise.

        Args:
            states: A batch (m, …).
            keep: Array (m, D) of 0 and 1 over dressed states.
        """
        vectors = self.undriven.vectors
        if self.relaxation is None:
            kept = ((states @ vectors) * keep) @ vectors.T
            return kept / np.linalg.norm(kept, axis=1)[:, None]
        dressed = (vectors.T @ states @ vectors) * keep[:, :, None] * keep[:, None, :]
        kept = vectors @ dressed @ vectors.T
        return kept / np.trace(kept, axis1=1, axis2=2).real[:, None, None]


def evolution(
    model: PulseModel, waveforms: Waveforms, *, duration: int, relaxation: bool, accuracy: float
) -> Evolution:
    """Prepare a program.

    Args:
        model: The sites, couplings and drives.
        waveforms: The program.
        duration: How far it will be evolved, in samples.
        relaxation: Whether T1 and T2 count, where the model has them.
        accuracy: Allowed error of amplitudes.

    Raises:
        CapabilityError: If the model is too large.
        EngineError: If the program does not fit the model, or the accuracy is out of reach.
    """
    check_size(model, relaxation=relaxation)
    check_program(model, waveforms)
    static = undriven(model, waveforms.dt)
    return Evolution(
        undriven=static,
        plan=plan(model, static, waveforms, duration, accuracy),
        relaxation=Relaxation(model, static) if relaxation and relaxes(model) else None,
    )
