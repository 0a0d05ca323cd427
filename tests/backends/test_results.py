"""K43: results in the formats that Qiskit documents, Aer's result being the oracle."""

import json

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit, Qubit
from qiskit.exceptions import QiskitError
from qiskit.result import Result
from qiskit.result.models import ExperimentResult

from backends.toy import Toy, flips
from backline.backends import experiment_result, failed_result, seeded
from backline.engines.outcomes import Outcomes
from backline.errors import EngineError


def registers():
    circuit = QuantumCircuit(
        QuantumRegister(2, "q"),
        QuantumRegister(1, "r"),
        ClassicalRegister(1, "a"),
        ClassicalRegister(3, "b"),
        name="named",
        metadata={"x": [1, 2]},
    )
    circuit.x(1)
    circuit.measure(1, 0)
    circuit.measure(0, 1)
    circuit.measure(1, 3)
    return circuit


def test_K43_header_and_data_are_as_aer_writes_them():
    from qiskit_aer import AerSimulator

    circuit = registers()
    ours = Toy().run(circuit, shots=3, memory=True).result(10)
    aer = AerSimulator().run(circuit, shots=3, memory=True).result()
    assert isinstance(ours, Result)
    assert {key: ours.results[0].header[key] for key in aer.results[0].header} == dict(
        aer.results[0].header
    )
    assert ours.get_counts() == aer.get_counts() == {"100 1": 3}
    assert ours.get_memory() == aer.get_memory()
    assert ours.data() == aer.data() == {"counts": {"0x9": 3}, "memory": ["0x9"] * 3}
    assert ours.get_counts(circuit) == aer.get_counts(circuit)
    assert ours.get_counts("named") == aer.get_counts("named")
    assert ours.results[0].header["clbit_labels"] == [["a", 0], ["b", 0], ["b", 1], ["b", 2]]


def test_K43_every_setting_that_shaped_the_run_is_in_the_result():
    job = Toy().run([registers(), flips()], shots=3, seed_simulator=5, gain=2.5)
    result = job.result(10)
    assert (result.backend_name, result.backend_version) == ("toy", "7")
    assert (result.job_id, result.success, result.status) == (job.job_id(), True, "COMPLETED")
    assert result.options == {"shots": 3, "memory": False, "seed_simulator": 5, "gain": 2.5}
    assert set(result.versions) == {"backline", "qiskit", "numpy", "python"}
    assert result.time_taken >= 0
    assert result.date.endswith("+00:00")
    first, second = result.results
    assert (first.shots, first.seed_simulator, first.status) == (3, 5, "DONE")
    assert first.seed != second.seed
    assert first.metadata == {"engine": "toy"}


def test_K43_a_result_is_json_and_comes_back():
    result = Toy().run([registers(), flips(1)], shots=3, memory=True).result(10)
    again = Result.from_dict(json.loads(json.dumps(result.to_dict())))
    assert again.get_counts() == result.get_counts()
    assert again.get_memory(0) == result.get_memory(0)


def test_K43_memory_is_only_there_when_asked():
    result = Toy().run(flips()).result(10)
    with pytest.raises(QiskitError, match="memory"):
        result.get_memory()


@pytest.mark.parametrize("bits", [0, 2])
def test_K43_a_circuit_without_measurements_runs_and_has_no_counts(bits):
    circuit = QuantumCircuit(2, bits)
    circuit.x(0)
    result = Toy().run([circuit, flips(0)], memory=True).result(10)
    assert result.success
    assert result.get_counts(1) == {"001": 1024}
    with pytest.raises(QiskitError, match="No counts"):
        result.get_counts(0)


def test_K43_of_experiments_with_one_name_the_first_is_found_with_a_warning():
    result = Toy().run([flips(0, name="twin"), flips(1, name="twin")], shots=2).result(10)
    with pytest.warns(UserWarning, match="multiple results"):
        assert result.get_counts("twin") == {"001": 2}
    assert result.get_counts(1) == {"010": 2}


def test_bits_outside_of_registers_are_not_lost():
    # Aer writes the sizes of the registers alone, and Qiskit then drops the other bits.
    bits = [Clbit() for _ in range(3)]
    circuit = QuantumCircuit([Qubit() for _ in range(3)], bits)
    circuit.add_register(ClassicalRegister(bits=[bits[1]], name="m"))
    circuit.x(0)
    circuit.measure(range(3), range(3))
    assert Toy().run(circuit, shots=2).result(10).get_counts() == {"001": 2}


def test_registers_that_share_a_bit_are_read_as_one_string():
    shared = ClassicalRegister(2, "a")
    other = ClassicalRegister(bits=[shared[0], Clbit()], name="b")
    circuit = QuantumCircuit(QuantumRegister(3, "q"), shared, other)
    circuit.x(0)
    circuit.x(2)
    circuit.measure(range(3), range(3))
    assert Toy().run(circuit, shots=2).result(10).get_counts() == {"101": 2}


def one(outcomes, **options):
    circuit = QuantumCircuit(2, 2, name="level")
    circuit.measure([0, 1], [0, 1])
    (experiment,) = seeded([circuit], 1)
    result = experiment_result(experiment, outcomes, options)
    assert isinstance(result, ExperimentResult)
    return Result(results=[result], success=True)


IQ = np.array([[1 + 2j, 3 - 1j], [0.5j, -1], [0, 4]])


@pytest.mark.parametrize(
    ("level", "meas_return", "iq"),
    [
        (1, "single", IQ),
        (1, "avg", IQ[0]),
        (0, "single", np.stack([IQ, 2 * IQ, 3 * IQ, 4 * IQ], axis=-1)),
        (0, "avg", np.stack([IQ[0], 1j * IQ[0]], axis=-1)),
    ],
)
def test_K43_levels_0_and_1_have_the_documented_shapes(level, meas_return, iq):
    result = one(Outcomes(shots=3, iq=iq), meas_level=level, meas_return=meas_return)
    np.testing.assert_array_equal(result.get_memory(), iq)
    assert result.results[0].meas_level == level
    assert result.results[0].meas_return == meas_return
    assert result.results[0].header["memory_slots"] == 2
    json.dumps(result.to_dict())
    with pytest.raises(QiskitError, match="No counts"):
        result.get_counts()


def test_level_1_is_pairs_of_real_and_imaginary_parts():
    result = one(Outcomes(shots=3, iq=IQ), meas_level=1, meas_return="single")
    assert result.data()["memory"][0] == [[1.0, 2.0], [3.0, -1.0]]


@pytest.mark.parametrize(
    ("level", "meas_return", "iq", "message"),
    [
        (1, "single", None, "no data of measurement level 1"),
        (1, "single", IQ[:2], r"shape \(2, 2\), and must have \(3, 2\)"),
        (1, "avg", IQ, r"shape \(3, 2\), and must have \(2,\)"),
        (0, "avg", IQ[0], r"shape \(2,\), and must have \(2,\) before the axis of samples"),
    ],
)
def test_data_of_another_shape_is_refused(level, meas_return, iq, message):
    with pytest.raises(EngineError, match=message):
        one(Outcomes(shots=3, iq=iq), meas_level=level, meas_return=meas_return)


def test_a_circuit_without_measurements_has_no_points():
    (experiment,) = seeded([QuantumCircuit(2, 2)], 1)
    result = experiment_result(experiment, Outcomes(shots=3), {"meas_level": 1})
    assert result.success
    assert result.data.to_dict() == {}


def test_memory_that_the_engine_did_not_keep_is_an_error_and_not_a_lie():
    (experiment,) = seeded([flips(name="few")], 1)
    outcomes = Outcomes(shots=3, bits=np.zeros((1, 3), dtype=np.uint8), repeats=np.array([3]))
    assert experiment_result(experiment, outcomes, {}).data.counts == {"0x0": 3}
    with pytest.raises(EngineError, match="memory=True"):
        experiment_result(experiment, outcomes, {"memory": True})


def test_a_measurement_inside_of_a_branch_is_a_measurement():
    circuit = QuantumCircuit(1, 2)
    with circuit.if_test((circuit.clbits[0], 0)):
        circuit.measure(0, 1)
    (experiment,) = seeded([circuit], 1)
    outcomes = Outcomes(shots=1, bits=np.array([[0, 1]], dtype=np.uint8))
    assert experiment_result(experiment, outcomes, {}).data.counts == {"0x2": 1}


def test_a_failed_experiment_keeps_its_place_and_says_why():
    (experiment,) = seeded([flips(name="f")], 1)
    result = failed_result(experiment, ValueError("broke"), {"seed_simulator": 4})
    assert (result.success, result.shots, result.status) == (False, 0, "ERROR: broke")
    assert (result.header["name"], result.seed_simulator) == ("f", 4)
    assert result.data.to_dict() == {}


def test_values_that_json_does_not_know_become_text():
    (experiment,) = seeded([flips()], 1)
    metadata = {"a": np.float64(0.5), "b": {1: (np.int8(2), None)}, "c": object}
    outcomes = Outcomes(shots=1, bits=np.zeros((1, 3), dtype=np.uint8), metadata=metadata)
    result = experiment_result(experiment, outcomes, {})
    assert result.metadata == {"a": 0.5, "b": {"1": [2, None]}, "c": "<class 'object'>"}
