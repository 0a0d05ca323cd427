"""`backline devices` and `backline show`: what there is to run on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from backline.cli.failures import Debug
from backline.cli.tables import echo, table

if TYPE_CHECKING:
    from rich.table import Table

    from backline.device.model import Device, Gate, Qubit

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, in s and Hz.")]

_UNKNOWN = "-"


def list_devices(as_json: AsJson = False, debug: Debug = False) -> None:
    """List the devices that come with Backline."""
    from backline.formats import devices, read_device

    facts = [
        _summary(read_device(name, reconcile=False)) | {"source": "bundled"} for name in devices()
    ]
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    listed = table("name", "qubits", "basis gates", "pulses", "source")
    for fact in facts:
        listed.add_row(
            fact["name"],
            str(fact["qubits"]),
            ", ".join(fact["basis_gates"]),
            "yes" if fact["pulses"] else "no",
            f"bundled, {fact['version']}" if fact["version"] else "bundled",
        )
    echo(listed)


def show(
    device: Annotated[str, typer.Argument(help="A name of `backline devices`, or a path.")],
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Write a picture of its map (.png, .svg, …)."),
    ] = None,
    style: Annotated[str, typer.Option(help="Of the picture: light or dark.")] = "light",
    color: Annotated[
        str, typer.Option(help="What colors the picture's qubits: readout or t1.")
    ] = "readout",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show what is known of a device: its qubits, its edges, and what was mended."""
    from backline.formats import read_device

    found = read_device(device)
    if map_file is not None:
        from backline.visualization import draw_map

        draw_map(found, filename=map_file, style=cast("Any", style), color=cast("Any", color))
        typer.echo(f"backline: the map is in {map_file}", err=True)
    if as_json:
        typer.echo(json.dumps(_facts(found), indent=2))
        return
    echo(_heading(found))
    echo(_qubit_table(found))
    edges = _edge_table(found)
    if edges is not None:
        echo(edges)
    for note in found.notes:
        echo(f"note: {note}")


def _summary(device: Device) -> dict[str, Any]:
    return {
        "name": device.name,
        "qubits": device.num_qubits,
        "basis_gates": list(device.basis_gates),
        "pulses": _has_pulses(device),
        "version": device.backend_version,
    }


def _has_pulses(device: Device) -> bool:
    return bool(device.calibrations) and bool(device.drive_lines)


def _heading(device: Device) -> str:
    facts = [
        device.description or f"{device.num_qubits} qubits",
        f"basis gates {', '.join(device.basis_gates) or _UNKNOWN}",
        "runs pulses" if _has_pulses(device) else "runs no pulses",
    ]
    if device.timing.dt is not None:
        facts.append(f"dt {device.timing.dt * 1e9:.4g} ns")
    return f"{device.name}: {'; '.join(facts)}"


def _qubit_table(device: Device) -> Table:
    from backline.visualization.facts import readout_error

    one_qubit = _gates_of(device, 1)
    names = [name for name in one_qubit if name not in ("measure", "reset", "id", "delay")]
    shown = [name for name in names if any(g.error for g in one_qubit[name].values())]
    headers = ["qubit", "f (GHz)", "anh. (MHz)", "T1 (us)", "T2 (us)", "readout (%)"]
    listed = table(*headers, *(f"{name} (%)" for name in shown), numbers=True)
    for k, qubit in enumerate(device.qubits):
        row = [
            str(k) if qubit.operational else f"{k} (faulty)",
            *(_scaled(get(qubit), scale, digits) for get, scale, digits in _QUBIT_COLUMNS),
            _scaled(readout_error(device, k), 1e2, 2),
            *(_error(one_qubit[name].get((k,))) for name in shown),
        ]
        listed.add_row(*row)
    return listed


def _edge_table(device: Device) -> Table | None:
    two_qubit = _gates_of(device, 2)
    pairs = sorted({pair for gates in two_qubit.values() for pair in gates})
    if not pairs:
        return None
    strengths = {coupling.qubits: coupling.strength for coupling in device.couplings or ()}
    headers = [f"{name} {what}" for name in two_qubit for what in ("(%)", "(ns)")]
    listed = table("edge", "J (MHz)", *headers, numbers=True)
    for a, b in pairs:
        row = [f"{a}, {b}", _scaled(strengths.get((min(a, b), max(a, b))), 1e-6, 2)]
        for gates in two_qubit.values():
            gate = gates.get((a, b))
            row += [_error(gate), _scaled(gate.duration if gate else None, 1e9, 0)]
        listed.add_row(*row)
    return listed


def _gates_of(device: Device, width: int) -> dict[str, dict[tuple[int, ...], Gate]]:
    found: dict[str, dict[tuple[int, ...], Gate]] = {}
    for gate in device.gates:
        if len(gate.qubits) == width:
            found.setdefault(gate.name, {})[gate.qubits] = gate
    return found


_QUBIT_COLUMNS: tuple[tuple[Callable[[Qubit], float | None], float, int], ...] = (
    (lambda qubit: qubit.frequency, 1e-9, 4),
    (lambda qubit: qubit.anharmonicity, 1e-6, 1),
    (lambda qubit: qubit.t1, 1e6, 1),
    (lambda qubit: qubit.t2, 1e6, 1),
)


def _scaled(value: float | None, scale: float, digits: int) -> str:
    return _UNKNOWN if value is None else f"{value * scale:.{digits}f}"


def _error(gate: Gate | None) -> str:
    if gate is None or gate.error is None:
        return _UNKNOWN
    return "broken" if gate.error >= 1 else f"{100 * gate.error:.3g}"


def _facts(device: Device) -> dict[str, Any]:
    return _summary(device) | {
        "description": device.description,
        "dt": device.timing.dt,
        "qubit_properties": [
            {
                "frequency": qubit.frequency,
                "anharmonicity": qubit.anharmonicity,
                "t1": qubit.t1,
                "t2": qubit.t2,
                "readout": {
                    "frequency": qubit.readout.frequency,
                    "error": qubit.readout.error,
                    "p1_given_0": qubit.readout.p1_given_0,
                    "p0_given_1": qubit.readout.p0_given_1,
                    "duration": qubit.readout.duration,
                },
                "operational": qubit.operational,
            }
            for qubit in device.qubits
        ],
        "gates": [
            {
                "name": gate.name,
                "qubits": list(gate.qubits),
                "duration": gate.duration,
                "error": gate.error,
            }
            for gate in device.gates
        ],
        "couplings": None
        if device.couplings is None
        else [
            {"qubits": list(coupling.qubits), "strength": coupling.strength}
            for coupling in device.couplings
        ],
        "notes": list(device.notes),
    }
