"""The first counts of a Bell pair in a fresh process, from its start: ``python first.py ours``.

The circuit is read from a file: compiling it is none of the sides' work.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path


def main() -> None:
    warnings.simplefilter("ignore")  # about what the snapshot lacks
    side, device, file = sys.argv[1:]
    from qiskit import qpy

    with Path(file).open("rb") as opened:
        circuit = qpy.load(opened)[0]
    if side == "nothing":
        return
    if side == "ours":
        from importlib.util import find_spec

        import backline

        runtime = Path(find_spec("qiskit_ibm_runtime").origin).parent
        place = runtime / "fake_provider" / "backends" / device
        backend = backline.load(str(place))
        counts = backend.run(circuit, shots=1024, idle_noise=False).result().get_counts()
    else:
        from qiskit_aer import AerSimulator
        from qiskit_ibm_runtime import fake_provider

        simulator = AerSimulator.from_backend(getattr(fake_provider, side)())
        counts = simulator.run(circuit, shots=1024).result().get_counts()
    if sum(counts.values()) != 1024:
        raise SystemExit(f"{side} gave {counts}")


if __name__ == "__main__":
    main()
