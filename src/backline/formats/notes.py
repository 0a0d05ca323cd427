"""What was mended or left out while a device was read, said shortly."""

from __future__ import annotations

from collections.abc import Iterable


class Notes:
    """Collects remarks; those that are the same for several qubits become one.

    >>> notes = Notes()
    >>> for qubit in (3, 4, 5, 9):
    ...     notes.about_qubit("T1 is missing", qubit)
    >>> notes.add("no Hamiltonian")
    >>> notes.lines()
    ('qubits 3-5, 9: T1 is missing', 'no Hamiltonian')
    """

    def __init__(self) -> None:
        self._about: dict[str, list[int] | None] = {}

    def add(self, remark: str) -> None:
        """Keep a remark about the device as a whole, once."""
        self._about.setdefault(remark, None)

    def about_qubit(self, remark: str, qubit: int) -> None:
        """Keep a remark about one qubit."""
        qubits = self._about.setdefault(remark, [])
        if qubits is not None and qubit not in qubits:
            qubits.append(qubit)

    def lines(self) -> tuple[str, ...]:
        """All remarks, one sentence each, in the order in which they first came up."""
        return tuple(
            remark if not qubits else f"{qubit_list(qubits)}: {remark}"
            for remark, qubits in self._about.items()
        )


def qubit_list(qubits: Iterable[int]) -> str:
    """Name some qubits shortly.

    >>> qubit_list([7]), qubit_list([0, 1, 2, 3, 8])
    ('qubit 7', 'qubits 0-3, 8')
    """
    ordered = sorted(set(qubits))
    runs: list[list[int]] = []
    for qubit in ordered:
        if runs and qubit == runs[-1][-1] + 1:
            runs[-1].append(qubit)
        else:
            runs.append([qubit])
    parts = [", ".join(map(str, run)) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs]
    return ("qubit " if len(ordered) == 1 else "qubits ") + ", ".join(parts)
