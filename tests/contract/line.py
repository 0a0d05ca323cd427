"""A small hand-made backend: three qubits in a line, calibrated here and there."""

from datetime import UTC, datetime

from qiskit.circuit import Delay, Measure, Parameter, Reset
from qiskit.circuit.library import CXGate, ECRGate, RXGate, RZGate, SXGate, XGate
from qiskit.providers import JobStatus

from backline import pulse
from backline.contract import (
    BackendV2,
    InstructionProperties,
    Job,
    Option,
    Options,
    QubitProperties,
    Result,
    StoredEntry,
    Target,
)
from backline.errors import JobCancelledError, JobError

DT = 1e-9
decoded = []


def x_pulse(qubit, duration=160, name="x"):
    return pulse.Schedule(
        pulse.Play(pulse.Constant(duration, 0.1), pulse.DriveChannel(qubit)), name=name
    )


def decode(stored):
    """Build an x schedule, and remember that somebody asked."""
    decoded.append(stored)
    return x_pulse(stored["qubit"])


def make_target(**arguments):
    facts = {
        "description": "a line",
        "num_qubits": 3,
        "dt": DT,
        "granularity": 16,
        "min_length": 64,
        "pulse_alignment": 16,
        "acquire_alignment": 16,
        "qubit_properties": [
            QubitProperties(
                t1=1e-4,
                t2=8e-5,
                frequency=5.0e9,
                anharmonicity=-3e8,
                readout_frequency=7e9,
                p1_given_0=0.01,
                p0_given_1=0.03,
            ),
            None,
            QubitProperties(t1=2e-4),
        ],
        "concurrent_measurements": [[0, 1], [2]],
    }
    target = Target(**{**facts, **arguments})
    target.add_instruction(
        XGate(),
        {
            (q,): InstructionProperties(1.6e-7, 1e-3, StoredEntry(decode, {"qubit": q}))
            for q in range(3)
        },
    )
    target.add_instruction(SXGate(), {(q,): InstructionProperties(1.6e-7, 5e-4) for q in range(3)})
    target.add_instruction(
        RZGate(Parameter("φ")), {(q,): InstructionProperties(0.0, 0.0) for q in range(3)}
    )
    target.add_instruction(
        CXGate(),
        {
            (0, 1): InstructionProperties(3.2e-7, 1e-2),
            (1, 0): InstructionProperties(3.2e-7, 1e-2),
            (1, 2): InstructionProperties(4.8e-7, 2e-2),
            (2, 1): InstructionProperties(4.8e-7, 2e-2),
        },
    )
    target.add_instruction(ECRGate(), {(1, 0): InstructionProperties(3.2e-7, 1e-2)})
    target.add_instruction(Measure(), {(q,): InstructionProperties(1e-6, 2e-2) for q in range(3)})
    target.add_instruction(Reset(), {(0,): None})
    target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(3)})
    target.add_instruction(RXGate(0.5), {(2,): None}, name="rx_half")
    return target


class LineJob(Job):
    """A job whose status follows a list, one entry a look."""

    def __init__(self, backend, job_id, statuses, outcome=None):
        super().__init__(backend, job_id)
        self.statuses = list(statuses)
        self.outcome = outcome
        self.looks = 0

    def submit(self):
        raise JobError("it is on its way already")

    def status(self):
        self.looks += 1
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    def result(self):
        if isinstance(self.outcome, Exception):
            raise JobError("it failed: " + str(self.outcome)) from self.outcome
        if self.outcome is None:
            raise JobCancelledError("it was cancelled")
        return self.outcome

    def cancel(self):
        return False


class LineBackend(BackendV2):
    """Gives what is abstract, and its two control lines."""

    def __init__(self, *args, target=None, **fields):
        super().__init__(*args, **fields)
        self._target = make_target() if target is None else target

    @classmethod
    def _default_options(cls):
        return Options(
            shots=Option(1024, type=int, minimum=1, maximum=10**6),
            memory=Option(False, type=bool),
            scale=Option(1.0, type=float, minimum=0),
            meas_return=Option("avg", type=str, choices=("avg", "single")),
            seed_simulator=Option(None, type=int, allow_none=True),
        )

    @property
    def target(self):
        return self._target

    @property
    def max_circuits(self):
        return 10

    def run(self, run_input, **options):
        chosen = self.options.merged(**options)
        result = Result(
            backend_name=self.name, job_id="1", success=True, results=[], options=dict(chosen)
        )
        return LineJob(self, "1", [JobStatus.DONE], result)

    def _control_pairs(self):
        return {0: (0, 1), 1: (1, 0), 2: (1, 2), 3: (1, 2)}

    def _u_channel_lo(self):
        return [[(1, 1.0)], [(0, 1.0)], [(2, 1.0)], [(2, -1.0), (1, 1.0)]]

    def _hamiltonian(self):
        return {"h_str": ["wq0*O0"], "osc": {}, "qub": {"0": 3}, "vars": {"wq0": 3e10}}

    @property
    def dtm(self):
        return 4e-9


class PlainBackend(LineBackend):
    """Plays no pulses, and knows little of itself."""

    def __init__(self, *args, **fields):
        super().__init__(
            *args,
            target=make_target(qubit_properties=None, concurrent_measurements=None),
            **fields,
        )

    dtm = BackendV2.dtm

    def _control_pairs(self):
        return None


def make_backend(**fields):
    return LineBackend(
        provider="who provides it",
        name="line",
        description="three in a line",
        online_date=datetime(2024, 5, 1, tzinfo=UTC),
        backend_version="1.2.3",
        **fields,
    )
