"""K1 to K4: what a backend is made of, and that it can be copied."""

import copy
import pickle
from datetime import UTC, datetime

import pytest
import qiskit.providers
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import generate_preset_pass_manager

from backline.contract import BackendV2, InstructionProperties, Options
from contract.line import LineBackend, make_backend


def test_K1_arguments_are_readable_as_given(backend):
    assert backend.name == "line"
    assert backend.description == "three in a line"
    assert backend.online_date == datetime(2024, 5, 1, tzinfo=UTC)
    assert backend.backend_version == "1.2.3"
    assert backend.provider == "who provides it"


def test_K1_every_argument_may_be_left_out():
    backend = LineBackend()
    facts = (backend.name, backend.description, backend.online_date, backend.backend_version)
    assert facts == (None, None, None, None)
    assert backend.provider is None


def test_K1_arguments_have_their_order():
    backend = LineBackend("p", "n", "d", None, "v")
    assert (backend.provider, backend.name, backend.description) == ("p", "n", "d")
    assert backend.backend_version == "v"


def test_K2_version_is_of_the_interface(backend):
    assert BackendV2.version == 2
    assert backend.version == 2
    assert backend.backend_version == "1.2.3"


@pytest.mark.parametrize("lacking", ["target", "max_circuits", "_default_options", "run"])
def test_K3_a_backend_must_give_every_abstract_member(lacking):
    members = {
        "target": property(lambda self: None),
        "max_circuits": property(lambda self: None),
        "_default_options": classmethod(lambda cls: Options()),
        "run": lambda self, run_input, **options: None,
    }
    del members[lacking]
    with pytest.raises(TypeError, match=lacking):
        type("Lacking", (BackendV2,), members)()


def test_K4_qiskit_takes_it_for_its_own(backend):
    assert isinstance(backend, qiskit.providers.BackendV2)


@pytest.mark.parametrize("level", range(4))
def test_K4_transpile(backend, level):
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 2)
    circuit.measure(range(3), range(3))
    compiled = transpile(circuit, backend, optimization_level=level, seed_transpiler=1)
    for instruction in compiled.data:
        qubits = tuple(compiled.find_bit(qubit).index for qubit in instruction.qubits)
        assert backend.target.instruction_supported(instruction.name, qubits)


def test_K4_transpile_in_worker_processes(backend):
    circuits = [QuantumCircuit(2) for _ in range(4)]
    for circuit in circuits:
        circuit.cx(0, 1)
        circuit.h(1)
    compiled = transpile(circuits, backend, optimization_level=1, num_processes=2)
    assert [circuit.num_qubits for circuit in compiled] == [3, 3, 3, 3]


def test_K4_preset_pass_manager_and_its_plugin_hooks():
    class Hooked(LineBackend):
        def get_translation_stage_plugin(self):
            return "there is no such plugin"

    circuit = QuantumCircuit(2)
    circuit.cx(0, 1)
    assert generate_preset_pass_manager(1, make_backend()).run(circuit).num_qubits == 3
    with pytest.raises(Exception, match="there is no such plugin"):
        generate_preset_pass_manager(1, Hooked(name="hooked"))


def copies():
    return [copy.copy, copy.deepcopy, lambda backend: pickle.loads(pickle.dumps(backend))]


@pytest.mark.parametrize("duplicate", copies())
def test_K4_copies_are_equal_and_work(duplicate):
    backend = make_backend(shots=7)
    copied = duplicate(backend)
    assert copied == backend
    assert hash(copied) == hash(backend)
    assert copied is not backend
    assert copied.options.shots == 7
    assert copied.target.get_calibration("x", (1,)) == backend.target.get_calibration("x", (1,))
    assert copied.run([]).result().job_id == "1"


@pytest.mark.parametrize("duplicate", copies())
def test_K4_copies_have_options_of_their_own(backend, duplicate):
    copied = duplicate(backend)
    copied.set_options(shots=1)
    assert backend.options.shots == 1024
    assert copied != backend


def test_K4_what_makes_backends_differ(backend):
    assert backend == make_backend()
    assert backend != LineBackend(name="line")
    assert backend != "line"
    other = make_backend()
    other.target.update_instruction_properties("sx", (0,), InstructionProperties(1.0, 0.1))
    assert backend != other
    elsewhere = make_backend()
    elsewhere._provider = None
    assert backend == elsewhere  # who provides it makes no difference


def test_K4_a_copy_honours_the_subclass_own_state():
    class Pooled(LineBackend):
        def __getstate__(self):
            return {k: v for k, v in self.__dict__.items() if k != "pool"}

        def __setstate__(self, state):
            self.__dict__.update(state)
            self.pool = "a new one"

    backend = Pooled(name="pooled")
    backend.pool = "the old one"
    assert copy.copy(backend).pool == "a new one"
    assert copy.deepcopy(backend).pool == "a new one"


def test_repr_names_the_backend(backend):
    assert repr(backend) == "<LineBackend('line', 3 qubits)>"
