"""Three qubits, one real device, three ways: ideal, gates with noise, calibrated pulses.

Run it with ``make demo``, or ``python examples/demo.py [--seed N] [--shots N] [--out FOLDER]``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

HERE = Path(__file__).resolve().parent
QUBITS = (0, 1, 2)
IDEAL = {"000": 0.5, "111": 0.5}


def main() -> None:
    """Run the demonstration."""
    arguments = _arguments()
    console = Console(highlight=False)
    steps = Steps(console)
    console.print(Text("A GHZ state on the data of a real device", style="bold"))

    with steps("import Qiskit and Backline"):
        from qiskit import qasm3, transpile

        import backline
        from backline.visualization import total_variation
        from backline.visualization.text import counts_table

    with steps("load manila: 5 transmons, noise, calibrated pulses, Hamiltonian"):
        backend = backline.load("manila")

    with steps(f"read ghz.qasm and compile it for qubits {', '.join(map(str, QUBITS))}"):
        circuit = qasm3.load(str(HERE / "ghz.qasm"))
        compiled = transpile(
            circuit, backend, initial_layout=QUBITS, seed_transpiler=arguments.seed
        )

    run = {"shots": arguments.shots, "seed_simulator": arguments.seed}
    with steps(f"run {arguments.shots} shots gate by gate, with noise"):
        gates = backend.run(compiled, engine="gates", **run).result().get_counts()

    with steps(f"run {arguments.shots} shots as pulses on the Hamiltonian"):
        pulses = backend.run(compiled, engine="pulses", **run).result().get_counts()

    results = {"gates + noise": gates, "pulses": pulses}
    console.print()
    console.print(counts_table(results, ideal=IDEAL, width=20))
    distances = {label: total_variation(counts, IDEAL) for label, counts in results.items()}
    distances["gates + noise to pulses"] = total_variation(gates, pulses)
    console.print(distance_table(distances))

    path = Path(arguments.out) / "ghz.png"
    with steps(f"draw {path}"):
        from backline.visualization import draw_overview

        draw_overview(
            results,
            backend,
            ideal=IDEAL,
            filename=path,
            title=f"GHZ state on manila, {arguments.shots} shots",
        )
    console.print(f"All in all: {steps.total:.1f} s. The picture: {path}", markup=False)


def distance_table(distances: Mapping[str, float]) -> Table:
    """How far results are apart: 0 is the same distribution, 1 has nothing in common."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for label, distance in distances.items():
        name = label if " to " in label else f"{label} to ideal"
        table.add_row(f" total variation distance, {name}", f"{distance:.3f}")
    return table


class Steps:
    """Says what is done, and how long it took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.total = 0.0

    @contextmanager
    def __call__(self, text: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self.total += seconds
        self.console.print(f"  {seconds:6.2f} s  {text}", markup=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2024, help="of all random numbers")
    parser.add_argument("--shots", type=int, default=4096)
    parser.add_argument("--out", default="out", help="folder of the picture")
    return parser.parse_args()


if __name__ == "__main__":
    main()
