"""From circuits to schedules, and from schedules to waveforms."""

from backline.lowering.compile import compile
from backline.lowering.model import pulse_model, touched_qubits
from backline.lowering.schedule import schedule

__all__ = ["compile", "pulse_model", "schedule", "touched_qubits"]
