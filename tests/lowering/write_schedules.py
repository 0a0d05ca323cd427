"""Write `schedules_1_4.json`: what Qiskit 1.4's `schedule` makes of the toy's circuits.

Run it with a Python that has Qiskit 1.4: `python tests/lowering/write_schedules.py`.
"""

import json
import warnings
from pathlib import Path

import qiskit
import qiskit.compiler
import toy
from qiskit import QuantumCircuit, pulse
from qiskit.circuit import Delay, Gate, Measure, Parameter
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
from qiskit.providers import BackendV2, Options
from qiskit.transpiler import InstructionProperties, Target

PLAIN = {"x": XGate(), "sx": SXGate(), "cx": CXGate(), "measure": Measure()}
WITH_PARAMETERS = {
    "rz": RZGate(Parameter("a")),
    "tilted": Gate("tilted", 1, [Parameter("a"), Parameter("b")]),
}


class Toy(BackendV2):
    max_circuits = None
    meas_map = [list(range(toy.QUBITS))]  # noqa: RUF012
    dt = 1e-9

    def __init__(self):
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
    def _default_options(cls):
        return Options()

    def run(self, *_):
        raise NotImplementedError

    def drive_channel(self, qubit):
        return pulse.DriveChannel(qubit)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    made = {}
    for name, operations in toy.circuits().items():
        made[name] = {}
        for method in ("alap", "asap"):
            circuit = toy.build(QuantumCircuit(toy.QUBITS, toy.QUBITS), Gate, operations)
            done = qiskit.compiler.schedule(circuit, backend=Toy(), method=method)
            made[name][method] = {"duration": done.duration, "instructions": toy.facts(done)}
    content = {"made_by": f"qiskit {qiskit.__version__}", "schedules": made}
    text = json.dumps(content, indent=None, separators=(",", ":"))
    Path(__file__).with_name("schedules_1_4.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
