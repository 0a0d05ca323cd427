"""DeviceBackend: a described device that runs."""

import copy
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile

import backline
from backline import DeviceBackend, pulse
from backline.backends import cautions
from backline.device import ControlLine, Coupling, Device, DriveLine, Qubit
from backline.device import Gate as DeviceGate
from backline.device.model import Timing
from backline.errors import (
    BackendNotFoundError,
    BacklineError,
    CapabilityError,
    DeviceError,
    DeviceWarning,
    OptionValueError,
    ProgramWarning,
    QubitError,
)


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila")


def measured(width, *gates, name=None):
    circuit = QuantumCircuit(width, width, name=name)
    for gate, *qubits in gates:
        getattr(circuit, gate)(*qubits)
    circuit.measure(range(width), range(width))
    return circuit


def rabi(amp=0.2, qubit=0):
    with pulse.build(name=f"rabi {amp}") as block:
        pulse.play(pulse.Drag(160, amp, 40, -0.6), pulse.DriveChannel(qubit))
        pulse.barrier(pulse.DriveChannel(qubit), pulse.AcquireChannel(qubit))
        pulse.acquire(1000, pulse.AcquireChannel(qubit), pulse.MemorySlot(0))
    return block


# What it answers


def test_K1_it_is_called_as_the_device(manila):
    device = manila.device
    assert (manila.name, manila.num_qubits, manila.version) == ("manila", 5, 2)
    assert manila.description == device.description
    assert manila.online_date == device.online_date
    assert manila.backend_version == device.backend_version
    assert manila.provider is None


def test_K24_K25_K27_timing_meas_map_and_limits(manila):
    assert manila.dt == pytest.approx(2e-9 / 9, rel=1e-12)
    assert manila.dtm == pytest.approx(2e-9 / 9, rel=1e-12)
    assert manila.meas_map == [[0, 1, 2, 3, 4]]
    assert manila.max_circuits == manila.device.max_circuits


def test_K30_to_K33_channels(manila):
    assert manila.drive_channel(np.int64(3)) == pulse.DriveChannel(3)
    assert manila.measure_channel(3) == pulse.MeasureChannel(3)
    assert manila.acquire_channel(3) == pulse.AcquireChannel(3)
    for line in manila.device.control_lines:
        assert pulse.ControlChannel(line.index) in manila.control_channel(iter(line.qubits))
    for channel in (manila.drive_channel, manila.measure_channel, manila.acquire_channel):
        for wrong in (-1, 5):
            with pytest.raises(QubitError, match=f"{wrong}"):
                channel(wrong)
    with pytest.raises(QubitError, match=r"\(0, 2\)"):
        manila.control_channel((0, 2))


def test_K24_K25_K30_what_a_device_lacks_is_not_implemented():
    bare = DeviceBackend(Device(name="bare", qubits=(Qubit(),), basis_gates=("x",)))
    assert bare.dt is None
    with pytest.raises(NotImplementedError):
        bare.dtm  # noqa: B018
    with pytest.raises(NotImplementedError):
        bare.meas_map  # noqa: B018
    with pytest.raises(NotImplementedError):
        bare.drive_channel(0)
    with pytest.raises(NotImplementedError):
        bare.qubit_properties(0)


def test_K26_qubit_properties(manila):
    one, other = manila.qubit_properties([4, 0])
    assert one == manila.qubit_properties(4)
    assert other.t1 == manila.device.qubits[0].t1
    assert other.anharmonicity == manila.device.qubits[0].anharmonicity


# Running


def test_a_circuit_runs_on_gates_with_noise(manila):
    ghz = transpile(measured(3, ("h", 0), ("cx", 0, 1), ("cx", 1, 2)), manila, seed_transpiler=1)
    result = manila.run(ghz, shots=4000, seed_simulator=3).result()
    counts = result.get_counts()
    assert sum(counts.values()) == 4000
    assert counts["000"] + counts["111"] > 3000
    assert set(counts) != {"000", "111"}
    assert result.results[0].metadata["engine"] == "gates"


def test_noise_can_be_switched_off(manila):
    ghz = transpile(measured(3, ("h", 0), ("cx", 0, 1), ("cx", 1, 2)), manila, seed_transpiler=1)
    counts = manila.run(ghz, noise=False, shots=200).result().get_counts()
    assert set(counts) <= {"000", "111"}


def test_the_same_circuit_runs_as_pulses(manila):
    circuit = measured(1, ("x", 0))
    result = manila.run(circuit, engine="pulses", shots=2000, seed_simulator=1).result()
    assert result.results[0].metadata["engine"] == "pulses"
    assert result.get_counts()["1"] > 1800
    perfect = manila.run(circuit, engine="pulses", shots=2000, noise=False, seed_simulator=1)
    assert perfect.result().get_counts()["1"] > 1980


def test_K40_circuits_and_schedules_may_mix(manila):
    circuit, block = measured(1, ("x", 0), name="flip"), rabi(0.0)
    schedule = pulse.transforms.block_to_schedule(rabi(0.05))
    result = manila.run([circuit, block, schedule], shots=500, seed_simulator=2).result()
    assert [entry.metadata["engine"] for entry in result.results] == ["gates", "pulses", "pulses"]
    assert result.get_counts(circuit)["1"] > 400
    assert result.get_counts(block)["0"] > 450
    assert sum(result.get_counts(schedule).values()) == 500


def test_K43_kerneled_points_single_and_averaged(manila):
    run = {"meas_level": 1, "shots": 300, "seed_simulator": 1}
    single = manila.run(rabi(), meas_return="single", **run).result()
    average = manila.run(rabi(), **run).result()
    assert single.get_memory().shape == (300, 1)
    assert average.get_memory().shape == (1,)
    np.testing.assert_allclose(average.get_memory(), single.get_memory().mean(axis=0))
    assert single.results[0].meas_level == 1


def test_K43_memory_agrees_with_counts_on_both_engines(manila):
    circuit = QuantumCircuit(2, 3)
    circuit.sx(0)
    circuit.measure(0, 2)
    circuit.measure(1, 0)
    for engine in ("gates", "pulses"):
        run = manila.run(circuit, engine=engine, memory=True, shots=300, seed_simulator=1)
        memory, counts = run.result().get_memory(), run.result().get_counts()
        assert {key: memory.count(key) for key in set(memory)} == counts
        assert len(memory) == 300


@pytest.mark.parametrize("engine", ["gates", "pulses"])
def test_the_same_seed_gives_the_same_result_on_however_many_workers(manila, engine):
    circuits = [measured(2, ("sx", 0), ("x", 1)) for _ in range(4)]
    options = {"engine": engine, "shots": 200, "memory": True, "seed_simulator": 5}
    together = manila.run(circuits, **options).result().results
    alone = [manila.run(circuits[:1], **options).result().results[0]]
    again = manila.run(circuits, **options).result().results
    assert [entry.data.memory for entry in together] == [entry.data.memory for entry in again]
    assert together[0].data.memory == alone[0].data.memory
    assert together[0].data.memory != together[1].data.memory


@pytest.mark.parametrize("engine", ["gates", "pulses"])
def test_K43_a_circuit_without_measurements_is_no_error(manila, engine):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    result = manila.run(circuit, engine=engine).result()
    assert result.success
    with pytest.raises(Exception, match="No counts"):
        result.get_counts()


@pytest.mark.parametrize("level", [1, 2])
def test_K43_a_schedule_without_acquisitions_is_no_error(manila, level):
    with pulse.build(name="drive") as block:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
    assert manila.run(block, meas_level=level).result().success


def test_K40_a_block_that_calls_a_calibration_runs_as_if_it_were_written_out(manila):
    flip = manila.target.get_calibration("x", (0,))
    with pulse.build(manila, name="calls") as calls:
        pulse.call(flip)
        pulse.barrier(0)
        pulse.measure(0)
    with pulse.build(manila, name="plays") as plays:
        for _, instruction in flip.instructions:
            pulse.play(instruction.pulse, instruction.channel)
        pulse.barrier(0)
        pulse.measure(0)
    called, played = (
        manila.run(program, shots=50, seed_simulator=1).result().get_counts()
        for program in (calls, plays)
    )
    assert called == played
    assert called["1"] > 30


def test_the_noise_model_of_a_user(manila):
    from qiskit_aer.noise import NoiseModel, ReadoutError

    model = NoiseModel()
    model.add_all_qubit_readout_error(ReadoutError([[0, 1], [1, 0]]))
    counts = manila.run(measured(1), noise_model=model, shots=20).result().get_counts()
    assert counts == {"1": 20}
    with pytest.raises(OptionValueError, match="noise_model"):
        manila.run(measured(1), noise_model="much")
    with pytest.raises(CapabilityError, match="noise_model"):
        manila.run(rabi(), noise_model=model)


# What is refused, and when


def test_K44_pulses_are_not_for_gates(manila):
    with pytest.raises(CapabilityError, match=r"'rabi 0\.2' is a pulse program"):
        manila.run(rabi(), engine="gates")


def test_K44_gates_give_no_kerneled_points(manila):
    with pytest.raises(CapabilityError, match="meas_level=1"):
        manila.run(measured(1), meas_level=1)


def test_K44_gates_know_no_higher_levels(manila):
    with pytest.raises(CapabilityError, match="max_outcome_level=2: choose engine='pulses'"):
        manila.run(measured(1), max_outcome_level=2)


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"couplings": None}, r"a Hamiltonian \(couplings\)"),
        ({"drive_lines": ()}, "drive lines"),
        ({"timing": Timing()}, "dt"),
    ],
)
def test_K44_what_the_description_lacks_for_pulses(manila, change, lacks):
    backend = DeviceBackend(replace(manila.device, **change))
    with pytest.raises(CapabilityError, match=f"manila.*lacks {lacks}"):
        backend.run(measured(1, ("x", 0)), engine="pulses")
    assert backend.run(measured(1, ("x", 0)), shots=10).result().success


def test_K44_a_gate_without_calibration_is_refused_before_work_starts(manila):
    circuit = QuantumCircuit(1, 1)
    circuit.reset(0)
    circuit.measure(0, 0)
    with pytest.raises(BacklineError, match="reset"):
        manila.run([measured(1), circuit], engine="pulses")


# Control lines


def toy(reconciled):
    line = ControlLine(
        index=0, qubits=(0, 1), drives=0, strength=1e7, lo=((1, 1),), reconciled=reconciled
    )
    return DeviceBackend(
        Device(
            name=f"lines {reconciled}",
            qubits=(
                Qubit(frequency=5e9, anharmonicity=-3e8),
                Qubit(frequency=5.1e9, anharmonicity=-3e8),
            ),
            gates=(DeviceGate(name="x", qubits=(0,)),),
            couplings=(Coupling(qubits=(0, 1), strength=2e6),),
            drive_lines=(DriveLine(qubit=0, strength=5e7), DriveLine(qubit=1, strength=5e7)),
            control_lines=(line,),
            timing=Timing(dt=1e-9),
        )
    )


def cross_resonance():
    with pulse.build(name="cross") as block:
        pulse.play(pulse.Constant(64, 0.1), pulse.ControlChannel(0))
    return block


def test_lines_that_are_not_reconciled_warn_once_for_their_pair(monkeypatch):
    monkeypatch.setattr(cautions, "_said", set())
    backend = toy(reconciled=False)
    with pytest.warns(
        DeviceWarning, match=r"qubits 0 and 1 on device 'lines False' \(u0\)"
    ) as seen:
        backend.run(cross_resonance()).result()
    assert [warning.filename for warning in seen] == [__file__]  # it points at who ran it
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert backend.run(cross_resonance(), shots=10).result().success


def test_a_line_that_only_turns_its_frame_does_not_warn(monkeypatch):
    monkeypatch.setattr(cautions, "_said", set())
    with pulse.build(name="turn") as block:
        pulse.play(pulse.Constant(64, 0.1), pulse.DriveChannel(0))
        pulse.shift_phase(0.3, pulse.ControlChannel(0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert toy(reconciled=False).run(block, shots=10).result().success


def measured_beside(*, barrier):
    """In a block, which aligns left, a measurement does not wait for d0: as Qiskit 1.4."""
    with pulse.build(name="rabi") as block:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
        if barrier:
            pulse.barrier(pulse.DriveChannel(0), pulse.AcquireChannel(0))
        pulse.acquire(1600, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    return block


def test_a_stored_measurement_of_all_qubits_simulates_those_that_play():
    """As in programs of Qiskit 1.x: `measure` of one qubit acquires all of its group."""
    backend = backline.load("sherbrooke")
    every = backend.instruction_schedule_map.get("measure", [3])
    flip = backend.target.get_calibration("x", (3,))
    program = flip.insert(flip.duration, every)
    result = backend.run(program, shots=200, seed_simulator=1, readout_noise=False).result()
    facts = result.results[0].metadata
    assert facts["qubits"] == [3]
    assert facts["resting"] == [qubit for qubit in range(127) if qubit != 3]
    counts = {int(bits.replace(" ", ""), 2): n for bits, n in result.get_counts().items()}
    assert counts[1 << 3] >= 190


def test_K44_what_an_engine_cannot_do_is_said_before_a_job_is_made():
    circuit = QuantumCircuit(5, 5)
    for qubit in range(5):
        circuit.x(qubit)
    circuit.measure(range(5), range(5))
    manila = backline.load("manila")
    with pytest.raises(CapabilityError, match="knows no T1 and T2"):
        manila.run(circuit, engine="pulses", method="statevector")
    with pytest.raises(CapabilityError, match="'stabilizer' is for engine='gates'"):
        manila.run(circuit, engine="pulses", method="stabilizer")


def test_measuring_beside_a_pulse_is_warned_of():
    with pytest.warns(
        ProgramWarning, match=r"'rabi' measures qubit 0 from sample 0.*barrier"
    ) as seen:
        toy(reconciled=True).run(measured_beside(barrier=False), shots=10).result()
    assert [warning.filename for warning in seen] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        toy(reconciled=True).run(measured_beside(barrier=True), shots=10).result()


def test_a_line_that_is_reconciled_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert toy(reconciled=True).run(cross_resonance(), shots=10).result().success


# Copies and subsets


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda backend: pickle.loads(pickle.dumps(backend))]
)
@pytest.mark.parametrize("built", [False, True])
def test_K4_copies_are_equal_and_work(again, built):
    backend = backline.load("manila", shots=77)
    if built:
        assert backend.target.num_qubits == 5
    other = again(backend)
    assert other == backend
    assert other is not backend
    other.set_options(shots=5)
    assert backend.options.shots == 77
    assert other != backend
    assert sum(other.run(measured(1, ("x", 0))).result().get_counts().values()) == 5
    assert other.target.get_calibration("x", (0,)) == backend.target.get_calibration("x", (0,))


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda backend: pickle.loads(pickle.dumps(backend))]
)
def test_K4_a_user_s_calibration_travels_and_stays_apart(again):
    backend = backline.load("manila")
    schedule = pulse.Schedule((0, pulse.Play(pulse.Constant(64, 0.3), pulse.DriveChannel(0))))
    backend.target["x"][(0,)].calibration = schedule
    other = again(backend)
    assert other.target.get_calibration("x", (0,)) == schedule
    other.target["x"][(0,)].calibration = None
    assert backend.target.get_calibration("x", (0,)) == schedule


def test_K4_a_deep_copy_shares_the_frozen_device_and_the_provider():
    provider = backline.DeviceProvider()
    backend = provider.get_backend("manila")
    other = copy.deepcopy(backend)
    assert other.device is backend.device
    assert other.provider is provider


def test_a_subset_is_a_smaller_backend_with_the_same_data():
    manila = backline.load("manila", shots=50)
    part = manila.subset([3, 2])
    assert part.num_qubits == 2
    assert part.options.shots == 50
    assert part.qubit_properties(0) == manila.qubit_properties(3)
    assert sum(part.run(measured(2, ("x", 0), ("cx", 0, 1))).result().get_counts().values()) == 50
    assert DeviceBackend(manila.device, name="mine").subset([0]).name == "mine"
    with pytest.raises(QubitError, match="9"):
        manila.subset([0, 9])
    with pytest.raises(DeviceError, match="once"):
        manila.subset([0, 0])


def test_repr(manila):
    assert repr(manila) == "<DeviceBackend('manila', 5 qubits)>"


# Finding devices


def test_load_and_devices():
    assert set(backline.devices()) >= {"armonk", "guadalupe", "manila", "nairobi", "sherbrooke"}
    backend = backline.load("armonk", shots=3, provider="me")
    assert (backend.options.shots, backend.provider) == (3, "me")


def test_reconciling_is_a_choice():
    taken, printed = backline.load("armonk"), backline.load("armonk", reconcile=False)
    assert taken.device.drive_lines[0].reconciled
    assert not printed.device.drive_lines[0].reconciled
    assert taken != printed or taken.device.drive_lines != printed.device.drive_lines


def test_the_provider_of_the_bundled_devices():
    provider = backline.DeviceProvider(shots=9)
    backend = provider.get_backend("manila")
    assert (backend.provider, backend.options.shots) == (provider, 9)
    assert {one.name for one in provider.backends()} == set(backline.devices())
    assert {one.name for one in provider.backends(min_num_qubits=7, filters=lambda b: b.dt)} == {
        "guadalupe",
        "nairobi",
        "sherbrooke",
    }
    assert provider.backends("none such") == []
    with pytest.raises(BackendNotFoundError, match="manila"):
        provider.get_backend("none such")
