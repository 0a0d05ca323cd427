"""A snapshot of a made-up device of two transmons, small enough to work out by hand."""

import json
import zipfile
from pathlib import Path
from typing import Any


def _value(name: str, unit: str, value: Any) -> dict[str, Any]:
    return {"date": "2024-05-27T04:30:14-03:00", "name": name, "unit": unit, "value": value}


def conf() -> dict[str, Any]:
    """Its configuration."""
    return {
        "backend_name": "ibmq_pair",
        "backend_version": "1.0.0",
        "n_qubits": 2,
        "basis_gates": ["cx", "id", "rz", "sx", "x"],
        "gates": [
            {"name": "x", "parameters": [], "qasm_def": "gate x q {}", "coupling_map": [[0], [1]]},
            {"name": "rz", "parameters": ["theta"], "qasm_def": "", "coupling_map": [[0], [1]]},
            {"name": "cx", "parameters": [], "qasm_def": "", "coupling_map": [[0, 1], [1, 0]]},
            {"name": "reset", "parameters": None, "qasm_def": None},
        ],
        "open_pulse": True,
        "max_shots": 20000,
        "max_experiments": 300,
        "dt": 0.5,
        "dtm": 0.5,
        "online_date": "2021-04-28T04:00:00+00:00",
        "timing_constraints": {
            "acquire_alignment": 16,
            "granularity": 8,
            "min_length": 32,
            "pulse_alignment": 4,
        },
        "meas_map": [[0, 1]],
        "meas_levels": [1, 2],
        "qubit_lo_range": [[4.5, 5.5], [4.6, 5.6]],
        "coords": [[1, 2], [2, 2]],
        "n_uchannels": 2,
        "u_channel_lo": [[{"q": 1, "scale": [1.0, 0.0]}], [{"q": 0, "scale": [1.0, 0.0]}]],
        "channels": {
            "d0": {"operates": {"qubits": [0]}, "purpose": "drive", "type": "drive"},
            "u0": {"operates": {"qubits": [0, 1]}, "purpose": "cross-resonance", "type": "control"},
            "u1": {"operates": {"qubits": [1, 0]}, "purpose": "cross-resonance", "type": "control"},
        },
        "hamiltonian": {
            "h_str": [
                "_SUM[i,0,1,wq{i}/2*(I{i}-Z{i})]",
                "_SUM[i,0,1,delta{i}/2*O{i}*O{i}]",
                "_SUM[i,0,1,-delta{i}/2*O{i}]",
                "_SUM[i,0,1,omegad{i}*X{i}||D{i}]",
                "jq0q1*Sp0*Sm1",
                "jq0q1*Sm0*Sp1",
                "omegad1*X0||U0",
                "omegad0*X1||U1",
            ],
            "osc": {},
            "qub": {"0": 3, "1": 4},
            "vars": {
                "wq0": 31.4,
                "wq1": 32.0,
                "delta0": -2.1,
                "delta1": -2.2,
                "jq0q1": 0.0125,
                "omegad0": 0.9,
                "omegad1": 0.8,
            },
        },
    }


def props() -> dict[str, Any]:
    """Its measured properties."""
    return {
        "backend_name": "ibmq_pair",
        "last_update_date": "2024-05-27T15:27:23-03:00",
        "qubits": [
            [
                _value("T1", "us", 100.0),
                _value("T2", "us", 80.0),
                _value("frequency", "GHz", 5.01),
                _value("anharmonicity", "GHz", -0.34),
                _value("readout_error", "", 0.03),
                _value("prob_meas0_prep1", "", 0.04),
                _value("prob_meas1_prep0", "", 0.02),
                _value("readout_length", "ns", 1000.0),
            ],
            [_value("T1", "µs", 90.0), _value("T2", "µs", 70.0), _value("frequency", "GHz", 5.1)],
        ],
        "gates": [
            {"gate": "x", "qubits": [0], "name": "x0", "parameters": _gate(2e-4, 16.0)},
            {"gate": "x", "qubits": [1], "name": "x1", "parameters": _gate(3e-4, 16.0)},
            {"gate": "rz", "qubits": [0], "name": "rz0", "parameters": _gate(0, 0)},
            {"gate": "rz", "qubits": [1], "name": "rz1", "parameters": _gate(0, 0)},
            {"gate": "cx", "qubits": [0, 1], "name": "cx0_1", "parameters": _gate(0.01, 200.0)},
            {"gate": "cx", "qubits": [1, 0], "name": "cx1_0", "parameters": _gate(0.01, 216.0)},
        ],
        "general": [_value("jq_01", "GHz", 0.002)],
    }


def _gate(error: Any, length: Any) -> list[dict[str, Any]]:
    return [_value("gate_error", "", error), _value("gate_length", "ns", length)]


def defs() -> dict[str, Any]:
    """Its frequencies and calibrated schedules."""
    square = {"amp": [0.0, 0.5], "duration": 64, "sigma": 8, "width": 32}
    return {
        "qubit_freq_est": [5.0, 5.1],
        "meas_freq_est": [7.1, 7.2],
        "buffer": 0,
        "pulse_library": [{"name": "X_d1", "samples": [[0.25, 0.0]] * 32}],
        "cmd_def": [
            {"name": "x", "qubits": [0], "sequence": [_drag(0, "d0", [0.2, 0.0], "Xp_d0")]},
            {"name": "x", "qubits": [1], "sequence": [{"name": "X_d1", "t0": 0, "ch": "d1"}]},
            {
                "name": "u3",
                "qubits": [0],
                "sequence": [
                    {"name": "fc", "t0": 0, "ch": "d0", "phase": "-(P2)"},
                    _drag(0, "d0", [0.1, 0.0], "X90p_d0"),
                    {"name": "fc", "t0": 32, "ch": "d0", "phase": "-(P0)"},
                    _drag(32, "d0", [-0.1, 0.0], "X90m_d0"),
                    {"name": "fc", "t0": 64, "ch": "d0", "phase": "-(P1)"},
                ],
            },
            {
                "name": "rz",
                "qubits": [0],
                "sequence": [
                    {"name": "fc", "t0": 0, "ch": "d0", "phase": "-(P0)"},
                    {"name": "fc", "t0": 0, "ch": "u1", "phase": "-(P0)"},
                ],
            },
            {
                "name": "cx",
                "qubits": [0, 1],
                "sequence": [
                    {"name": "fc", "t0": 0, "ch": "d0", "phase": 1.5},
                    {
                        "name": "parametric_pulse",
                        "t0": 0,
                        "ch": "u0",
                        "pulse_shape": "gaussian_square",
                        "parameters": square,
                    },
                    {"name": "delay", "t0": 64, "ch": "u0", "duration": 16},
                ],
            },
            {
                "name": "measure",
                "qubits": [0, 1],
                "sequence": [
                    {
                        "name": "parametric_pulse",
                        "t0": 0,
                        "ch": f"m{qubit}",
                        "pulse_shape": "constant",
                        "parameters": {"amp": [0.1, 0.0], "duration": 128},
                    }
                    for qubit in range(2)
                ]
                + [
                    {
                        "name": "acquire",
                        "t0": 8,
                        "duration": 120,
                        "qubits": [0, 1],
                        "memory_slot": [0, 1],
                    }
                ],
            },
        ],
    }


def _drag(t0: int, channel: str, amp: list[float], label: str) -> dict[str, Any]:
    return {
        "name": "parametric_pulse",
        "t0": t0,
        "ch": channel,
        "label": label,
        "pulse_shape": "drag",
        "parameters": {"amp": amp, "beta": -0.6, "duration": 32, "sigma": 8},
    }


def write_folder(folder: Path, name: str = "pair") -> Path:
    """Write it as the three files of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, content in (("conf", conf()), ("props", props()), ("defs", defs())):
        (folder / f"{kind}_{name}.json").write_text(json.dumps(content))
    return folder


def write_zip(path: Path, *names: str) -> Path:
    """Write it as a zip that holds it under one or more names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names or ("pair",):
            for kind, content in (("conf", conf()), ("props", props()), ("defs", defs())):
                archive.writestr(f"backends/{name}/{kind}_{name}.json", json.dumps(content))
    return path
