"""Write `schedules_1_4.json.gz`: what Qiskit 1.4's `schedule` makes of circuits.

The devices are the toy of `toy.py`, and manila with the calibrations of its snapshot. Repeat it in
an environment with `qiskit==1.4.*` and `qiskit-ibm-runtime==0.34.0` (and nothing of Backline):

    python tests/lowering/write_schedules.py
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np  # noqa: E402
import qiskit  # noqa: E402
import qiskit.compiler  # noqa: E402
import qiskit_ibm_runtime  # noqa: E402
from qiskit import QuantumCircuit, pulse  # noqa: E402
from qiskit.circuit import Delay, Gate, Measure, Parameter  # noqa: E402
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate  # noqa: E402
from qiskit.providers import BackendV2, Options  # noqa: E402
from qiskit.transpiler import InstructionProperties, Target  # noqa: E402
from qiskit_ibm_runtime.fake_provider import FakeManilaV2  # noqa: E402

from golden import pulse_facts  # noqa: E402
from lowering import manila, toy  # noqa: E402

METHODS = ("alap", "asap")
PLAIN = {"x": XGate(), "sx": SXGate(), "cx": CXGate(), "measure": Measure()}
WITH_PARAMETERS = {
    "rz": RZGate(Parameter("a")),
    "tilted": Gate("tilted", 1, [Parameter("a"), Parameter("b")]),
}


class Toy(BackendV2):
    max_circuits = None
    meas_map = [list(range(toy.QUBITS))]  # noqa: RUF012
    dt = 1e-9

    def __init__(self) -> None:
        super().__init__(name="toy")
        self._target = Target(num_qubits=toy.QUBITS, dt=1e-9)
        found = toy.calibrations(pulse, Parameter)
        for name, gate in (PLAIN | WITH_PARAMETERS).items():
            places = {
                qubits: InstructionProperties(calibration=schedule)
                for (named, qubits), schedule in found.items()
                if named == name
            }
            self._target.add_instruction(gate, places)
        self._target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(toy.QUBITS)})

    target = property(lambda self: self._target)

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, *_: Any) -> None:
        raise NotImplementedError

    def drive_channel(self, qubit: int) -> Any:
        return pulse.DriveChannel(qubit)


def main() -> None:
    samples: dict[str, int] = {}

    def kept(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            text = base64.b64encode(value.astype("<c16").tobytes()).decode()
            return samples.setdefault(text, len(samples))
        return [kept(item) for item in value] if isinstance(value, list) else value

    def both(circuit: QuantumCircuit, backend: Any) -> dict[str, Any]:
        found = {}
        for method in METHODS:
            done = qiskit.compiler.schedule(circuit, backend=backend, method=method)
            facts = pulse_facts.facts(pulse, done)
            found[method] = [facts["duration"], kept(facts["instructions"])]
        return found

    toys = {
        name: both(toy.build(QuantumCircuit(toy.QUBITS, toy.QUBITS), Gate, operations), Toy())
        for name, operations in toy.circuits().items()
    }
    device = FakeManilaV2()
    # 1.4's `schedule` takes delays in dt alone, as its `transpile` makes them.
    manilas = {
        name: both(manila.build(operations, delays_in_dt=True), device)
        for name, operations in manila.circuits().items()
    }
    content = {
        "made_by": f"qiskit {qiskit.__version__}, "
        f"qiskit-ibm-runtime {qiskit_ibm_runtime.__version__}",
        "toy": toys,
        "manila": manilas,
        "samples": list(samples),
    }
    text = json.dumps(content, separators=(",", ":"))
    path = Path(__file__).with_name("schedules_1_4.json.gz")
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(
        f"{path.name}: {len(toys)} and {len(manilas)} circuits by {len(METHODS)} methods, "
        f"{path.stat().st_size / 1e3:.0f} kB"
    )


if __name__ == "__main__":
    main()
