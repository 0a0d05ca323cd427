"""IBM snapshots: what is in them, in SI units, and every trap that the real ones set."""

import math
from typing import Any

import pytest

from backline.device.model import Device, Gate
from backline.device.target import build_target
from backline.errors import FormatError
from backline.formats.ibm import device_from_dicts
from small_snapshot import conf, defs, props

HZ = 1e9 / (2 * math.pi)


def gate(device: Device, name: str, *qubits: int) -> Gate:
    (found,) = [g for g in device.gates if (g.name, g.qubits) == (name, qubits)]
    return found


def value_of(file: dict[str, Any], qubit: int, name: str) -> dict[str, Any]:
    (found,) = [value for value in file["qubits"][qubit] if value["name"] == name]
    return found


def test_a_whole_snapshot_in_si_units() -> None:
    device = device_from_dicts(conf(), props(), defs())
    assert device.name == "pair"
    assert device.num_qubits == 2
    first, second = device.qubits
    assert first.frequency == pytest.approx(5.0e9)  # the LO of defs, before the props' 5.01
    assert first.anharmonicity == pytest.approx(-2.1 * HZ)
    assert (first.t1, first.t2) == pytest.approx((100e-6, 80e-6))
    assert (second.t1, second.t2) == pytest.approx((90e-6, 70e-6))  # written in µs
    assert (first.levels, second.levels) == (3, 4)
    assert first.readout.frequency == pytest.approx(7.1e9)
    assert first.readout.p0_given_1 == 0.04
    assert first.readout.p1_given_0 == 0.02
    assert first.readout.error == 0.03
    assert first.readout.duration == pytest.approx(1e-6)
    assert second.readout.error is None
    assert gate(device, "cx", 1, 0).duration == pytest.approx(216e-9)
    assert gate(device, "cx", 1, 0).error == 0.01
    (coupling,) = device.couplings
    assert coupling.qubits == (0, 1)
    assert coupling.strength == pytest.approx(0.0125 * HZ)
    assert [line.strength for line in device.drive_lines] == pytest.approx([0.9 * HZ, 0.8 * HZ])
    control = device.control_lines[0]
    assert (control.index, control.qubits, control.drives) == (0, (0, 1), 0)
    assert control.strength == pytest.approx(0.8 * HZ)  # of the term ||U0, the target's drive
    assert control.lo == ((1, 1.0),)
    assert device.timing.dt == pytest.approx(0.5e-9)
    assert (device.timing.granularity, device.timing.min_length) == (8, 32)
    assert (device.timing.pulse_alignment, device.timing.acquire_alignment) == (4, 16)
    assert device.meas_map == ((0, 1),)
    assert (device.max_circuits, device.max_shots) == (300, 20000)
    assert device.coordinates == ((1, 2), (2, 2))
    assert device.online_date is not None
    assert device.online_date.year == 2021
    assert device.notes == ()


def test_what_the_model_has_no_place_for_is_kept() -> None:
    source = device_from_dicts(conf(), props(), defs()).source
    assert source["device"]["meas_levels"] == [1, 2]
    assert source["device"]["last_update_date"] == "2024-05-27T15:27:23-03:00"
    assert source["qubits"]["qubit_lo_range"] == [[4.5, 5.5], [4.6, 5.6]]
    assert source["qubits"]["hamiltonian"]["vars"]["wq0"] == 31.4


def test_the_configuration_alone_is_a_device() -> None:
    device = device_from_dicts(conf())
    assert device.qubits[0].t1 is None
    assert device.qubits[0].frequency == pytest.approx(31.4 * HZ)  # the Hamiltonian's
    assert device.calibrations == {}
    assert gate(device, "cx", 0, 1).error is None


def test_the_least_configuration() -> None:
    device = device_from_dicts({"n_qubits": 3})
    assert device.num_qubits == 3
    assert device.couplings is None


def test_trap_t2_above_twice_t1_is_mended() -> None:
    bad = props()
    value_of(bad, 1, "T2")["value"] = 500.0
    device = device_from_dicts(conf(), bad, defs())
    assert device.qubits[1].t2 == pytest.approx(180e-6)
    assert device.notes == ("qubit 1: T2 above 2·T1, set to 2·T1",)


def test_trap_missing_t1() -> None:
    bad = props()
    bad["qubits"][1] = [value for value in bad["qubits"][1] if value["name"] != "T1"]
    device = device_from_dicts(conf(), bad, defs())
    assert device.qubits[1].t1 is None
    assert device.qubits[1].t2 == pytest.approx(70e-6)
    assert device.notes == ("qubit 1: T1 is not in the file",)


@pytest.mark.parametrize("value", [0, -3.0, float("nan"), float("inf"), None, "long", True])
def test_trap_values_that_are_no_times(value: Any) -> None:
    bad = props()
    value_of(bad, 0, "T1")["value"] = value
    device = device_from_dicts(conf(), bad, defs())
    assert device.qubits[0].t1 is None
    assert len(device.notes) == 1
    assert device.notes[0].startswith("qubit 0: T1 is ")


def test_trap_a_unit_that_does_not_exist() -> None:
    bad = props()
    value_of(bad, 0, "T1")["unit"] = "fortnight"
    device = device_from_dicts(conf(), bad, defs())
    assert device.qubits[0].t1 is None
    assert device.notes == ("qubit 0: T1 has the unit 'fortnight', taken as not known",)


def test_trap_readout_that_is_no_probability() -> None:
    bad = props()
    value_of(bad, 0, "prob_meas0_prep1")["value"] = 1.2
    device = device_from_dicts(conf(), bad, defs())
    assert device.qubits[0].readout.p0_given_1 is None
    assert device.notes == ("qubit 0: prob_meas0_prep1 is 1.2, taken as not known",)


def test_trap_gate_error_of_one_or_more_is_broken() -> None:
    bad = props()
    bad["gates"][4]["parameters"][0]["value"] = 1.7
    device = device_from_dicts(conf(), bad, defs())
    assert gate(device, "cx", 0, 1).error == 1.0
    assert gate(device, "cx", 1, 0).error == 0.01
    said = "cx is broken (error of 1 or more, or called faulty) on (0, 1)"
    assert device.notes == (said,)
    assert list(build_target(device)["cx"]) == [(1, 0)]


def test_trap_a_gate_that_is_broken_everywhere() -> None:
    """As ecr of kyoto: without it there is no edge left, which is not the same as all-to-all."""
    bad = props()
    for entry in bad["gates"][4:]:
        entry["parameters"][0]["value"] = 1
    device = device_from_dicts(conf(), bad, defs())
    assert device.notes == ("cx is broken (error of 1 or more, or called faulty) everywhere",)
    assert list(build_target(device).build_coupling_map()) == []
    assert len(list(build_target(device, include_broken=True).build_coupling_map())) == 2


def test_trap_faulty_qubits_and_gates() -> None:
    bad = props()
    bad["qubits"][1].append({"name": "operational", "unit": "", "value": 0})
    bad["gates"][0]["parameters"].append({"name": "operational", "unit": "", "value": 0})
    device = device_from_dicts(conf(), bad, defs())
    assert not device.qubits[1].operational
    assert gate(device, "x", 0).error == 1.0
    assert "qubit 1: called faulty in the file" in device.notes


def test_trap_dt_in_seconds_and_frequencies_in_hz() -> None:
    """As poughkeepsie has them; the others have ns and GHz."""
    old, old_defs = conf(), defs()
    old["dt"] = old["dtm"] = 3.5e-9
    old_defs["qubit_freq_est"] = [5.0e9, 5.1e9]
    old_defs["meas_freq_est"] = [7.1e9, 7.2e9]
    device = device_from_dicts(old, props(), old_defs)
    assert device.timing.dt == 3.5e-9
    assert device.qubits[0].frequency == 5.0e9
    assert device.qubits[0].readout.frequency == 7.1e9
    assert device.notes[0] == "dt is 3.5e-09 in the file, taken as seconds (others have ns)"


def test_trap_neither_hamiltonian_nor_schedules_nor_dt() -> None:
    """As burlington, essex, london, …"""
    bare = conf()
    for field in ("hamiltonian", "u_channel_lo", "n_uchannels", "channels", "dt", "dtm"):
        bare[field] = None
    device = device_from_dicts(bare, props())
    assert device.timing.dt is None
    assert device.couplings is None
    assert device.drive_lines == device.control_lines == ()
    assert device.qubits[0].frequency == pytest.approx(5.01e9)  # the props'
    assert device.qubits[0].anharmonicity == pytest.approx(-0.34e9)
    assert build_target(device)["cx"][0, 1].error == 0.01


def test_trap_an_empty_hamiltonian_and_frequencies_of_zero() -> None:
    """As torino."""
    bare, zero = conf(), props()
    bare["hamiltonian"] = {"h_latex": "", "h_str": None, "vars": None, "qub": None}
    for qubit in range(2):
        value_of(zero, qubit, "frequency")["value"] = 0
    no_lo = defs() | {"qubit_freq_est": [0.0, 0.0], "meas_freq_est": [0.0, 0.0]}
    device = device_from_dicts(bare, zero, no_lo)
    assert device.couplings is None
    assert device.qubits[0].frequency is None
    assert device.qubits[0].readout.frequency is None
    assert device.notes == ("qubits 0, 1: frequency is 0, taken as not known",)
    assert device.control_lines[0].drives is None


def test_trap_zeros_in_the_hamiltonian_are_not_known() -> None:
    """ "Missing values have been replaced with 0": geneva, kyiv, prague, poughkeepsie, …"""
    zero = conf()
    zero["hamiltonian"]["vars"] |= {"jq0q1": 0, "delta1": 0, "omegad1": 0}
    device = device_from_dicts(zero, props(), defs())
    assert device.couplings == ()
    assert device.qubits[1].anharmonicity is None
    assert device.drive_lines[1].strength == 0.0
    assert device.control_lines[0].strength is None
    assert device.notes == (
        "the couplings of 1 pairs are not known (0 in file): (0, 1)",
        "qubit 1: anharmonicity is not known",
        "qubit 1: drive strength is not known (0 in file)",
    )


def test_trap_no_channel_list() -> None:
    """As poughkeepsie: control is the driven qubit, target the one of the LO."""
    old = conf()
    del old["channels"]
    device = device_from_dicts(old, props(), defs())
    assert [line.qubits for line in device.control_lines] == [(0, 1), (1, 0)]


def test_trap_a_control_channel_of_nobody() -> None:
    old = conf()
    del old["channels"]
    del old["u_channel_lo"]
    device = device_from_dicts(old, props(), defs())
    assert device.control_lines == ()
    assert "u0 is left out" in device.notes[0]


def test_trap_gates_that_the_configuration_does_not_list() -> None:
    """As rx and rzz of fractional."""
    some, more = conf(), props()
    some["basis_gates"] += ["rx", "rzz"]
    length = {"name": "gate_length", "unit": "ns", "value": 16}
    more["gates"].append({"gate": "rx", "qubits": [0], "parameters": [length]})
    more["gates"].append({"gate": "rzz", "qubits": [0, 1], "parameters": [length]})
    target = build_target(device_from_dicts(some, more, defs()))
    assert list(target["rx"]) == [(0,)]
    assert target["rzz"][0, 1].duration == pytest.approx(16e-9)
    assert not target.has_calibration("rx", (0,))


def test_trap_open_pulse_false_yet_schedules() -> None:
    """As oslo."""
    closed = conf() | {"open_pulse": False}
    device = device_from_dicts(closed, props(), defs())
    assert ("x", (0,)) in device.calibrations


def test_trap_a_gate_without_a_schedule() -> None:
    """Three devices carry none for sx."""
    target = build_target(device_from_dicts(conf(), props(), defs()))
    assert target.has_calibration("x", (0,))
    assert not target.has_calibration("sx", (0,))


def test_trap_a_gate_that_qiskit_does_not_know() -> None:
    strange = conf()
    strange["basis_gates"].append("wobble")
    strange["gates"].append(
        {"name": "wobble", "parameters": ["a", "b"], "qasm_def": "", "coupling_map": [[1, 0]]}
    )
    target = build_target(device_from_dicts(strange, props(), defs()))
    wobble = target.operation_from_name("wobble")
    assert wobble.num_qubits == 2
    assert [parameter.name for parameter in wobble.params] == ["a", "b"]
    assert list(target["wobble"]) == [(1, 0)]


def test_basis_gates_without_places() -> None:
    bare = {"n_qubits": 3, "basis_gates": ["h", "cz", "wobble"], "coupling_map": [[0, 1], [2, 1]]}
    device = device_from_dicts(bare)
    target = build_target(device)
    assert sorted(target["h"]) == [(0,), (1,), (2,)]
    assert sorted(target["cz"]) == [(0, 1), (2, 1)]
    assert device.notes == ("gate wobble is left out: it is no gate of Qiskit, and has no qubits",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_qubits": None}, r"conf\.n_qubits: input should be a valid integer, got None"),
        ({"n_qubits": 0}, r"conf\.n_qubits: input should be greater than or equal to 1, got 0"),
        ({"n_qubits": 10**12}, r"conf\.n_qubits: input should be less than or equal to 100000"),
        ({"n_qubits": 1}, r"props\.qubits speaks of 2 qubits, conf\.n_qubits of 1"),
        ({"gates": 5}, r"conf\.gates: input should be a valid list, got 5"),
        ({"gates": [{}]}, r"conf\.gates\.0\.name: field required"),
        ({"gates": [{"name": "x", "coupling_map": [[9]]}]}, r"x names qubit 9"),
        ({"meas_map": [[0, 7]]}, r"meas_map names qubit 7"),
        ({"timing_constraints": {"granularity": 0}}, r"granularity: input should be greater"),
        ({"u_channel_lo": [[{"q": 5}]]}, r"u0 names qubit 5"),
        ({"hamiltonian": {"h_str": ["w*X8||D8"], "vars": {"w": 1}}}, r"names qubit 8"),
    ],
)
def test_what_is_no_snapshot_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        device_from_dicts(conf() | change, props(), defs())


def test_calibrations_of_qubits_that_do_not_exist_are_refused() -> None:
    wrong = defs()
    wrong["cmd_def"][0]["qubits"] = [4]
    with pytest.raises(FormatError, match=r"the calibration of x names qubit 4"):
        device_from_dicts(conf(), props(), wrong)


def test_bad_dates_and_sample_times_are_left_out() -> None:
    device = device_from_dicts(conf() | {"online_date": "soon", "dt": -1}, props(), defs())
    assert device.online_date is None
    assert device.timing.dt is None
    assert device.notes == ("dt is -1, taken as not known", "online_date 'soon' is no date")
