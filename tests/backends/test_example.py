"""The example of an author's own device runs, and does what it says."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, transpile

from backline.errors import InputError, OptionValueError

PATH = Path(__file__).parents[2] / "examples" / "own_device.py"


@pytest.fixture(scope="module")
def example():
    return runpy.run_path(str(PATH))


def test_it_runs_and_prints_counts():
    ended = subprocess.run(
        [sys.executable, str(PATH)], capture_output=True, text=True, check=True, timeout=120
    )
    counts = ast.literal_eval(ended.stdout)
    assert sum(counts.values()) == 1000
    # Each 1 is missed in 2 of 100 looks: 111 is read as such in 0.5 · 0.98³ of all shots.
    assert 430 < counts["000"] < 570
    assert 400 < counts["111"] < 541
    assert ended.stderr == ""


def test_a_perfect_camera_sees_the_state(example):
    backend = example["ThreeIons"](missed=0.0)
    circuit = QuantumCircuit(3, 2)
    circuit.x(1)
    circuit.measure(1, 0)
    circuit.measure(0, 1)
    counts = backend.run(transpile(circuit, backend), shots=50).result(60).get_counts()
    assert counts == {"01": 50}


def test_the_same_seed_gives_the_same_shots(example):
    backend = example["ThreeIons"]()
    circuit = QuantumCircuit(1)
    circuit.rx(1.0, 0)
    circuit.measure_all()
    first, again, other = (
        backend.run(circuit, shots=200, memory=True, seed_simulator=seed).result(60).get_memory()
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_its_own_check_and_option(example):
    backend = example["ThreeIons"]()
    circuit = QuantumCircuit(1, 1, name="again")
    circuit.measure(0, 0)
    circuit.rx(1.0, 0)
    with pytest.raises(InputError, match="rx follows the measurement of its ion in 'again'"):
        backend.run(circuit)
    with pytest.raises(OptionValueError, match="missed"):
        backend.run(circuit, missed=2)
