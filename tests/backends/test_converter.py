"""A BackendV1-shaped object becomes a BackendV2, and runs as it did."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate
from qiskit.providers import BackendV2 as QiskitBackendV2
from qiskit.providers import Options

import backline
from backline import BackendV2Converter
from backline.errors import FormatError, InputError


class Facts:
    """One of the three models of a BackendV1."""

    def __init__(self, facts):
        self._facts = facts

    def to_dict(self):
        return self._facts


class Old:
    """A backend of the older shape: the three models, and a `run` of its own."""

    def __init__(self, configuration, properties=None, defaults=None):
        self._models = configuration, properties, defaults
        self.options = Options(shots=10, memory=False)

    def name(self):
        return self._models[0]["backend_name"]

    def provider(self):
        return "whoever"

    def configuration(self):
        return Facts(self._models[0])

    def properties(self):
        return None if self._models[1] is None else Facts(self._models[1])

    def defaults(self):
        return None if self._models[2] is None else Facts(self._models[2])

    def set_options(self, **fields):
        self.options.update_options(**fields)

    def run(self, run_input, **options):
        return "ran", run_input, options


def small(**more):
    return {
        "backend_name": "small",
        "backend_version": "0.1",
        "n_qubits": 2,
        "basis_gates": ["id", "rz", "sx", "cx"],
        "gates": [],
        "coupling_map": [[0, 1]],
        "max_experiments": 7,
        "max_shots": 100,
        "local": True,
        "simulator": True,
        "conditional": False,
        "open_pulse": False,
        "memory": True,
        **more,
    }


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila")


@pytest.fixture(scope="module")
def there_and_back(manila):
    old = Old(
        manila.configuration().to_dict(),
        manila.properties().to_dict(),
        manila.defaults().to_dict(),
    )
    return BackendV2Converter(old)


def test_K5_views_make_the_same_target_again(manila, there_and_back):
    ours, again = manila.target, there_and_back.target
    assert again.operation_names == ours.operation_names
    for name in ours.operation_names:
        assert set(again[name]) == set(ours[name])
        for qubits, properties in ours[name].items():
            other = again[name][qubits]
            if properties is None:
                assert other is None
                continue
            assert other.error == pytest.approx(properties.error, abs=1e-15)
            assert other.duration == pytest.approx(properties.duration, rel=1e-12)
            assert again.has_calibration(name, qubits) == ours.has_calibration(name, qubits)
    for qubit in range(5):
        one, two = manila.qubit_properties(qubit), there_and_back.qubit_properties(qubit)
        for field in ("t1", "t2", "frequency", "anharmonicity", "p1_given_0", "p0_given_1"):
            assert getattr(two, field) == pytest.approx(getattr(one, field), rel=1e-12)
    assert again.dt == pytest.approx(ours.dt, rel=1e-12)
    assert there_and_back.meas_map == manila.meas_map
    assert there_and_back.dtm == pytest.approx(manila.dtm, rel=1e-12)
    assert there_and_back.max_circuits == manila.max_circuits
    assert there_and_back.control_channel((1, 2)) == manila.control_channel((1, 2))


def test_K5_the_hamiltonian_survives_the_way_there_and_back(manila, there_and_back):
    ours, again = manila.device, there_and_back.device
    for kind in ("couplings", "drive_lines", "control_lines"):
        for one, other in zip(getattr(ours, kind), getattr(again, kind), strict=True):
            assert other.strength == pytest.approx(one.strength, rel=1e-12)
    assert [c.qubits for c in again.couplings] == [c.qubits for c in ours.couplings]
    assert [(u.index, u.qubits, u.drives, u.lo) for u in again.control_lines] == [
        (u.index, u.qubits, u.drives, u.lo) for u in ours.control_lines
    ]


@pytest.mark.parametrize("gate", [("x", (3,)), ("cx", (0, 1)), ("measure", (0,))])
def test_K5_calibrations_survive_the_way_there_and_back(manila, there_and_back, gate):
    assert there_and_back.target.get_calibration(*gate) == manila.target.get_calibration(*gate)


def test_K5_views_of_the_converted_backend_are_those_it_was_made_of(manila, there_and_back):
    for view in ("configuration", "properties", "defaults"):
        ours, again = (getattr(b, view)().to_dict() for b in (manila, there_and_back))
        assert again.keys() == ours.keys()
    ours, again = (b.configuration().to_dict() for b in (manila, there_and_back))
    for ranges in ("qubit_lo_range", "meas_lo_range"):  # converted to Hz and back
        np.testing.assert_allclose(again.pop(ranges), ours.pop(ranges), rtol=1e-12)
    one, other = ours.pop("hamiltonian"), again.pop("hamiltonian")
    assert again == ours
    assert other["h_str"] == one["h_str"]
    assert other["vars"] == pytest.approx(one["vars"], rel=1e-12)


def test_K40_run_is_the_older_backend_s_own(manila):
    old = Old(small())
    converted = BackendV2Converter(old)
    assert isinstance(converted, QiskitBackendV2)
    assert converted.run("circuit", shots=3, anything=1) == (
        "ran",
        "circuit",
        {"shots": 3, "anything": 1},
    )


def test_K10_options_are_the_older_backend_s_own():
    old = Old(small())
    converted = BackendV2Converter(old)
    assert converted.options.shots == 10
    converted.set_options(shots=11)
    assert old.options.shots == 11


def test_K1_it_is_called_as_it_was():
    converted = BackendV2Converter(Old(small()))
    assert (converted.name, converted.provider, converted.backend_version) == (
        "small",
        "whoever",
        "0.1",
    )
    assert converted.max_circuits == 7
    with pytest.raises(NotImplementedError):
        converted.drive_channel(0)


def test_K4_the_compiler_takes_it():
    converted = BackendV2Converter(Old(small()))
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(1, 0)
    compiled = transpile(circuit, converted, initial_layout=[0, 1], optimization_level=0)
    assert set(compiled.count_ops()) <= {"rz", "sx", "cx"}


@pytest.mark.parametrize(("add_delay", "there"), [(True, True), (False, False)])
def test_delays_are_added_when_asked_for(add_delay, there):
    converted = BackendV2Converter(Old(small()), add_delay=add_delay)
    assert ("delay" in converted.operation_names) is there


def test_gates_that_qiskit_does_not_know_may_be_given():
    class Odd(Gate):
        def __init__(self):
            super().__init__("odd", 1, [])

    conf = small(
        basis_gates=["rz", "odd"],
        gates=[{"name": "odd", "parameters": [], "qasm_def": "", "coupling_map": [[1]]}],
    )
    converted = BackendV2Converter(Old(conf), name_mapping={"odd": Odd()})
    assert isinstance(converted.target.operation_from_name("odd"), Odd)
    assert list(converted.target["odd"]) == [(1,)]


def test_faulty_qubits_are_left_out_unless_asked_for():
    def value(name, number):
        return {"date": "2024-01-01T00:00:00Z", "name": name, "unit": "", "value": number}

    properties = {
        "backend_name": "small",
        "backend_version": "0.1",
        "last_update_date": "2024-01-01T00:00:00Z",
        "qubits": [[value("operational", 1)], [value("operational", 0)]],
        "gates": [
            {"qubits": [q], "gate": "sx", "parameters": [value("gate_error", 0.01)], "name": "sx"}
            for q in (0, 1)
        ],
        "general": [],
    }
    conf = small(
        gates=[{"name": "sx", "parameters": [], "qasm_def": "", "coupling_map": [[0], [1]]}]
    )
    without = BackendV2Converter(Old(conf, properties))
    assert list(without.target["sx"]) == [(0,)]
    everything = BackendV2Converter(Old(conf, properties), filter_faulty=False)
    assert list(everything.target["sx"]) == [(0,), (1,)]


def test_plain_mappings_will_do():
    class Plain:
        def configuration(self):
            return small()

    converted = BackendV2Converter(Plain())
    assert (converted.name, converted.num_qubits) == ("small", 2)


def test_what_is_no_backend_is_refused():
    with pytest.raises(InputError, match="object is no BackendV1"):
        BackendV2Converter(object())


def test_a_configuration_that_makes_no_sense_is_refused():
    with pytest.raises(FormatError):
        BackendV2Converter(Old({"backend_name": "x"}))
