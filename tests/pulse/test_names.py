"""Names that programs written for Qiskit 1.4 import."""

import importlib

import pytest

import backline.pulse.schedule
from backline import errors, pulse

IMPORTED = {
    "exceptions": ["PulseError", "BackendNotSet", "NoActiveBuilder", "UnassignedDurationError"],
    "schedule": ["Schedule", "ScheduleBlock"],
    "transforms": ["align_measures", "block_to_dag", "AlignLeft", "target_qobj_transform"],
    "transforms.alignments": ["AlignEquispaced", "AlignFunc", "AlignmentKind"],
    "transforms.canonicalization": ["block_to_schedule", "flatten", "pad", "inline_subroutines"],
    "builder": ["general_transforms", "append_schedule", "append_instruction"],
    "channels": ["Channel", "PulseChannel", "SnapshotChannel"],
    "instructions": ["Instruction", "Directive", "RelativeBarrier", "TimeBlockade", "Reference"],
    "library": ["Pulse", "SymbolicPulse", "ScalableSymbolicPulse", "Waveform"],
    "configuration": ["Kernel", "Discriminator", "LoConfig", "LoRange"],
    "macros": ["measure", "measure_all"],
    "instruction_schedule_map": ["InstructionScheduleMap"],
}


@pytest.mark.parametrize("module", IMPORTED)
def test_names_are_where_they_were(module):
    found = importlib.import_module(f"backline.pulse.{module}")
    for name in IMPORTED[module]:
        assert hasattr(found, name), name


def test_the_errors_of_pulse_are_those_of_backline():
    assert pulse.exceptions.PulseError is errors.PulseError
    assert pulse.exceptions.UnassignedReferenceError is errors.UnassignedReferenceError


def test_the_schedule_module_has_no_other_names():
    assert backline.pulse.schedule.ScheduleBlock is pulse.ScheduleBlock
    with pytest.raises(AttributeError, match="has no attribute 'Block'"):
        _ = backline.pulse.schedule.Block


def test_the_delimiters_of_references_are_reserved():
    assert pulse.Reference.scope_delimiter == "::"
    assert pulse.Reference.key_delimiter == ","
    for key in ("a::b", "a,b"):
        with pytest.raises(errors.PulseError, match="must not contain"):
            pulse.Reference("x", key)
