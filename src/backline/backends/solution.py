"""What `DeviceBackend.solve` gives: states over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from backline.backends.reduced import overlaps, reduced
from backline.backends.state_forms import Complex, per_qubit, state_of
from backline.errors import InputError, QubitError
from backline.pulse import Schedule, ScheduleBlock

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Solution:
    """States of a pulse program over time, before any measurement.

    States are dressed ones (eigenstates of the device without drives), each qubit in the frame
    that turns at its dressed 0-1 transition. They are numbered as in Qiskit, the first of `qubits`
    being the fastest: for two qubits of three levels, number 5 is level 2 of the first and 1 of
    the second.

    Attributes:
        schedule: What was played.
        dt: Length of a sample, in s.
        samples: int64 array (T,): when each state is, in samples.
        qubits: The n qubits that were simulated, ascending.
        levels: How many levels of each.
        states: Amplitudes (T, D), or density matrices (T, D, D) where T1 or T2 count or the
            program began with a density matrix; D is the product of the levels.
        propagators: Array (T, D, D), from the start to each time; None where `solve` was not
            asked for them. Column k is what the state number k became.
        metadata: How it was computed, as JSON values: the `method`, the `accuracy` that was asked
            for and the `estimated_error` of amplitudes, the `spectators`, and the couplings to
            neighbors that are `left_out`, in Hz.
    """

    schedule: Schedule | ScheduleBlock
    dt: float
    samples: NDArray[np.int64]
    qubits: tuple[int, ...]
    levels: tuple[int, ...]
    states: Complex
    propagators: Complex | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.samples, self.states, self.propagators):
            if array is not None:
                array.flags.writeable = False

    @property
    def times(self) -> Real:
        """When each state is, in s; array (T,)."""
        return np.asarray(self.samples * self.dt, dtype=np.float64)

    @property
    def final(self) -> Complex:
        """The last state, amplitudes (D,) or a density matrix (D, D)."""
        last: Complex = self.states[-1]
        return last

    @property
    def propagator(self) -> Complex:
        """The last propagator, array (D, D).

        Raises:
            InputError: If `solve` was not asked for propagators.
        """
        if self.propagators is None:
            raise InputError('this solution has states only: solve(..., what="propagators")')
        last: Complex = self.propagators[-1]
        return last

    @property
    def density_matrices(self) -> Complex:
        """The states as density matrices, array (T, D, D)."""
        if self._mixed:
            return self.states
        return self.states[:, :, None] * self.states[:, None, :].conj()

    @property
    def qubit_states(self) -> Complex:
        """The lowest two levels of every qubit alone, numbered as in Qiskit.

        What is in higher levels is missing from their norm or trace.

        Returns:
            Array (T, 2**n) or (T, 2**n, 2**n).
        """
        axes, count, times = self.states.ndim - 1, len(self.qubits), len(self.samples)
        tensor = self.states.reshape(times, *(self.levels[::-1] * axes))
        low = tensor[(slice(None), *(slice(2),) * (count * axes))]
        return low.reshape(times, *(2**count,) * axes)

    def populations(self, qubit: int | None = None) -> Real:
        """How likely each level is.

        Args:
            qubit: Of which qubit; None for all qubits together.

        Returns:
            Array (T, levels of that qubit), or (T, levels of the first qubit, levels of the
            second, …).

        Raises:
            QubitError: If the qubit was not simulated.
        """
        if self._mixed:
            weights = np.einsum("tkk->tk", self.states).real
        else:
            weights = np.abs(self.states) ** 2
        together: Real = per_qubit(weights, self.levels, 1)
        if qubit is None:
            return together
        place = self._place(qubit)
        others = tuple(1 + k for k in range(len(self.qubits)) if k != place)
        alone: Real = together.sum(axis=others)
        return alone

    def bloch(self, qubit: int) -> Real:
        """The Bloch vector of a qubit's lowest two levels.

        Its length is 1 for a pure state that nothing left; entanglement, noise and leakage
        shorten it.

        Args:
            qubit: Which qubit.

        Returns:
            Array (T, 3) of x, y and z, which is 1 in level 0.

        Raises:
            QubitError: If the qubit was not simulated.
        """
        rho = reduced(self.states, self.levels, self._place(qubit))
        x, y = 2 * rho[:, 1, 0].real, 2 * rho[:, 1, 0].imag
        return np.stack([x, y, (rho[:, 0, 0] - rho[:, 1, 1]).real], axis=1)

    def fidelity(self, target: Any) -> Real:
        """How close each state is to another one.

        Args:
            target: A state in any of the forms that `solve` takes as `initial_state`.

        Returns:
            Array (T,) of `<ψ|ρ|ψ>`, or Uhlmann's fidelity where both are density matrices.

        Raises:
            InputError: If the target is no state of these qubits.
        """
        return overlaps(self.states, state_of(target, self.qubits, self.levels))

    def draw(self, **options: Any) -> Figure:
        """Populations, Bloch vectors and pulses over time.

        Args:
            **options: As of `backline.visualization.draw_solution`.
        """
        from backline.visualization import draw_solution

        return draw_solution(self, **options)

    def draw_bloch(self, qubit: int | None = None, **options: Any) -> Figure:
        """The path of a qubit's Bloch vector.

        Args:
            qubit: Which qubit; may be left out where there is only one.
            **options: As of `backline.visualization.draw_bloch`.
        """
        from backline.visualization import draw_bloch

        return draw_bloch(self, qubit, **options)

    @property
    def _mixed(self) -> bool:
        return self.states.ndim == 3

    def _place(self, qubit: int) -> int:
        if qubit not in self.qubits:
            raise QubitError(
                f"qubit {qubit!r} was not simulated: there are "
                f"{', '.join(map(str, self.qubits))}; others join with spectators=[...]",
                qubit=qubit,
            )
        return self.qubits.index(qubit)

    def __repr__(self) -> str:
        kind = "density matrices" if self._mixed else "states"
        if self.propagators is not None:
            kind += " and propagators"
        one = len(self.qubits) == 1
        return (
            f"<Solution of {self.schedule.name!r}: {len(self.samples)} {kind} up to "
            f"{self.times[-1] * 1e9:.6g} ns, {'qubit' if one else 'qubits'} "
            f"{', '.join(map(str, self.qubits))} with {', '.join(map(str, self.levels))} levels>"
        )
