"""The Target that follows from a device."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import CouplingMap

from backline import pulse
from backline.contract.target import Target
from backline.device.model import (
    ControlLine,
    Device,
    DriveLine,
    Gate,
    Qubit,
    Readout,
    Timing,
)
from backline.device.target import build_target
from backline.errors import DeviceError
from backline.formats.catalog import devices, read_device


def line(**fields) -> Device:
    """Three qubits in a line, with cz between neighbours."""
    given = {
        "name": "line",
        "qubits": (
            Qubit(
                t1=1e-4, t2=8e-5, frequency=5e9, readout=Readout(p1_given_0=0.02, p0_given_1=0.04)
            ),
            Qubit(readout=Readout(error=0.05, duration=1e-6)),
            Qubit(),
        ),
        "basis_gates": ("rz", "sx", "cz"),
        "gates": (
            Gate(name="cz", qubits=(0, 1), duration=6e-8, error=0.01),
            Gate(name="cz", qubits=(1, 2), duration=7e-8, error=0.02),
            Gate(name="sx", qubits=(0,), duration=3e-8, error=1e-4),
            Gate(name="sx", qubits=(1,), duration=3e-8, error=1e-4),
            Gate(name="sx", qubits=(2,), duration=3e-8, error=1e-4),
        ),
    }
    return Device(**(given | fields))


def test_gates_durations_errors() -> None:
    target = build_target(line())
    assert isinstance(target, Target)
    assert target["cz"][1, 2].duration == 7e-8
    assert target["cz"][1, 2].error == 0.02
    assert target.build_coupling_map() == CouplingMap([(0, 1), (1, 2)])


def test_two_targets_of_one_device_are_equal() -> None:
    assert build_target(line()) == build_target(line())
    other = line(gates=(Gate(name="cz", qubits=(0, 1), duration=6e-8, error=0.02),))
    assert build_target(other) != build_target(line())


def test_rz_without_data_is_virtual() -> None:
    target = build_target(line())
    assert sorted(target["rz"]) == [(0,), (1,), (2,)]
    assert (target["rz"][1,].error, target["rz"][1,].duration) == (0.0, 0.0)
    assert not target.has_calibration("rz", (0,))  # there are no drive lines


def test_every_qubit_measures_resets_and_waits_and_control_flow_is_allowed() -> None:
    target = build_target(line())
    for name in ("measure", "reset", "delay"):
        assert sorted(target[name]) == [(0,), (1,), (2,)]
    for name in ("if_else", "for_loop", "while_loop", "switch_case"):
        assert name in target.operation_names
    assert target["measure"][0,].error == pytest.approx(0.03)  # the mean of both mistakes
    assert target["measure"][1,].error == 0.05
    assert target["measure"][1,].duration == 1e-6
    assert target["measure"][2,].error is None


def test_reset_has_its_duration_where_known() -> None:
    known = Gate(name="reset", qubits=(1,), duration=2e-6)
    target = build_target(line(gates=(known,)))
    assert target["reset"][1,].duration == 2e-6
    assert target["reset"][0,] is None


def test_what_is_broken_stays_out_unless_asked_for() -> None:
    broken = line(
        gates=(
            Gate(name="cz", qubits=(0, 1), error=1.0),
            Gate(name="cz", qubits=(1, 2), error=0.999),
        )
    )
    assert sorted(build_target(broken)["cz"]) == [(1, 2)]
    whole = build_target(broken, include_broken=True)
    assert sorted(whole["cz"]) == [(0, 1), (1, 2)]
    assert whole["cz"][0, 1].error == 1.0


def test_a_gate_that_is_broken_everywhere_is_no_operation() -> None:
    broken = line(gates=(Gate(name="ecr", qubits=(0, 1), error=1.0),))
    assert "ecr" not in build_target(broken).operation_names
    assert "ecr" in build_target(broken, include_broken=True).operation_names


def test_faulty_qubits_stay_out_unless_asked_for() -> None:
    faulty = line(qubits=(Qubit(), Qubit(operational=False), Qubit()))
    target = build_target(faulty)
    assert target.num_qubits == 3
    for name in ("rz", "sx", "measure", "reset", "delay"):
        assert sorted(target[name]) == [(0,), (2,)]
    assert "cz" not in target.operation_names
    assert sorted(build_target(faulty, include_broken=True)["sx"]) == [(0,), (1,), (2,)]


def test_gates_without_places_are_allowed_everywhere() -> None:
    ideal = Device(name="ideal", qubits=(Qubit(), Qubit()), basis_gates=("h", "cx"))
    target = build_target(ideal)
    assert target.build_coupling_map() is None  # all-to-all
    assert target.instruction_supported("cx", (1, 0))
    assert sorted(target["h"]) == [(0,), (1,)]


def test_gates_that_qiskit_does_not_know() -> None:
    strange = line(
        basis_gates=("wobble", "ghost"),
        gates=(Gate(name="wobble", qubits=(2, 0), parameters=("a",)),),
    )
    target = build_target(strange)
    operation = target.operation_from_name("wobble")
    assert (operation.num_qubits, [p.name for p in operation.params]) == (2, ["a"])
    assert "ghost" not in target.operation_names  # neither known nor placed


@pytest.mark.parametrize("name", ["x", "u2", "ecr", "rzz", "ccx", "p", "iswap", "cu"])
def test_standard_gates_keep_their_parameters(name: str) -> None:
    from qiskit.circuit.library import get_standard_gate_name_mapping

    standard = get_standard_gate_name_mapping()[name]
    places = (Gate(name=name, qubits=tuple(range(standard.num_qubits))),)
    operation = build_target(line(basis_gates=(name,), gates=places)).operation_from_name(name)
    assert isinstance(operation, standard.base_class)
    assert len(operation.params) == len(standard.params)


@pytest.mark.parametrize("qubits", [(0,), (0, 1, 2)])
def test_a_gate_on_the_wrong_number_of_qubits_is_refused(qubits: tuple[int, ...]) -> None:
    with pytest.raises(DeviceError, match=r"cz takes 2 qubits, and the device has it on"):
        build_target(line(gates=(Gate(name="cz", qubits=qubits),)))


def test_virtual_rz_shifts_all_channels_of_the_frame() -> None:
    device = line(
        timing=Timing(dt=1e-9),
        basis_gates=("rz", "p", "sx"),
        drive_lines=(DriveLine(qubit=0, strength=1e8),),
        control_lines=(
            ControlLine(index=0, qubits=(0, 1), lo=((1, 1.0),)),
            ControlLine(index=1, qubits=(1, 0), lo=((0, 1.0),)),
            ControlLine(index=2, qubits=(2, 1), lo=((1, 2.0), (0, -1.0))),
        ),
    )
    target = build_target(device)
    for name in ("rz", "p"):
        schedule = target.get_calibration(name, (1,), 0.5)
        shifts = {i.channel: i.phase for _, i in schedule.instructions}
        assert shifts == {
            pulse.DriveChannel(1): -0.5,
            pulse.ControlChannel(0): -0.5,
            pulse.ControlChannel(2): -1.0,
        }
        assert schedule.duration == 0
    assert not target.has_calibration("sx", (0,))


def test_stored_calibrations_come_before_virtual_ones() -> None:
    device = read_device("manila")
    target = build_target(device)
    assert target.get_calibration("rz", (0,)) == device.calibrations["rz", (0,)].get_schedule()


@pytest.mark.parametrize("name", ["manila", "nairobi", "sherbrooke"])
def test_a_virtual_rz_is_what_the_maker_stores(name: str) -> None:
    """Without its stored rz, a device gets the same schedule from its lines alone."""
    from dataclasses import replace

    device = read_device(name)
    bare = replace(
        device,
        calibrations={k: v for k, v in device.calibrations.items() if k[0] != "rz"},
    )
    stored, virtual = build_target(device), build_target(bare)
    for qubit in range(0, device.num_qubits, 10):
        ours = virtual.get_calibration("rz", (qubit,), 0.25).instructions
        theirs = stored.get_calibration("rz", (qubit,), 0.25).instructions
        assert set(ours) == set(theirs)


def test_qubit_properties() -> None:
    target = build_target(line())
    first, second, third = target.qubit_properties
    assert (first.t1, first.t2, first.frequency) == (1e-4, 8e-5, 5e9)
    assert (first.p1_given_0, first.p0_given_1) == (0.02, 0.04)
    assert second is None
    assert third is None
    bare = Device(name="bare", qubits=(Qubit(), Qubit()), basis_gates=("h",))
    assert build_target(bare).qubit_properties is None


def test_timing_and_measurement_groups() -> None:
    timing = Timing(dt=1e-9, granularity=8, min_length=32, pulse_alignment=4, acquire_alignment=16)
    target = build_target(line(timing=timing, meas_map=((0, 1), (2,))))
    assert target.dt == 1e-9
    assert target.granularity == 8
    assert target.min_length == 32
    assert target.pulse_alignment == 4
    assert target.acquire_alignment == 16
    assert target.concurrent_measurements == [[0, 1], [2]]


@pytest.mark.parametrize("name", devices())
def test_bundled_devices_compile(name: str) -> None:
    device = read_device(name)
    target = build_target(device)
    circuit = QuantumCircuit(min(3, device.num_qubits))
    circuit.h(0)
    for qubit in range(1, circuit.num_qubits):
        circuit.cx(qubit - 1, qubit)
    circuit.measure_all()
    compiled = transpile(circuit, target=target, seed_transpiler=1)
    for instruction in compiled.data:
        qubits = tuple(compiled.find_bit(qubit).index for qubit in instruction.qubits)
        if instruction.operation.name != "barrier":
            assert target.instruction_supported(instruction.operation.name, qubits)


def test_sherbrooke_uses_ecr_without_its_broken_ones() -> None:
    target = build_target(read_device("sherbrooke"))
    assert "cx" not in target.operation_names
    assert (68, 67) not in target["ecr"]
    assert len(target["ecr"]) == 144 - 6
    assert np.all([properties.error < 1 for properties in target["ecr"].values()])
