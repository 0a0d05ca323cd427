"""What a backend promises: `BackendV2` whole, and what belongs to it."""

from backline.contract.backend import BackendV2
from backline.contract.checks import Checked, check_circuit, check_programs, check_schedule
from backline.contract.job import Job
from backline.contract.options import Option, Options
from backline.contract.properties import QubitProperties
from backline.contract.provider import Provider
from backline.contract.pulse_gate_targets import including
from backline.contract.pulse_gates import PulseGate, pulse_gate, read_pulse_gate
from backline.contract.result import Result
from backline.contract.target import InstructionProperties, Target
from backline.contract.views import BackendProperties, Configuration, PulseDefaults
from backline.pulse.calibration_entries import (
    CalibrationEntry,
    CallableEntry,
    ScheduleEntry,
    StoredEntry,
)
from backline.pulse.instruction_schedule_map import InstructionScheduleMap

__all__ = [
    "BackendProperties",
    "BackendV2",
    "CalibrationEntry",
    "CallableEntry",
    "Checked",
    "Configuration",
    "InstructionProperties",
    "InstructionScheduleMap",
    "Job",
    "Option",
    "Options",
    "Provider",
    "PulseDefaults",
    "PulseGate",
    "QubitProperties",
    "Result",
    "ScheduleEntry",
    "StoredEntry",
    "Target",
    "check_circuit",
    "check_programs",
    "check_schedule",
    "including",
    "pulse_gate",
    "read_pulse_gate",
]
