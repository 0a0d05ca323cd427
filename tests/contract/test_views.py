"""K5: views for code that was written for BackendV1, in the shapes that Qiskit 1.4 shows."""

import copy
import pickle
from datetime import datetime

import pytest

from backline import pulse
from backline.contract import InstructionProperties
from backline.errors import BackendPropertyError, QubitError
from contract.line import LineBackend, PlainBackend, x_pulse


def test_K5_configuration_facts(backend):
    found = backend.configuration()
    assert found.backend_name == "line"
    assert found.backend_version == "1.2.3"
    assert found.n_qubits == found.num_qubits == backend.num_qubits == 3
    assert found.basis_gates == ["x", "sx", "rz", "cx", "ecr", "reset", "rx_half"]
    assert sorted(found.coupling_map) == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert (found.dt, found.dtm) == (1e-9, 4e-9)
    assert found.sample_rate == pytest.approx(1e9)
    assert found.meas_map == [[0, 1], [2]]
    assert found.timing_constraints == {
        "granularity": 16,
        "min_length": 64,
        "pulse_alignment": 16,
        "acquire_alignment": 16,
    }
    assert (found.max_shots, found.max_experiments) == (10**6, 10)
    assert (found.simulator, found.local, found.open_pulse) == (False, True, True)
    assert (found.memory, found.conditional) == (True, False)
    assert found.multi_meas_enabled  # pytket asks
    assert found.supported_instructions == backend.operation_names
    assert found.description == "three in a line"
    assert isinstance(found.online_date, datetime)


def test_K5_configuration_gates(backend):
    gates = {gate.name: gate for gate in backend.configuration().gates}
    assert gates["cx"].coupling_map == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert gates["rz"].parameters == ["φ"]
    assert gates["rx_half"].to_dict() == {
        "name": "rx_half",
        "parameters": ["0.5"],
        "qasm_def": "",
        "coupling_map": [[2]],
    }


def test_K5_configuration_channels(backend):
    found = backend.configuration()
    assert found.drive(1) == pulse.DriveChannel(1)
    assert found.measure(1) == pulse.MeasureChannel(1)
    assert found.acquire(1) == pulse.AcquireChannel(1)
    assert found.control([0, 1]) == [pulse.ControlChannel(0)]
    assert found.control((1, 2)) == [pulse.ControlChannel(2), pulse.ControlChannel(3)]
    assert found.control_channels[1, 0] == [pulse.ControlChannel(1)]
    assert found.n_uchannels == 4
    assert found.channels["u0"] == {
        "operates": {"qubits": [0, 1]},
        "purpose": "cross-resonance",
        "type": "control",
    }
    assert found.channels["acquire2"]["type"] == "acquire"
    assert found.qubit_channel_mapping[0] == ["d0", "m0", "u0", "u1"]
    assert found.get_channel_qubits(pulse.ControlChannel(2)) == [1, 2]
    assert found.get_channel_qubits(pulse.AcquireChannel(2)) == [2]
    assert set(found.get_qubit_channels(0)) == {
        pulse.DriveChannel(0),
        pulse.MeasureChannel(0),
        pulse.AcquireChannel(0),
        pulse.ControlChannel(0),
        pulse.ControlChannel(1),
    }
    assert found.get_qubit_channels([0, 1]) == [pulse.ControlChannel(0)]
    assert found.get_qubit_channels([2]) == [
        pulse.DriveChannel(2),
        pulse.MeasureChannel(2),
        pulse.AcquireChannel(2),
    ]
    assert found.describe(pulse.ControlChannel(3)) == {
        pulse.DriveChannel(2): -1.0,
        pulse.DriveChannel(1): 1.0,
    }
    for wrong in (
        lambda: found.drive(3),
        lambda: found.measure(-1),
        lambda: found.acquire(True),
        lambda: found.drive("0"),
        lambda: found.control((0, 2)),
        lambda: found.get_channel_qubits(pulse.ControlChannel(9)),
        lambda: found.describe(pulse.DriveChannel(0)),
        lambda: found.describe(pulse.ControlChannel(4)),
    ):
        with pytest.raises(QubitError):
            wrong()


def test_K5_configuration_as_a_dictionary_has_ns_and_ghz(backend):
    class Extra(LineBackend):
        def _configuration_fields(self):
            return {
                "qubit_lo_range": [[4.5e9, 5.5e9]],
                "rep_times": [1e-3],
                "default_rep_delay": None,
                "processor_type": {"family": "Line"},
                "simulator": True,
            }

    found = Extra(name="extra").configuration()
    assert found.simulator
    assert found.qubit_lo_range == [[4.5e9, 5.5e9]]
    written = found.to_dict()
    assert (written["dt"], written["dtm"]) == pytest.approx((1.0, 4.0))
    assert written["qubit_lo_range"] == [pytest.approx([4.5, 5.5])]
    assert written["rep_times"] == pytest.approx([1000.0])
    assert written["processor_type"] == {"family": "Line"}
    assert written["u_channel_lo"][3] == [{"q": 2, "scale": -1.0}, {"q": 1, "scale": 1.0}]
    assert written["gates"][0]["name"] == "x"
    assert found.hamiltonian["vars"] == {"wq0": 3e10}
    assert written["hamiltonian"]["vars"] == pytest.approx({"wq0": 30.0})
    assert "control_channels" not in written


def test_K5_configuration_without_pulses(plain):
    found = plain.configuration()
    assert not found.open_pulse
    assert (found.dtm, found.meas_map) == (None, None)
    with pytest.raises(AttributeError, match=r"'hamiltonian'.*basis_gates"):
        _ = found.hamiltonian
    with pytest.raises(QubitError):
        found.control((0, 1))
    assert found.to_dict()["n_qubits"] == 3


def test_K5_configuration_survives_copies(backend):
    found = backend.configuration()
    for copied in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert copied.to_dict() == found.to_dict()


def test_K5_properties_of_qubits(backend):
    found = backend.properties()
    assert found.t1(0) == pytest.approx(1e-4)
    assert found.t2(0) == pytest.approx(8e-5)
    assert found.frequency(0) == pytest.approx(5e9)
    assert found.readout_error(1) == 0.02
    assert found.readout_length(1) == pytest.approx(1e-6)
    assert found.qubit_property(0, "prob_meas1_prep0") == (0.01, None)
    assert found.qubit_property(0, "prob_meas0_prep1") == (0.03, None)
    assert set(found.qubit_property(2)) == {"T1", "readout_error", "readout_length"}
    assert found.is_qubit_operational(0)
    assert (found.faulty_qubits(), found.faulty_gates()) == ([], [])
    for wrong in (
        lambda: found.t1(1),
        lambda: found.t1(3),
        lambda: found.t1(-1),
        lambda: found.qubit_property(0, "colour"),
    ):
        with pytest.raises(BackendPropertyError):
            wrong()


def test_K5_properties_of_gates(backend):
    found = backend.properties()
    assert found.gate_error("x", 0) == 1e-3
    assert found.gate_error("cx", [1, 2]) == 0.02
    assert found.gate_length("cx", (1, 2)) == pytest.approx(4.8e-7)
    assert found.gate_property("x", 0, "gate_error") == (1e-3, None)
    assert set(found.gate_property("x", [0])) == {"gate_error", "gate_length"}
    assert set(found.gate_property("cx")) == {(0, 1), (1, 0), (1, 2), (2, 1)}
    assert found.is_gate_operational("x", 0)
    for wrong in (
        lambda: found.gate_error("y", 0),
        lambda: found.gate_error("cx", (0, 2)),
        lambda: found.gate_property("x", 0, "colour"),
    ):
        with pytest.raises(BackendPropertyError):
            wrong()


def test_K5_properties_as_a_dictionary(backend):
    written = backend.properties().to_dict()
    assert list(written) == [
        "backend_name",
        "backend_version",
        "last_update_date",
        "qubits",
        "gates",
        "general",
    ]
    first = written["qubits"][0][0]
    assert (first["name"], first["unit"], first["value"]) == ("T1", "us", pytest.approx(100.0))
    cx = next(gate for gate in written["gates"] if gate["gate"] == "cx")
    assert (cx["qubits"], cx["name"]) == ([0, 1], "cx0_1")
    assert [p["name"] for p in cx["parameters"]] == ["gate_error", "gate_length"]
    assert cx["parameters"][1]["unit"] == "ns"
    assert cx["parameters"][1]["value"] == pytest.approx(320.0)


def test_K5_no_properties_where_nothing_was_measured():
    backend = PlainBackend(name="bare")
    for name, places in list(backend.target.items()):
        for qubits in places:
            backend.target.update_instruction_properties(name, qubits, None)
    assert backend.properties() is None


def test_K5_defaults(backend):
    found = backend.defaults()
    assert found.qubit_freq_est == [5e9, None, None]
    assert found.meas_freq_est == [7e9, None, None]
    assert found.instruction_schedule_map.get("x", 1) == x_pulse(1)
    assert found.buffer == 0
    written = found.to_dict()
    assert written["qubit_freq_est"][0] == pytest.approx(5.0)
    assert written["cmd_def"][1] == {
        "name": "x",
        "qubits": [1],
        "sequence": [
            {
                "name": "parametric_pulse",
                "t0": 0,
                "ch": "d1",
                "pulse_shape": "constant",
                "parameters": {"duration": 160, "amp": 0.1 + 0j},
            }
        ],
    }
    assert [command.name for command in found.cmd_def] == ["x", "x", "x"]


def test_K5_no_defaults_without_pulses():
    backend = PlainBackend(name="bare")
    for qubit in range(3):
        backend.target["x"][qubit,].calibration = None
    assert backend.defaults() is None


def test_K5_every_instruction_is_written_as_1_4_did(backend):
    with pulse.build(name="all") as block:
        drive = pulse.DriveChannel(0)
        pulse.shift_phase(0.5, drive)
        pulse.set_phase(1.5, drive)
        pulse.shift_frequency(1e6, drive)
        pulse.set_frequency(5e9, drive)
        pulse.delay(16, drive)
        pulse.play(pulse.Drag(64, 0.2, 16, 0.5, name="Xp"), drive)
        pulse.play([0.1, 0.2j], drive, name="mine")
    target = backend.target
    target.update_instruction_properties("sx", (0,), InstructionProperties(calibration=block))
    acquired = pulse.Schedule(
        pulse.Acquire(100, pulse.AcquireChannel(2), pulse.MemorySlot(1)), name="measure"
    )
    target.update_instruction_properties(
        "measure", (2,), InstructionProperties(calibration=acquired)
    )
    found = {(c.name, *c.qubits): c.sequence for c in backend.defaults().cmd_def}
    assert found["measure", 2] == [
        {"name": "acquire", "t0": 0, "duration": 100, "qubits": [2], "memory_slot": [1]}
    ]
    assert found["sx", 0] == [
        {"name": "fc", "t0": 0, "ch": "d0", "phase": 0.5},
        {"name": "setp", "t0": 0, "ch": "d0", "phase": 1.5},
        {"name": "shiftf", "t0": 0, "ch": "d0", "frequency": pytest.approx(1e-3)},
        {"name": "setf", "t0": 0, "ch": "d0", "frequency": pytest.approx(5.0)},
        {"name": "delay", "t0": 0, "ch": "d0", "duration": 16},
        {
            "name": "parametric_pulse",
            "t0": 16,
            "ch": "d0",
            "label": "Xp",
            "pulse_shape": "drag",
            "parameters": {"duration": 64, "amp": 0.2 + 0j, "sigma": 16, "beta": 0.5},
        },
        {"name": found["sx", 0][-1]["name"], "t0": 80, "ch": "d0"},
    ]
    library = {item["name"]: item["samples"] for item in backend.defaults().pulse_library}
    assert library == {found["sx", 0][-1]["name"]: [0.1, 0.2j]}
