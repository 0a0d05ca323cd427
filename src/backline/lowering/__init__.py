"""From circuits to schedules, and from schedules to waveforms."""

from backline.lowering.compile import compile
from backline.lowering.model import pulse_model, touched_qubits
from backline.lowering.readouts import resonators
from backline.lowering.scheduling import schedule, sequence

__all__ = ["compile", "pulse_model", "resonators", "schedule", "sequence", "touched_qubits"]
