"""Gates and noise of a program as the tables that compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import pauli_maps
from backline.engines.gates.keeping import Kept
from backline.engines.gates.program import Complex, Noise, Stretch, Unitary, Varied

# As in `exact_kernels`, which only those import who have numba and need it.
_GATE, _NOISE, _MANY = 0, 1, 2


class Table(NamedTuple):
    """What happens, in the order of the arguments of compiled loops.

    Attributes:
        rows: int64 array (maps, 5): kind, how many qubits, which (of several: where they begin in
            `places`), where the matrix begins in `layout`, where the numbers begin (of a gate of
            one qubit: its place in `gates`).
        gates: complex128 array (gates, 2, 2).
        places: int64 array, qubits of maps of several.
        layout: int64 array; of each sparse matrix where its rows begin, then columns of entries.
        numbers: float64 array (of Pauli vectors) or complex128 array (of state vectors).
        widest: Most qubits of a map.
    """

    rows: NDArray[np.int64]
    gates: Complex
    places: NDArray[np.int64]
    layout: NDArray[np.int64]
    numbers: NDArray[Any]
    widest: int


class _Pattern(NamedTuple):
    """A table for programs that differ in matrices alone.

    Attributes:
        table: With the matrices of the first of them.
        rows: Where in `Table.gates` matrices differ.
        sources: For each of these its place among the matrices of a program.
        wide: (place, matrix) of gates of several qubits, for which alone the table is right.
    """

    table: Table
    rows: NDArray[np.intp]
    sources: tuple[int, ...]
    wide: tuple[tuple[int, Complex], ...]


_patterns: Kept[_Pattern] = Kept(1_000_000)


def for_paulis(stretch: Stretch) -> Table:
    """What happens to Pauli vectors.

    Args:
        stretch: Gates, and noise, of so few qubits that their maps are small.
    """
    program = stretch.program
    if not isinstance(program, Varied):
        return _written(stretch.operations)
    pattern = _patterns.get(
        (program.like, stretch.start, stretch.stop),
        lambda: _pattern(stretch, program),
        lambda made: stretch.stop - stretch.start,
    )
    matrices = program.matrices
    if any(matrices[place] is not matrix for place, matrix in pattern.wide):
        return _written(stretch.operations)
    gates = pattern.table.gates.copy()
    if pattern.sources:
        gates[pattern.rows] = [matrices[place] for place in pattern.sources]
    return pattern.table._replace(gates=gates)


def _pattern(stretch: Stretch, program: Varied) -> _Pattern:
    moving = dict(program.places)
    rows: list[int] = []
    sources: list[int] = []
    wide: list[tuple[int, Complex]] = []
    single = 0
    for index, item in enumerate(stretch.operations, stretch.start):
        if not isinstance(item, Unitary):
            continue
        place = moving.get(index)
        if len(item.qubits) > 1:
            if place is not None:
                wide.append((place, item.matrix))
            continue
        if place is not None:
            rows.append(single)
            sources.append(place)
        single += 1
    return _Pattern(
        _written(stretch.operations), np.array(rows, dtype=np.intp), tuple(sources), tuple(wide)
    )


def _written(operations: Sequence[Unitary | Noise]) -> Table:
    writer = _Writer()
    last: tuple[int, ...] = ()  # qubits of the operation before, if that is a gate
    for item in operations:
        qubits = item.qubits
        if isinstance(item, Unitary):
            last = qubits
            if len(qubits) == 1:
                writer.gate(qubits[0], item.matrix)
            else:
                data = item.matrix.tobytes()
                layout, values = pauli_maps.sparse(data, len(qubits))
                writer.many(qubits, data, layout, (1.0, *values))
        else:
            _write_noise(writer, item, joined=last == qubits)
            last = ()
    return writer.table(np.float64)


def for_amplitudes(operations: Sequence[Unitary]) -> Table:
    """What happens to state vectors.

    Args:
        operations: Gates.
    """
    writer = _Writer()
    for item in operations:
        if len(item.qubits) == 1:
            writer.gate(item.qubits[0], item.matrix)
        else:
            data = item.matrix.tobytes()
            layout, values = _sparse_gate(data, len(item.matrix))
            writer.many(item.qubits, data, layout, values)
    return writer.table(np.complex128)


class _Writer:
    """Collects rows; the layout of a sparse matrix is written once."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._gates: list[Complex] = []
        self._places: list[int] = []
        self._layout: list[int] = []
        self._numbers: list[Any] = []
        self._known: dict[object, int] = {}
        self._widest = 1
        self._last = 0

    def gate(self, qubit: int, matrix: Complex) -> None:
        self._rows += (_GATE, 1, qubit, 0, len(self._gates))
        self._gates.append(matrix)

    def noise(self, qubit: int, numbers: tuple[float, float, float]) -> None:
        self._rows += (_NOISE, 1, qubit, 0, len(self._numbers))
        self._numbers += numbers

    def many(
        self, qubits: tuple[int, ...], key: object, layout: list[int], numbers: Sequence[Any]
    ) -> None:
        begin = self._known.get(key)
        if begin is None:
            begin = self._known[key] = len(self._layout)
            self._layout += layout
        self._last = len(self._numbers)
        self._rows += (_MANY, len(qubits), len(self._places), begin, self._last)
        self._places += qubits
        self._numbers += numbers
        self._widest = max(self._widest, len(qubits))

    def weaken(self, factor: float) -> None:
        """Change the factor of the last map of several qubits."""
        self._numbers[self._last] *= factor

    def table(self, kind: type[np.generic]) -> Table:
        return Table(
            np.array(self._rows, dtype=np.int64).reshape(-1, 5),
            np.array(self._gates, dtype=np.complex128).reshape(-1, 2, 2),
            np.array(self._places, dtype=np.int64),
            np.array(self._layout, dtype=np.int64),
            np.array(self._numbers, dtype=kind),
            self._widest,
        )


def _write_noise(writer: _Writer, noise: Noise, *, joined: bool) -> None:
    """Write noise; what follows a gate of the same qubits is a factor of the gate's own rows."""
    qubits, strength = noise.qubits, noise.channel.depolarizing
    if len(qubits) > 1 and strength:
        if joined:
            writer.weaken(1.0 - strength)
        else:
            layout, values = _identity(len(qubits))
            writer.many(qubits, len(qubits), layout, (1.0 - strength, *values))
        strength = 0.0
    for qubit, relaxation in zip(qubits, noise.channel.relaxations, strict=True):
        if relaxation is not None or strength:
            writer.noise(qubit, pauli_maps.factors(relaxation, strength))


@cache
def _identity(count: int) -> tuple[list[int], list[Any]]:
    return pauli_maps.entries(np.eye(4**count))


@lru_cache(maxsize=1024)
def _sparse_gate(data: bytes, side: int) -> tuple[list[int], list[Any]]:
    return pauli_maps.entries(np.frombuffer(data, dtype=np.complex128).reshape(side, side))
