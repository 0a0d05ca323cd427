"""Driven stretches: exact local flows, with the exchange as kicks between them.

The splitting is ABA864 of Blanes, Casas, Farrés, Laskar, Makazaga and Murua, "New families of
symplectic splitting methods for numerical integration in dynamical astronomy", Appl. Numer. Math.
68 (2013): generalised order (8, 6, 4) for H = A + ε B. A are the sites with their drives and their
explicit time, B is the exchange, constant in the common frame. Kick times need not lie on the grid
of samples.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from backline.engines.pulses.local import LocalFlow
from backline.engines.pulses.products import product
from backline.engines.pulses.tones import Tones
from backline.engines.pulses.undriven import Complex, Real, Undriven, unitary
from backline.engines.pulses.watching import look

_A = (
    0.0711334264982231177779387300061549964174,
    0.241153427956640098736487795326289649618,
    0.521411761772814789212136078067994229991,
    -0.333698616227678005726562603400438876027,
)
_B = (
    0.183083687472197221961703757166430291072,
    0.310782859898574869507522291054262796375,
    -0.0265646185119588006972121379164987592663,
    0.0653961422823734184559721793911134363710,
)
KICK_TIMES = np.cumsum(np.array([*_A, *_A[:0:-1]]))
"""When the seven kicks of a step come, in steps; shape (7,)."""

KICK_WEIGHTS = np.array([*_B, *_B[2::-1]])
"""How much of a step's exchange each kick holds; they sum to 1; shape (7,)."""

_BLOCK_BYTES = 1 << 25


class Kicks:
    """The exchange's part of the splitting, for steps of any size; what was made is kept.

    The exchange conserves the number of excitations. A kick is held as its blocks, one a number,
    filled up to the size of the largest.

    Args:
        undriven: The Hamiltonian without drives.
    """

    def __init__(self, undriven: Undriven) -> None:
        total = undriven.numbers.sum(axis=0)
        blocks = [np.flatnonzero(total == number) for number in np.unique(total)]
        size = max(len(block) for block in blocks)
        self._gather = np.zeros((len(blocks), size), dtype=np.int64)
        self._place = np.zeros(len(total), dtype=np.int64)
        exchange = np.zeros((len(blocks), size, size))
        for k, block in enumerate(blocks):
            count = len(block)
            self._gather[k, :count] = block
            self._place[block] = k * size + np.arange(count)
            exchange[k, :count, :count] = undriven.exchange[np.ix_(block, block)]
        self._values, self._vectors = np.linalg.eigh(exchange)
        self._made: dict[float, list[Complex]] = {}

    def __bool__(self) -> bool:
        """Whether there is any exchange."""
        return bool(self._values.any())

    def of(self, size: float) -> list[Complex]:
        """The seven kicks of a step of some size in samples, each an array of blocks."""
        key = round(size, 12)
        if key not in self._made:
            first = [self._blocks(weight * size) for weight in _B]
            self._made[key] = first + first[2::-1]
        return self._made[key]

    def apply(self, kick: Complex, columns: Complex) -> Complex:
        """One of these kicks on states, array (D, m)."""
        kicked = product(kick, columns[self._gather])
        return kicked.reshape(-1, columns.shape[1])[self._place]

    def _blocks(self, length: float) -> Complex:
        phases = np.exp(-1j * length * self._values)[:, None, :]
        return unitary((self._vectors * phases) @ self._vectors.swapaxes(1, 2))


class DrivenPiece:
    """A stretch of samples in which something plays.

    Args:
        undriven: The Hamiltonian without drives.
        kicks: Its exchange.
        tones: What plays.
        step: Longest step of the splitting, in samples.
    """

    idle = False

    def __init__(self, undriven: Undriven, kicks: Kicks, tones: Tones, step: float) -> None:
        self.start, self.stop = tones.start, tones.stop
        self._kicks = kicks
        self._step = step
        owners = np.array(tones.sites, dtype=np.int64)
        self._flows = [
            LocalFlow(
                energies,
                tones.detunings[owners == site],
                tones.amplitudes[owners == site],
                tones.start,
                substeps=math.ceil(8 / step),
            )
            for site, energies in enumerate(undriven.local)
        ]
        # A state is held as (left sites, right sites, columns), to apply all local flows at once.
        half = (len(undriven.dims) + 1) // 2
        self._groups = (self._flows[:half], self._flows[half:])
        self._shape = (math.prod(undriven.dims[:half]), math.prod(undriven.dims[half:]))

    def advance(self, columns: Complex, start: float, stop: float) -> Complex:
        """Take states from one time to another.

        Args:
            columns: Array (D, m) over product states, in the common frame.
            start: In samples, within the stretch.
            stop: Likewise, not before `start`.

        Returns:
            Array (D, m).
        """
        steps = math.ceil((stop - start) / self._step - 1e-9) if self._kicks else 0
        size = (stop - start) / max(steps, 1)
        times = (start + size * (np.arange(steps)[:, None] + KICK_TIMES)).reshape(-1)
        kicks = self._kicks.of(size)
        shape = (*self._shape, columns.shape[1])
        columns = columns.reshape(shape)
        before = start
        each = 16 * (self._shape[0] ** 2 + self._shape[1] ** 2)
        block = max(1, _BLOCK_BYTES // (each * len(kicks))) * len(kicks)
        for begin in range(0, len(times), block):
            part = times[begin : begin + block]
            for k, (left, right) in enumerate(zip(*self._between(before, part), strict=True)):
                look()
                columns = _apply(left, right, columns).reshape(-1, shape[2])
                columns = self._kicks.apply(kicks[k % len(kicks)], columns).reshape(shape)
            before = part[-1]
        left, right = self._between(before, np.array([stop]))
        return _apply(left[0], right[0], columns).reshape(-1, shape[2])

    def _between(self, before: float, times: Real) -> tuple[Complex, Complex]:
        """Local flows from each time to the next, one array for either half of the sites."""
        moments = np.concatenate([[before], times])
        alone = np.ones((len(times), 1, 1), dtype=np.complex128)
        left, right = (
            reduce(_outer, [_steps(flow.at(moments)) for flow in group], alone)
            for group in self._groups
        )
        return left, right


def _steps(flows: Complex) -> Complex:
    return flows[1:] @ flows[:-1].conj().swapaxes(-1, -2)


def _outer(a: Complex, b: Complex) -> Complex:
    size = a.shape[1] * b.shape[1]
    product = a[:, :, None, :, None] * b[:, None, :, None, :]
    return product.reshape(len(a), size, size)


def _apply(left: Complex, right: Complex, columns: Complex) -> Complex:
    columns = product(left, columns.reshape(len(left), -1)).reshape(columns.shape)
    return columns if len(right) == 1 else product(right, columns)
