"""K43: results are found by pulse programs too."""

import copy
import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.result import Result as QiskitResult
from qiskit.result.models import ExperimentResult, ExperimentResultData

from backline import pulse
from backline.contract import Result


def experiment(name, **data):
    return ExperimentResult(
        shots=3,
        success=True,
        data=ExperimentResultData(**data),
        header={"name": name, "memory_slots": 1, "creg_sizes": [["c", 1]]},
        meas_level=2,
    )


@pytest.fixture
def result():
    return Result(
        backend_name="line",
        backend_version="1",
        job_id="7",
        success=True,
        results=[
            experiment("first", counts={"0x1": 3}, memory=["0x1"] * 3),
            experiment("second", counts={"0x0": 2, "0x1": 1}, memory=["0x0", "0x1", "0x0"]),
            experiment("third", statevector=np.array([1, 0]), unitary=np.eye(2)),
        ],
        seed_simulator=5,
    )


def block(name):
    with pulse.build(name=name) as made:
        pulse.delay(10, pulse.DriveChannel(0))
    return made


@pytest.mark.parametrize(
    "second",
    [
        1,
        np.int64(1),
        "second",
        QuantumCircuit(1, name="second"),
        pulse.Schedule(name="second"),
        block("second"),
    ],
)
def test_K43_an_experiment_is_found_by(result, second):
    assert result.get_counts(second) == {"0": 2, "1": 1}
    assert result.get_memory(second) == ["0", "1", "0"]
    assert result.data(second)["counts"] == {"0x0": 2, "0x1": 1}


def test_K43_states_are_found_by_schedules(result):
    assert result.get_statevector(pulse.Schedule(name="third")).tolist() == [1, 0]
    assert result.get_unitary(block("third")).tolist() == [[1, 0], [0, 1]]


def test_K43_all_counts(result):
    some = Result(results=result.results[:2], success=True, job_id="7")
    assert some.get_counts() == [{"1": 3}, {"0": 2, "1": 1}]


@pytest.mark.parametrize("missing", [9, "ninth", pulse.Schedule(name="ninth"), block("ninth"), 1.5])
def test_K43_an_experiment_that_is_not_there(result, missing):
    with pytest.raises(QiskitError):
        result.get_counts(missing)


def test_K43_a_result_survives_dictionaries_and_copies(result):
    assert isinstance(result, QiskitResult)
    again = Result.from_dict(result.to_dict())
    assert type(again) is Result
    for copied in (again, copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert copied.get_counts(pulse.Schedule(name="first")) == {"1": 3}
        assert copied.seed_simulator == 5
