"""A model for the pulse engine from the strings in which backends publish a Hamiltonian."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backline.engines.pulses import Drive, Exchange, PulseModel, Site
from backline.errors import FormatError
from backline.formats.ibm_hamiltonian import Hamiltonian, read_hamiltonian
from backline.formats.notes import Notes

_LEVELS = 3


def model_from_hamiltonian(
    hamiltonian: Mapping[str, Any],
    *,
    qubits: Sequence[int] | None = None,
    levels: int | Mapping[int, int] = _LEVELS,
) -> PulseModel:
    """A model as a Hamiltonian's strings say it, nothing reconciled.

    Terms are those of `PulseBackendConfiguration.hamiltonian` of Qiskit 1.4: frequencies,
    anharmonicities, exchange couplings, and drives through channels D and U.

    Args:
        hamiltonian: With `h_str`, a list of terms, and `vars`, angular frequencies in rad/ns; it
            may have `qub`, levels of each qubit.
        qubits: Those that are simulated; all of the Hamiltonian by default.
        levels: Kept levels, of all or of each qubit.

    Raises:
        FormatError: If a term cannot be read, or a wanted qubit has no frequency.

    Example:
        >>> model_from_hamiltonian(
        ...     {
        ...         "h_str": ["w0/2*(I0-Z0)", "a0/2*(O0*O0-O0)", "r0*X0||D0"],
        ...         "vars": {"w0": 31.4, "a0": -2.1, "r0": 0.6},
        ...     }
        ... ).drives
        (Drive(channel='d0', site=0, strength=95492965.8551372, gain=1.0),)
    """
    notes = Notes()
    terms, variables = hamiltonian.get("h_str"), hamiltonian.get("vars", {})
    if not isinstance(terms, Sequence) or isinstance(terms, str) or not terms:
        raise FormatError("a Hamiltonian needs h_str, a list of terms")
    found = read_hamiltonian(terms, variables, notes)
    if notes.lines():
        raise FormatError("; ".join(notes.lines()))
    chosen = sorted(found.frequencies) if qubits is None else list(qubits)
    missing = [qubit for qubit in chosen if qubit not in found.frequencies]
    if missing or not chosen:
        raise FormatError(f"the Hamiltonian has no frequency of qubits {missing or 'at all'}")
    place = {qubit: k for k, qubit in enumerate(chosen)}
    return PulseModel(
        sites=tuple(
            Site(
                qubit=qubit,
                levels=levels.get(qubit, _LEVELS) if isinstance(levels, Mapping) else levels,
                frequency=found.frequencies[qubit],
                anharmonicity=found.anharmonicities.get(qubit, 0.0),
            )
            for qubit in chosen
        ),
        exchanges=tuple(
            Exchange(sites=(place[a], place[b]), strength=strength)
            for (a, b), strength in sorted(found.couplings.items())
            if a in place and b in place
        ),
        drives=tuple(_drives(found, place)),
    )


def _drives(found: Hamiltonian, place: Mapping[int, int]) -> Collection[Drive]:
    return [
        Drive(channel=f"{kind}{index}", site=place[qubit], strength=strength)
        for kind, lines in (("d", found.drives), ("u", found.controls))
        for index, (qubit, strength) in sorted(lines.items())
        if qubit in place
    ]
