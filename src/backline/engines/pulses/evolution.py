"""One program on one model, ready to be evolved: what measurements and solutions share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from backline.engines.pulses import compiled
from backline.engines.pulses.channels import Channels
from backline.engines.pulses.cores import ahead
from backline.engines.pulses.nodes import Nodes
from backline.engines.pulses.pieces import Plan
from backline.engines.pulses.small import is_small
from backline.engines.pulses.undriven import Complex, Real, Undriven
from backline.engines.watching import look

Owners = np.typing.NDArray[np.int64]

_AT_ONCE = 1 << 16  # numbers of all propagators that are held together
_ENOUGH = 1 << 21  # samples times numbers, from which another core gains


class Evolution(Protocol):
    """Batches of states of one program over time.

    A batch of m states is an array (m, D) of amplitudes over product states in the common frame,
    or (m, D, D) of density matrices.
    """

    undriven: Undriven
    method: str

    @property
    def metadata(self) -> dict[str, Any]:
        """What shaped the evolution, as JSON values."""
        ...

    def ground(self) -> Complex:
        """A batch of one: all sites in their dressed ground state."""
        ...

    def from_dressed(self, state: Complex) -> Complex:
        """A batch of one from dressed amplitudes (D,) or a dressed density matrix (D, D)."""
        ...

    def to_dressed(self, states: Complex, time: float) -> Complex:
        """A batch in the dressed basis, each qubit in its own frame, at a time in samples."""
        ...

    def advance(self, states: Complex, start: int, stop: int) -> Complex:
        """Take a batch from one sample to another."""
        ...

    def advance_shots(
        self, states: Complex, owners: Owners, start: int, stop: int, random: np.random.Generator
    ) -> tuple[Complex, Owners]:
        """Take shots from one sample to another.

        Args:
            states: A batch.
            owners: Array (shots,): the state that each shot is in.
            start: In samples.
            stop: Likewise.
            random: Source of chance.

        Returns:
            The same two, later.
        """
        ...

    def populations(self, states: Complex) -> Real:
        """Populations of the dressed states, array (m, D)."""
        ...

    def project(self, states: Complex, keep: Real) -> Complex:
        """Keep dressed states alone, and renormalise.

        Args:
            states: A batch (m, …).
            keep: Array (m, D) of 0 and 1 over dressed states.
        """
        ...


class StateVectors:
    """Amplitudes under the Hamiltonian alone.

    Args:
        undriven: The Hamiltonian without drives.
        plan: The program, cut into pieces.
    """

    method = "statevector"

    def __init__(self, undriven: Undriven, plan: Plan) -> None:
        self.undriven, self.plan = undriven, plan

    @property
    def metadata(self) -> dict[str, Any]:
        """What shaped the evolution, as JSON values."""
        return described(self.method, self.undriven, self.plan, 0.0)

    def ground(self) -> Complex:
        """A batch of one, array (1, D)."""
        return self.from_dressed(np.eye(1, self.undriven.dimension, dtype=np.complex128)[0])

    def dressed_states(self) -> Complex:
        """All dressed states, array (D, D), one a row."""
        return self.undriven.vectors.T.astype(np.complex128)

    def from_dressed(self, state: Complex) -> Complex:
        """A batch of one from dressed amplitudes (D,)."""
        return self.undriven.undressed(state[None])

    def to_dressed(self, states: Complex, time: float) -> Complex:
        """A batch in the dressed basis, each qubit in its own frame, at a time in samples."""
        return self.undriven.dressed(states) * self.undriven.frame(time)

    def advance(self, states: Complex, start: int, stop: int) -> Complex:
        """Take a batch from one sample to another."""
        for piece in self.plan.pieces:
            first, last = max(start, piece.start), min(stop, piece.stop)
            if first < last:
                look(first)
                states = piece.advance(states, first, last)
        return states

    def advance_shots(
        self, states: Complex, owners: Owners, start: int, stop: int, random: np.random.Generator
    ) -> tuple[Complex, Owners]:
        """Take shots from one sample to another, without chance."""
        return self.advance(states, start, stop), owners

    def populations(self, states: Complex) -> Real:
        """Populations of the dressed states, array (m, D)."""
        return np.abs(self.undriven.dressed(states)) ** 2

    def project(self, states: Complex, keep: Real) -> Complex:
        """Keep dressed states alone, and renormalise."""
        kept = self.undriven.undressed(self.undriven.dressed(states) * keep)
        return kept / np.linalg.norm(kept, axis=1)[:, None]


class Densities:
    """Density matrices, with T1 and T2 where there are channels.

    Args:
        undriven: The Hamiltonian without drives.
        plan: The program, cut into pieces.
        channels: T1 and T2, or None.
        nodes: Where they act.
    """

    method = "density_matrix"

    def __init__(
        self, undriven: Undriven, plan: Plan, channels: Channels | None, nodes: Nodes
    ) -> None:
        self.undriven, self.plan = undriven, plan
        self._channels, self._nodes = channels, nodes
        self._compiled = not is_small(undriven)

    @property
    def metadata(self) -> dict[str, Any]:
        """What shaped the evolution, as JSON values."""
        return described(self.method, self.undriven, self.plan, self._nodes.error)

    def ground(self) -> Complex:
        """A batch of one, array (1, D, D)."""
        return self.from_dressed(np.eye(1, self.undriven.dimension, dtype=np.complex128)[0])

    def from_dressed(self, state: Complex) -> Complex:
        """A batch of one from dressed amplitudes (D,) or a dressed density matrix (D, D)."""
        if state.ndim == 1:
            state = self.undriven.undressed(state[None])[0]
            return np.outer(state, state.conj())[None]
        vectors = self.undriven.vectors
        return (vectors @ state @ vectors.conj().T)[None]

    def to_dressed(self, states: Complex, time: float) -> Complex:
        """A batch in the dressed basis, each qubit in its own frame, at a time in samples."""
        frame, vectors = self.undriven.frame(time), self.undriven.vectors
        return (vectors.conj().T @ states @ vectors) * np.outer(frame, frame.conj())

    def advance(self, states: Complex, start: int, stop: int) -> Complex:
        """Take a batch from one sample to another."""
        pending = 0.0
        blocks = self._blocks(start, stop)
        if self._compiled and (stop - start) * self.undriven.dimension**2 >= _ENOUGH:
            blocks = ahead(blocks)
        for clock, length, flows in blocks:
            look(clock)
            states = self._relaxed(states, pending + length / 2)
            states = self._through(states, flows, length)
            pending = length / 2
        return self._relaxed(states, pending)

    def _blocks(self, start: int, stop: int) -> Iterator[tuple[float, float, Complex]]:
        """Some intervals after others: their first sample, length of each, and propagators."""
        every = self.undriven.dimension
        most = max(1, _AT_ONCE // every**2)
        for run in self._nodes.walk(self.plan, start, stop, every):
            for first in range(0, len(run.intervals), most):
                flows = run.intervals.matrices(first, min(first + most, len(run.intervals)))
                yield run.start + first * run.length, run.length, flows

    def advance_shots(
        self, states: Complex, owners: Owners, start: int, stop: int, random: np.random.Generator
    ) -> tuple[Complex, Owners]:
        """Take shots from one sample to another, without chance."""
        return self.advance(states, start, stop), owners

    def populations(self, states: Complex) -> Real:
        """Populations of the dressed states, array (m, D)."""
        vectors = self.undriven.vectors
        weights = (vectors.conj() * (states @ vectors)).sum(axis=1)
        return np.clip(weights.real, 0.0, None)

    def project(self, states: Complex, keep: Real) -> Complex:
        """Keep dressed states alone, and renormalise."""
        vectors = self.undriven.vectors
        dressed = (vectors.conj().T @ states @ vectors) * keep[:, :, None] * keep[:, None, :]
        kept = vectors @ dressed @ vectors.conj().T
        return kept / np.trace(kept, axis1=1, axis2=2).real[:, None, None]

    def _through(self, states: Complex, flows: Complex, length: float) -> Complex:
        """Through intervals of some length, with T1 and T2 between them."""
        if self._channels is not None and self._compiled:
            found = compiled.densities(states, flows, self._channels.on_densities(length))
            if found is not None:
                return found
        for k, flow in enumerate(flows):
            states = self._relaxed(states, length) if k else states
            # BLAS is slower by a half where it has to turn a matrix itself.
            states = flow @ states @ np.conjugate(flow.T, order="C")
        return states

    def _relaxed(self, states: Complex, length: float) -> Complex:
        if self._channels is None or length == 0:
            return states
        return self._channels.apply(states, length)


def described(method: str, undriven: Undriven, plan: Plan, error: float) -> dict[str, Any]:
    """What shaped an evolution, as JSON values.

    Args:
        method: Its name.
        undriven: The Hamiltonian without drives.
        plan: The program.
        error: Estimated error by T1 and T2, which comes to that of the splitting.
    """
    return {
        "method": method,
        "dimension": undriven.dimension,
        "step_samples": plan.step,
        "estimated_error": plan.error + error,
    }
