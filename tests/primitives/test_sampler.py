"""SamplerV2 over our backends."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.circuit import Parameter, ParameterVector
from qiskit.primitives import BaseSamplerV2, BitArray, StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from scipy import stats

import backline
from backline.errors import (
    CapabilityError,
    InputError,
    JobTimeoutError,
    OptionValueError,
    ProgramWarning,
    UnknownOptionError,
)
from backline.primitives import SamplerV2

FALSE_ALARM = 1e-6


@pytest.fixture(scope="module")
def backend():
    return backline.load("manila")


@pytest.fixture(scope="module")
def ideal():
    return backline.load("manila", noise=False)


def two_registers():
    """Three qubits, two parameters, registers of one and two bits in an order of their own."""
    first, second = ClassicalRegister(1, "alpha"), ClassicalRegister(2, "beta")
    circuit = QuantumCircuit(QuantumRegister(3), first, second)
    one, two = Parameter("one"), Parameter("two")
    circuit.rx(one, 0)
    circuit.cx(0, 1)
    circuit.ry(two, 2)
    circuit.cx(1, 2)
    circuit.measure([2], first)
    circuit.measure([1, 0], second)
    return circuit


def compiled(circuit, backend, **options):
    layout = list(range(circuit.num_qubits))
    return transpile(circuit, backend, initial_layout=layout, seed_transpiler=1, **options)


def test_it_is_a_sampler_of_qiskit(backend):
    assert isinstance(SamplerV2(backend), BaseSamplerV2)


def test_shapes_and_bits_of_a_sweep(ideal):
    circuit = compiled(two_registers(), ideal)
    values = np.zeros((2, 3, 2))
    values[1, :, 0] = np.pi  # qubits 0 and 1, and with them qubit 2
    values[:, 2, 1] = np.pi  # qubit 2 once more
    data = SamplerV2(ideal).run([(circuit, values)], shots=11).result()[0].data
    assert data.shape == (2, 3)
    for register, bits in ((data.alpha, 1), (data.beta, 2)):
        assert isinstance(register, BitArray)
        assert register.shape == (2, 3)
        assert (register.num_bits, register.num_shots) == (bits, 11)
    for row in range(2):
        for column in range(3):
            flipped = (row + (column == 2)) % 2
            assert data.alpha[row, column].get_counts() == {str(flipped): 11}
            assert data.beta[row, column].get_counts() == {str(row) * 2: 11}


def test_bits_of_wide_registers_are_where_qiskit_has_them():
    wide = backline.load("sherbrooke", noise=False)
    circuit = QuantumCircuit(127, 19)
    ones = [0, 3, 8, 17, 18]
    for bit in ones:
        circuit.x(bit)
    circuit.measure(range(19), range(19))
    data = SamplerV2(wide).run([circuit], shots=2).result()[0].data
    expected = "".join("1" if bit in ones else "0" for bit in reversed(range(19)))
    assert data.c.get_bitstrings() == [expected] * 2
    assert data.c.array.shape == (2, 3)
    again = BitArray.from_samples([expected] * 2, num_bits=19)
    assert (data.c.array == again.array).all()


def test_distributions_are_those_of_qiskits_sampler(ideal):
    logical = two_registers()
    values = np.random.default_rng(3).uniform(0, np.pi, size=(4, 2))
    shots = 20_000
    ours = SamplerV2(ideal, seed=1).run([(compiled(logical, ideal), values)], shots=shots)
    theirs = StatevectorSampler(seed=2).run([(logical, values)], shots=shots)
    for name in ("alpha", "beta"):
        for index in range(4):
            found, expected = (
                job.result()[0].data[name].get_int_counts(index) for job in (ours, theirs)
            )
            keys = sorted(set(found) | set(expected))
            table = np.array([[c.get(key, 0) for key in keys] for c in (found, expected)])
            table = table[:, table.sum(axis=0) >= 10]
            if table.shape[1] > 1:
                assert stats.chi2_contingency(table).pvalue > FALSE_ALARM / 8


def test_with_noise_it_draws_what_run_draws(backend):
    circuit = QuantumCircuit(3)
    circuit.x(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.measure_all()
    shots = 50_000
    found = SamplerV2(backend, seed=5).run([circuit], shots=shots).result()[0].data.meas
    counts = backend.run(circuit, shots=shots, seed_simulator=6).result().get_counts()
    keys = sorted(set(counts) | set(found.get_counts()))
    table = np.array([[c.get(key, 0) for key in keys] for c in (found.get_counts(), counts)])
    table = table[:, table.sum(axis=0) >= 10]
    assert table.shape[1] > 4
    assert stats.chi2_contingency(table).pvalue > FALSE_ALARM


def test_pubs_of_several_numbers_of_shots(ideal):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.measure_all()
    zero = QuantumCircuit(1)
    zero.measure_all()
    pubs = [(circuit, None, 7), zero, (circuit, None, 3), (zero, None, 7)]
    results = SamplerV2(ideal, default_shots=5).run(pubs).result()
    assert [r.data.meas.get_counts() for r in results] == [{"1": 7}, {"0": 5}, {"1": 3}, {"0": 7}]
    assert [r.metadata["shots"] for r in results] == [7, 5, 3, 7]
    assert SamplerV2(ideal).run([]).result().metadata["backend"] == "manila"


def test_seeds(backend):
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure_all()

    def bits(sampler):
        return sampler.run([circuit, circuit], shots=200).result()

    fixed = SamplerV2(backend, seed=8)
    first, again = bits(fixed), bits(fixed)
    for one, other in zip(first, again, strict=True):
        assert (one.data.meas.array == other.data.meas.array).all()
    assert (first[0].data.meas.array != first[1].data.meas.array).any()
    free = bits(SamplerV2(backend))
    drawn = free.metadata["seed"]
    assert (
        bits(SamplerV2(backend, seed=drawn))[0].data.meas.array == free[0].data.meas.array
    ).all()


def test_readout_errors_and_options(backend):
    zero = QuantumCircuit(1)
    zero.measure_all()
    misread = backend.target.qubit_properties[0].p1_given_0
    shots = 100_000
    counts = SamplerV2(backend, seed=1).run([zero], shots=shots).result()[0].data.meas.get_counts()
    assert abs(counts["1"] / shots - misread) < 5 * np.sqrt(misread / shots)
    right = SamplerV2(backend, options={"readout_noise": False})
    assert right.run([zero], shots=shots).result()[0].data.meas.get_counts() == {"0": shots}
    with pytest.raises(UnknownOptionError, match="nonsense"):
        SamplerV2(backend, options={"nonsense": 1}).run([zero])


def test_conditions_and_measurements_in_the_middle(ideal):
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    assert SamplerV2(ideal).run([circuit], shots=9).result()[0].data.c.get_counts() == {"11": 9}


def test_circuits_as_pulses(backend):
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    sampler = SamplerV2(backend, seed=2, options={"engine": "pulses", "noise": False})
    data = sampler.run([circuit], shots=50).result()[0].data
    assert data.c.get_counts()["1"] > 40


def test_a_circuit_without_registers_has_no_data(ideal):
    with pytest.warns(ProgramWarning, match="no classical register"):
        job = SamplerV2(ideal).run([QuantumCircuit(1)])
    assert list(job.result()[0].data.keys()) == []
    unwritten = QuantumCircuit(1, 2)
    assert SamplerV2(ideal).run([unwritten], shots=3).result()[0].data.c.get_counts() == {"00": 3}


def test_wrong_input(backend):
    theta = ParameterVector("t", 2)
    circuit = QuantumCircuit(1)
    circuit.rz(theta[0] + theta[1], 0)
    circuit.measure_all()
    sampler = SamplerV2(backend)
    with pytest.raises(InputError, match="pub 1 is not"):
        sampler.run([(circuit, [1.0, 2.0]), (circuit, [1.0, 2.0, 3.0])])
    with pytest.raises(InputError, match="pub 0 is not"):
        sampler.run([circuit])
    with pytest.raises(InputError, match="pub 0 is not"):
        sampler.run(["nonsense"])
    for wrong in (0, -1, 1.5, True, "many"):
        with pytest.raises(OptionValueError, match="at least 1"):
            sampler.run([(circuit, [1.0, 2.0])], shots=wrong)
        with pytest.raises(OptionValueError, match="default_shots"):
            SamplerV2(backend, default_shots=wrong)
    far = QuantumCircuit(3)
    far.cx(0, 2)
    far.measure_all()
    with pytest.raises(InputError, match="cx on"):
        sampler.run([far])
    with pytest.raises(OptionValueError, match="seed"):
        SamplerV2(backend, seed=-1)
    with pytest.raises(InputError, match="a backend of Backline"):
        SamplerV2(GenericBackendV2(2, seed=1))


def test_jobs(backend):
    circuit = QuantumCircuit(1)
    circuit.measure_all()
    job = SamplerV2(backend).run([circuit])
    job.result()
    assert job.done()
    assert job.in_final_state()
    assert not job.running()
    assert not job.cancelled()
    assert not job.cancel()
    assert job.status().name == "DONE"


def test_a_job_that_is_not_over_in_time(backend):
    circuit = QuantumCircuit(5)
    for _ in range(100):
        for qubit in range(4):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    job = SamplerV2(backend).run([circuit] * 20, shots=100)
    with pytest.raises(JobTimeoutError, match="not over after"):
        job.result(timeout=0.0)
    assert len(job.result()) == 20


def test_sweeps_draw_what_their_circuits_would(backend):
    """Read once for all values, or bound one by one: the same programs, the same seeds."""
    circuit = compiled(two_registers(), backend)
    values = np.random.default_rng(0).uniform(0, np.pi, size=(5, 2))
    run = backend.prepared_sweep(circuit, values, seed=4, shots=300, memory=True)
    bound = [circuit.assign_parameters(row) for row in values]
    one_by_one = backend.prepared(bound, seed=4, shots=300, memory=True)
    for swept, single in zip(run.outcomes(), one_by_one.outcomes(), strict=True):
        assert swept.metadata["method"] == single.metadata["method"] == "density_matrix"
        assert (swept.bits == single.bits).all()


def test_sweeps_beyond_standard_gates(ideal):
    """A parameter in a branch."""
    angle = Parameter("angle")
    branch = QuantumCircuit(1, 1)
    branch.x(0)
    branch.measure(0, 0)
    with branch.if_test((branch.clbits[0], 1)):
        branch.rz(angle, 0)
        branch.sx(0)
        branch.sx(0)
    branch.measure(0, 0)
    counts = SamplerV2(ideal).run([(branch, [[0.1], [0.2]])], shots=5).result()[0].data.c
    assert [counts.get_counts(k) for k in range(2)] == [{"0": 5}] * 2


def test_every_set_of_values_is_held_against_the_method(ideal):
    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.sx(0)
    circuit.rz(angle, 0)
    circuit.sx(0)
    circuit.measure_all()
    stim = SamplerV2(ideal, options={"method": "stim"})
    counts = stim.run([(circuit, [[0.0], [np.pi]])], shots=5).result()[0].data.meas
    assert [counts.get_counts(k) for k in range(2)] == [{"1": 5}, {"0": 5}]
    job = stim.run([(circuit, [[0.0], [np.pi / 3]])], shots=5)
    with pytest.raises(CapabilityError, match="'stim' cannot run"):
        job.result()
