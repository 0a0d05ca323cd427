"""From circuits to schedules, and from schedules to waveforms."""

from backline.lowering.compile import compile
from backline.lowering.hamiltonian import model_from_hamiltonian
from backline.lowering.model import driven_qubits, pulse_model, touched_qubits
from backline.lowering.readouts import resonators
from backline.lowering.scheduling import schedule, sequence
from backline.lowering.source import source_of
from backline.lowering.spectators import left_out, spectator_qubits

__all__ = [
    "compile",
    "driven_qubits",
    "left_out",
    "model_from_hamiltonian",
    "pulse_model",
    "resonators",
    "schedule",
    "sequence",
    "source_of",
    "spectator_qubits",
    "touched_qubits",
]
