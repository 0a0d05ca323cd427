"""K21 to K27: what is read from the target."""

import numpy as np
import pytest
from qiskit.circuit import Instruction
from qiskit.circuit.library import CXGate, XGate
from qiskit.providers import QubitProperties as QiskitQubitProperties
from qiskit.transpiler import CouplingMap, InstructionDurations
from qiskit.transpiler import Target as QiskitTarget

from backline.contract import QubitProperties, Target
from backline.errors import QubitError
from contract.line import LineBackend


def test_K21_operations(backend):
    names = ["x", "sx", "rz", "cx", "ecr", "measure", "reset", "delay", "rx_half"]
    assert backend.num_qubits == 3
    assert type(backend.operation_names) is list
    assert sorted(backend.operation_names) == sorted(names)
    assert type(backend.operations) is list
    assert all(isinstance(operation, Instruction) for operation in backend.operations)
    assert len(backend.operations) == len(names)
    assert type(backend.instructions) is list
    assert (XGate(), (2,)) in backend.instructions
    assert (CXGate(), (0, 1)) in backend.instructions
    assert (CXGate(), (0, 2)) not in backend.instructions


def test_K22_coupling_map(backend):
    assert isinstance(backend.coupling_map, CouplingMap)
    assert set(backend.coupling_map.get_edges()) == {(0, 1), (1, 0), (1, 2), (2, 1)}


def test_K22_no_coupling_map_where_all_to_all():
    target = Target(num_qubits=3)
    target.add_instruction(CXGate())
    assert LineBackend(target=target).coupling_map is None


def test_K22_instruction_durations(backend):
    assert isinstance(backend.instruction_durations, InstructionDurations)
    assert backend.instruction_durations.get("cx", (1, 2), unit="s") == 4.8e-7
    assert backend.instruction_durations.get("x", 0, unit="dt") == 160


def test_K24_dt_and_dtm(backend, plain):
    assert backend.dt == 1e-9
    assert LineBackend(target=Target(num_qubits=1)).dt is None
    assert backend.dtm == 4e-9
    with pytest.raises(NotImplementedError, match="dtm"):
        _ = plain.dtm


def test_K25_meas_map(backend, plain):
    assert backend.meas_map == [[0, 1], [2]]
    backend.meas_map.append([9])
    assert backend.meas_map == [[0, 1], [2]]
    with pytest.raises(NotImplementedError, match="concurrent_measurements"):
        _ = plain.meas_map


def test_K26_one_qubit(backend):
    found = backend.qubit_properties(0)
    assert isinstance(found, QiskitQubitProperties)
    assert (found.t1, found.anharmonicity) == (1e-4, -3e8)
    assert backend.qubit_properties(1) is None


@pytest.mark.parametrize("several", [[2, 0, 1], (2, 0, 1), np.array([2, 0, 1])])
def test_K26_several_qubits_in_the_same_order(backend, several):
    found = backend.qubit_properties(several)
    assert type(found) is list
    assert found == [QubitProperties(t1=2e-4), backend.qubit_properties(0), None]
    assert backend.qubit_properties([]) == []


@pytest.mark.parametrize("integer", [np.int64, np.uint8, np.int32])
def test_K26_numpys_integers_are_integers(backend, integer):
    assert backend.qubit_properties(integer(2)).t1 == 2e-4


@pytest.mark.parametrize("missing", [-1, 3, np.int64(-1), 1.0, "0", None, True, [0, 3], [0, -1]])
def test_K26_a_qubit_that_does_not_exist(backend, missing):
    with pytest.raises(QubitError):
        backend.qubit_properties(missing)


def test_K26_the_error_names_the_qubits_that_there_are(backend):
    with pytest.raises(IndexError, match="no qubit -1: its qubits are 0 to 2"):
        backend.qubit_properties(-1)


def test_K26_not_supported(plain):
    with pytest.raises(NotImplementedError, match="plain"):
        plain.qubit_properties(0)


def test_K27_max_circuits(backend):
    assert backend.max_circuits == 10


def test_a_target_of_qiskits_own_will_do():
    target = QiskitTarget(num_qubits=1, qubit_properties=[QiskitQubitProperties(t1=1.0)])
    target.add_instruction(XGate(), {(0,): None})
    backend = LineBackend(target=target)
    assert backend.qubit_properties(0).t1 == 1.0
    assert backend.instruction_schedule_map.instructions == []
