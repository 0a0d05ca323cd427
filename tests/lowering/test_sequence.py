"""`sequence` against Qiskit 1.4, whose schedules of circuits with times are stored beside this."""

import json
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate

import backline
from backline import pulse
from backline.errors import InputError, PulseError
from backline.lowering import schedule, sequence
from lowering import toy

STORED = json.loads(Path(__file__).with_name("sequences_1_4.json").read_text())["circuits"]
QUBITS = 5


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila", reconcile=False)


def timed(stored):
    circuit = toy.build(QuantumCircuit(QUBITS, QUBITS), Gate, stored["operations"])
    circuit._op_start_times = stored["starts"]
    return circuit


def merged(facts):
    """Facts in which waits that touch on a channel are one: 1.4 joins some and others not."""
    rows, last = [], {}
    for row in sorted(facts, key=lambda row: (row[3], row[0], row[2])):
        time, kind, duration, channel = row[:4]
        before = last.get(channel)
        if kind == "Delay" and before is not None and before[0] + before[2] == time:
            before[2] += duration
            continue
        rows.append(list(row))
        if kind == "Delay":
            last[channel] = rows[-1]
    return rows


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored["name"])
def test_as_qiskit_1_4(stored, manila):
    made = sequence(timed(stored), manila)
    assert merged(toy.facts(made)) == merged(stored["schedule"])


def test_there_are_enough_of_them():
    assert len(STORED) >= 30


@pytest.mark.parametrize("method", ["alap", "asap"])
def test_what_the_compiler_scheduled_plays_as_schedule_does(method, manila):
    backend = manila
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.delay(320, 1)
    circuit.cx(1, 2)
    circuit.barrier()
    circuit.measure([0, 1, 2], [2, 0, 1])
    options = {"initial_layout": [0, 1, 2], "seed_transpiler": 1}
    with_times = transpile(circuit, backend, scheduling_method=method, **options)
    made = sequence([with_times], backend)[0]
    expected = schedule(transpile(circuit, backend, **options), backend, method=method)
    played = (pulse.Play, pulse.Acquire, pulse.ShiftPhase)
    assert made.filter(instruction_types=played) == expected.filter(instruction_types=played)
    channels = [c for c in made.channels if not isinstance(c, pulse.MemorySlot)]
    assert {made.ch_stop_time(channel) for channel in channels} == {made.duration}


def test_without_times_it_says_where_they_come_from(manila):
    circuit = QuantumCircuit(1, name="plain")
    circuit.x(0)
    with pytest.raises(InputError, match=r"'plain' have no times.*scheduling_method"):
        sequence(circuit, manila)


def test_a_calibration_longer_than_its_time_is_refused(manila):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.x(0)
    circuit._op_start_times = [0, 8]
    with pytest.raises(PulseError, match="overlaps on DriveChannel"):
        sequence(circuit, manila)
