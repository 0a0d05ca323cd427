"""Circuits become the schedules that Qiskit 1.4 makes of them; `write_schedules.py` wrote them."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate

import backline
from backline import pulse
from backline.lowering import schedule
from golden import pulse_facts
from lowering import manila, toy
from lowering.test_schedule import toy_target

METHODS = ["alap", "asap"]
EXPECTED = json.loads(
    gzip.decompress(Path(__file__).with_name("schedules_1_4.json.gz").read_bytes())
)
SAMPLES = [np.frombuffer(base64.b64decode(text), dtype="<c16") for text in EXPECTED["samples"]]


@pytest.fixture(scope="module")
def toys():
    return toy_target()


@pytest.fixture(scope="module")
def device():
    return backline.load("manila", reconcile=False)


def assert_same(done, expected):
    """Times to the sample, values to 1e-12, and the same order of instructions."""
    duration, rows = expected
    ours = pulse_facts.facts(pulse, done)
    assert ours["duration"] == duration
    for mine, yours in zip(ours["instructions"], rows, strict=True):
        assert mine[:3] == yours[:3]
        for one, other in zip(mine[3:], yours[3:], strict=True):
            if isinstance(one, np.ndarray):
                np.testing.assert_allclose(one, SAMPLES[other], rtol=0, atol=1e-12)
            elif isinstance(one, float):
                assert one == pytest.approx(other, rel=1e-12, abs=1e-12)
            else:
                assert one == other


def test_there_are_enough_circuits_and_none_is_forgotten():
    assert EXPECTED["toy"].keys() == toy.circuits().keys()
    assert EXPECTED["manila"].keys() == manila.circuits().keys()
    assert len(EXPECTED["toy"]) + len(EXPECTED["manila"]) >= 100


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", toy.circuits())
def test_on_the_toy(toys, name, method):
    circuit = toy.build(QuantumCircuit(toy.QUBITS, toy.QUBITS), Gate, toy.circuits()[name])
    assert_same(schedule(circuit, toys, method=method), EXPECTED["toy"][name][method])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", manila.circuits())
def test_on_manila(device, name, method):
    circuit = manila.build(manila.circuits()[name])
    assert_same(schedule(circuit, device, method=method), EXPECTED["manila"][name][method])
