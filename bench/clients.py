"""What Qiskit Experiments find on our backends, over seeds, beside what the device says.

Run it with ``python bench/clients.py [SEEDS]``. It takes minutes: the scatter that it prints is
what tests/client/fitted.py and docs/clients.md say.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

import backline

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from client import fitted

QUBIT = 1


def main():
    """Print one line a quantity: mean and scatter of found / said − 1, and the fits' own error."""
    warnings.simplefilter("ignore", DeprecationWarning)
    seeds = range(1, 1 + int(sys.argv[1]) if len(sys.argv) > 1 else 21)
    backend = backline.load("manila")
    for engine, kinds in (("gates", ("T1", "T2Ramsey", "T2Hahn")), ("pulses", ("T1", "T2Ramsey"))):
        for kind in kinds:
            report(f"{engine} {kind}", coherence(backend, engine, kind, seeds))
    for idle in (True, False):
        backend.set_options(idle_noise=idle)
        report("RB" if idle else "RB, no idle noise", benchmarking(backend, seeds[:10]))


def coherence(backend, engine, kind, seeds):
    """(name, found / said − 1, own error / said) of every seed."""
    properties = backend.qubit_properties(QUBIT)
    for seed in seeds:
        backend.set_options(engine=engine, seed_simulator=seed)
        experiment = fitted.coherence(kind, QUBIT, properties, engine)
        results = fitted.run(experiment, backend, shots=fitted.SHOTS[engine])
        off = fitted.deviations(results, properties, engine)
        for found in results:
            own = found.value.s / found.value.n * (1 + off[found.name])
            yield found.name, off[found.name], own


def benchmarking(backend, seeds):
    """The same of the errors of sx and cx."""
    for seed in seeds:
        backend.set_options(engine="gates", seed_simulator=seed)
        alone = []
        for qubit in (0, QUBIT):
            alone += fitted.run(fitted.one_qubit_rb(qubit, seed), backend, shots=fitted.RB_SHOTS)
        experiment = fitted.two_qubit_rb([0, QUBIT], seed, alone)
        pair = fitted.run(experiment, backend, shots=fitted.RB_SHOTS)
        for name, qubits, results in (("sx", (QUBIT,), alone), ("cx", (0, QUBIT), pair)):
            value = fitted.by_name(results)[f"EPG_{name}"]
            said = backend.target[name][qubits].error
            yield f"EPG_{name}", value.n / said - 1, value.s / said


def report(label, entries):
    """One line a name."""
    found = {}
    for name, off, own in entries:
        found.setdefault(name, []).append((off, own))
    for name, values in found.items():
        off, own = np.transpose(values)
        print(
            f"{label:18} {name:10} mean {off.mean():+.4f}  scatter {off.std(ddof=1):.4f}  "
            f"own error {own.mean():.4f}  ({len(off)} seeds)",
            flush=True,
        )


if __name__ == "__main__":
    main()
