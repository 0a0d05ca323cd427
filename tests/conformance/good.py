"""Backends that keep the contract, small enough to be made a hundred times."""

import functools

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import CCXGate, CXGate, HGate, RZGate, SXGate, XGate
from qiskit.providers import JobStatus
from qiskit_aer import AerSimulator

import backline
from backline.backends import BackendBase, DeviceBackend
from backline.contract import InstructionProperties, Target
from backline.engines.outcomes import Outcomes
from backline.errors import BacklineError, JobError


@functools.cache
def manila():
    return backline.load("manila").device


class Good(DeviceBackend):
    """manila, which has everything but gates on three qubits."""

    def __init__(self, name=None, provider=None, **options):
        super().__init__(manila(), provider, name=name, **options)


@functools.cache
def small_target():
    target = Target(num_qubits=3, dt=1e-9)
    single = {(q,): InstructionProperties(duration=1e-7) for q in range(3)}
    for gate in (HGate(), XGate(), SXGate(), RZGate(Parameter("angle")), Reset()):
        target.add_instruction(gate, dict(single))
    target.add_instruction(Delay(Parameter("time")), dict.fromkeys(single))
    target.add_instruction(CXGate(), dict.fromkeys([(0, 1), (1, 2)]))
    target.add_instruction(CCXGate(), {(0, 1, 2): None})
    target.add_instruction(Measure(), dict(single))
    return target


class Small(BackendBase):
    """Three perfect qubits, with gates one way round, and one on all three."""

    def __init__(self, name="small", provider=None, **options):
        super().__init__(name=name, provider=provider, **options)

    @property
    def target(self):
        return small_target()

    def execute(self, experiments, options):
        for experiment in experiments:
            circuit = experiment.program
            bits = np.zeros((options.shots, circuit.num_clbits), dtype=np.uint8)
            if "measure" in circuit.count_ops():
                seed = experiment.seed % 2**31
                job = AerSimulator().run(
                    circuit, shots=options.shots, memory=True, seed_simulator=seed
                )
                for row, shot in enumerate(job.result().get_memory(0)):
                    bits[row] = [int(bit) for bit in reversed(shot.replace(" ", ""))]
            yield Outcomes(shots=options.shots, bits=bits)


def flip():
    """A circuit that manila can run as it is."""
    circuit = QuantumCircuit(5, 1, name="flip")
    circuit.x(0)
    circuit.measure(0, 0)
    return circuit


class Late(Good):
    """Says of a wrong circuit that it is wrong when its job is over."""

    def run(self, run_input, **options):
        try:
            return super().run(run_input, **options)
        except BacklineError as error:
            return self.late(super().run(flip(), shots=1), error)

    def late(self, job, error):
        def result():
            raise JobError("it is wrong: " + str(error)) from error

        job.result = result
        job.status = lambda: JobStatus.ERROR
        return job
