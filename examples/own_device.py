"""A device of your own: three ions in a trap, with a small and honest simulator.

Give a target and `execute`; `run`, options, checks, seeds, jobs, splitting and results come with
`BackendBase`. Run it: python examples/own_device.py
"""

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Delay, Measure, Parameter
from qiskit.circuit.library import RXGate, RXXGate, RZGate
from qiskit.quantum_info import Statevector

from backline import (
    BackendBase,
    InstructionProperties,
    Option,
    Outcomes,
    Target,
    standard_options,
)
from backline.errors import InputError

IONS = 3


def make_target():
    """Rotations on every ion, the Mølmer-Sørensen gate on every pair."""
    target = Target(num_qubits=IONS, dt=1e-6, description="three ions")
    single = {(ion,): InstructionProperties(duration=10e-6, error=1e-4) for ion in range(IONS)}
    pairs = {
        (a, b): InstructionProperties(duration=200e-6, error=5e-3)
        for a in range(IONS)
        for b in range(IONS)
        if a != b
    }
    target.add_instruction(RXGate(Parameter("angle")), single)
    target.add_instruction(RZGate(Parameter("angle")), dict.fromkeys(single))
    target.add_instruction(RXXGate(Parameter("angle")), pairs)
    target.add_instruction(Delay(Parameter("time")), dict.fromkeys(single))
    target.add_instruction(Measure(), dict.fromkeys(single, InstructionProperties(duration=300e-6)))
    return target


class ThreeIons(BackendBase):
    """Three ions: perfect gates, and a camera that misses some of the bright ions."""

    def __init__(self, **options):
        super().__init__(name="three-ions", description="Three ions in a trap", **options)
        self._target = make_target()

    @property
    def target(self):
        return self._target

    @property
    def max_circuits(self):
        return 100

    @classmethod
    def _default_options(cls):
        missed = Option(0.02, type=float, minimum=0, maximum=1, help="how often a 1 is read as 0")
        return standard_options(missed=missed)

    def check(self, program, options):
        """The camera looks once, at the end."""
        seen = set()
        for step in program.data:
            if step.operation.name != "barrier" and seen.intersection(step.qubits):
                raise InputError(
                    f"{step.operation.name} follows the measurement of its ion in "
                    f"{program.name!r}: ions are measured once, at the end"
                )
            if step.operation.name == "measure":
                seen.update(step.qubits)

    def execute(self, experiments, options):
        for experiment in experiments:
            yield simulate(experiment.program, options.shots, options.missed, experiment.seed)


def simulate(circuit, shots, missed, seed):
    """Evolve a state, and look at it `shots` times."""
    rng = np.random.default_rng(seed)
    state, camera = Statevector.from_int(0, 2**circuit.num_qubits), {}
    for step in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in step.qubits]
        if step.operation.name == "measure":
            camera[circuit.find_bit(step.clbits[0]).index] = qubits[0]
        elif step.operation.name not in ("barrier", "delay"):
            state = state.evolve(step.operation, qubits)
    chances = state.probabilities()
    basis = rng.choice(len(chances), size=shots, p=chances / chances.sum())
    bits = np.zeros((shots, circuit.num_clbits), dtype=np.uint8)
    for slot, qubit in camera.items():
        bits[:, slot] = (basis >> qubit & 1) & (rng.random(shots) >= missed)
    return Outcomes(shots=shots, bits=bits, metadata={"engine": "three-ions"})


def main():
    ghz = QuantumCircuit(IONS)
    ghz.h(0)
    for ion in range(1, IONS):
        ghz.cx(0, ion)
    ghz.measure_all()

    backend = ThreeIons()
    circuit = transpile(ghz, backend, seed_transpiler=1)
    job = backend.run(circuit, shots=1000, seed_simulator=7)
    print(job.result().get_counts())


if __name__ == "__main__":
    main()
