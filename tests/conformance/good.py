"""Backends that keep the contract, small enough to be made a hundred times."""

import functools
import types

from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import CCXGate, CXGate, HGate, RZGate, SXGate, XGate
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
            if "measure" not in circuit.count_ops():
                yield Outcomes(shots=options.shots)
                continue
            job = AerSimulator().run(
                circuit, shots=options.shots, memory=True, seed_simulator=experiment.seed % 2**31
            )
            shots = job.result().get_memory(0)
            rows = [[int(b) for b in reversed(shot.replace(" ", ""))] for shot in shots]
            yield Outcomes(shots=options.shots, bits=rows)


class Late(Good):
    """Says of a wrong circuit that it is wrong when its job runs."""

    def run(self, run_input, **options):
        try:
            return super().run(run_input, **options)
        except BacklineError as error:
            return late_job(self, error)


def late_job(backend, error):
    """A job that failed."""
    circuit = backend.transpiled_flip()
    job = backend.good_run(circuit, shots=1)
    job.result()

    def result(self):
        raise JobError(str(error)) from error

    job.result = types.MethodType(result, job)
    return job
