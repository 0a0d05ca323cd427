"""Every kind of bad input that the documentation names, and what it gets.

`docs/bad-input.md` is written from these cases by running them, so the messages there are real:
``python tests/bad_input/write_table.py``.
"""

import json
import math
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import backline
from backline import errors, pulse
from backline.device import Coupling, Device, Gate, Qubit, Readout
from backline.engines.outcomes import Outcomes
from backline.primitives import EstimatorV2, SamplerV2
from bad_input.case import Case
from bad_input.pulse_cases import PULSE_CASES
from bad_input.solve_cases import SOLVE_CASES


def manila():
    return backline.load("manila")


def run(program, name="manila", **options):
    return backline.load(name).run(program, **options)


def circuit(width, *gates, measured=True):
    made = QuantumCircuit(width, width if measured else 0, name="mine")
    for name, qubits, *params in gates:
        getattr(made, name)(*params, *qubits)
    return made


def conditional():
    made = QuantumCircuit(3, 1)
    made.measure(0, 0)
    with made.if_test((made.clbits[0], 1)):
        made.cx(0, 2)
    return made


def looping(passes):
    made = QuantumCircuit(1, 1, name="mine")
    with made.for_loop(range(passes)):
        made.sx(0)
        made.x(0)
    made.measure(0, 0)
    return made


def turned():
    made = QuantumCircuit(5, name="mine")
    made.rz(Parameter("θ"), 0)
    made.measure_all()
    return made


def schedule(*parts):
    made = pulse.Schedule(name="mine")
    for start, instruction in parts:
        made = made.insert(start, instruction)
    return made


def acquisition(**processing):
    slot = pulse.MemorySlot(0)
    return schedule((0, pulse.Acquire(22400, pulse.AcquireChannel(0), slot, **processing)))


def x_pulse(qubit=0, duration=160, amp=0.2):
    return pulse.Play(pulse.Gaussian(duration, amp, 40), pulse.DriveChannel(qubit))


def unbound_block():
    with pulse.build(name="sweep") as block:
        pulse.play(pulse.Gaussian(160, Parameter("amp"), 40), pulse.DriveChannel(0))
    return block


def without_hamiltonian():
    device = Device(name="plain", qubits=(Qubit(frequency=5e9),), basis_gates=("x", "measure"))
    return backline.DeviceBackend(device)


def options_after(**fields):
    manila().set_options(**fields)


def native(change: Callable[[dict], object] | None = None, cut: int | None = None):
    """Write a device file, change or cut it, and load it."""
    from backline.formats import native

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.json"
        device = Device(name="mine", qubits=(Qubit(frequency=5e9, t1=1e-4), Qubit(frequency=5.1e9)))
        native.write(device, path)
        text = path.read_text()
        if change is not None:
            data = json.loads(text)
            change(data)
            text = json.dumps(data)
        path.write_text(text[:cut])
        return backline.load(path)


def archive(members: dict[str, str]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, text in members.items():
                file.writestr(name, text)
        return backline.load(path)


def no_archive():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.zip"
        path.write_bytes(b"this is no archive")
        return backline.load(path)


class Toy(backline.BackendBase):
    """A backend of somebody's own, whose `execute` is given."""

    def __init__(self, execute):
        super().__init__(name="toy")
        self._execute = execute
        self._target = backline.Target.from_configuration(["x", "measure"], num_qubits=1)

    @property
    def target(self):
        return self._target

    def execute(self, experiments, options):
        return self._execute(experiments)


def zeros(experiment):
    return Outcomes(shots=1024, bits=np.zeros((1024, 1), np.uint8))


def one_fails(experiments):
    for experiment in experiments:
        yield zeros(experiment) if experiment.index != 1 else OSError("the fridge is warm")


def dies(experiments):
    yield zeros(experiments[0])
    raise SystemExit("the worker is gone")


def stops_early(experiments):
    return [zeros(experiments[0])]


class Slow:
    """Executes experiments once it is let go."""

    def __init__(self):
        self.started = threading.Event()
        self.go = threading.Event()

    def __call__(self, experiments):
        self.started.set()
        for experiment in experiments:
            self.go.wait(30)
            yield zeros(experiment)


def three(execute):
    return Toy(execute).run([x_circuit(), x_circuit(), x_circuit()])


def timeout():
    slow = Slow()
    job = three(slow)
    slow.started.wait(30)
    try:
        job.wait_for_final_state(timeout=0.05)
    finally:
        slow.go.set()


def cancelled():
    slow = Slow()
    job = three(slow)
    slow.started.wait(30)
    job.cancel()
    slow.go.set()
    return job.result()


def counts_of_nothing():
    return run(circuit(1, ("x", [0]), measured=False)).result().get_counts()


def x_circuit():
    made = QuantumCircuit(1, 1, name="mine")
    made.x(0)
    made.measure(0, 0)
    return made


def uncalibrated():
    made = QuantumCircuit(1, 1)
    made.reset(0)
    made.measure(0, 0)
    return run(made, engine="pulses").result()


CASES = {
    "Programs that the device cannot run": [
        Case(
            "a circuit that is wider than the device",
            lambda: run(circuit(9, ("x", [0]))),
            errors.InputError,
            ("9", "5", "manila"),
        ),
        Case(
            "a gate that the device does not have",
            lambda: run(circuit(2, ("h", [0]))),
            errors.InputError,
            ("h", "manila", "transpile(circuit, backend)"),
        ),
        Case(
            "an edge that the device does not have",
            lambda: run(circuit(3, ("cx", [0, 2]))),
            errors.InputError,
            ("cx on (0, 2)", "(0, 1)", "transpile(circuit, backend)"),
        ),
        Case(
            "an edge in the direction that the device does not have",
            lambda: run(circuit(2, ("ecr", [0, 1])), name="sherbrooke"),
            errors.InputError,
            ("ecr on (0, 1)", "(1, 0)"),
        ),
        Case(
            "a gate in a branch that the device does not have",
            lambda: run(conditional()),
            errors.InputError,
            ("cx on (0, 2)",),
        ),
        Case(
            "a circuit with an unbound parameter",
            lambda: run(circuit(1, ("rz", [0], Parameter("θ")))),
            errors.InputError,
            ("θ",),
        ),
        Case(
            "a gate whose angle is no number",
            lambda: run(circuit(2, ("rz", [1], math.nan))),
            errors.InputError,
            ("rz on qubit 1", "nan"),
        ),
        Case(
            "a gate whose angle is infinite",
            lambda: run(circuit(2, ("rz", [1], math.inf)), method="density_matrix"),
            errors.InputError,
            ("rz on qubit 1", "inf"),
        ),
        Case(
            "a delay that is no whole number of samples",
            lambda: run(circuit(1, ("delay", [], 1.1, 0, "ns"))),
            errors.BacklineError,
            ("delay", "dt"),
        ),
        Case(
            "a loop of a thousand million passes",
            lambda: run(looping(10**9)),
            errors.CapabilityError,
            ("2000000000 instructions", "100000 at most"),
        ),
        Case(
            "parameter values of a sampler that are no numbers",
            lambda: SamplerV2(manila()).run([(turned(), [0.1, math.nan])]),
            errors.InputError,
            ("'θ'", "nan", "set 1"),
        ),
        Case(
            "parameter values of an estimator that are no numbers",
            lambda: EstimatorV2(manila()).run([(turned(), "IIIIZ", [math.inf])]),
            errors.InputError,
            ("'θ'", "inf", "set 0"),
        ),
        Case("an empty list", lambda: run([]), errors.InputError, ("empty",)),
        Case("a text", lambda: run("OPENQASM 3.0;"), errors.InputError, ("QuantumCircuit", "str")),
        Case("nothing", lambda: run(None), errors.InputError, ("QuantumCircuit", "None")),
        Case(
            "a bad circuit among good ones",
            lambda: run([x_circuit(), circuit(3, ("cx", [0, 2]))]),
            errors.InputError,
            ("cx on (0, 2)", "1"),
        ),
    ],
    "Pulse programs": [
        Case(
            "an amplitude over 1",
            lambda: pulse.Gaussian(160, 1.2, 40),
            errors.PulseError,
            ("1.2",),
        ),
        Case(
            "an amplitude that is no number",
            lambda: pulse.Constant(160, math.nan),
            errors.PulseError,
            ("nan",),
        ),
        Case(
            "two pulses at the same time on one channel",
            lambda: schedule((0, x_pulse()), (80, x_pulse())),
            errors.PulseError,
            ("DriveChannel(0)", "80"),
        ),
        Case(
            "a negative time",
            lambda: schedule((-16, x_pulse())),
            errors.PulseError,
            ("-16",),
        ),
        Case(
            "a builder function outside of `pulse.build`",
            lambda: pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0)),
            errors.NoActiveBuilder,
            ("build",),
        ),
        Case(
            "a drive channel of a qubit that does not exist",
            lambda: run(schedule((0, x_pulse(7)))),
            errors.InputError,
            ("d7", "manila"),
        ),
        Case(
            "a control channel that does not exist",
            lambda: run(
                schedule((0, pulse.Play(pulse.Constant(160, 0.1), pulse.ControlChannel(99))))
            ),
            errors.InputError,
            ("u99", "manila"),
        ),
        Case(
            "a pulse with an unbound parameter",
            lambda: run(unbound_block()),
            errors.InputError,
            ("amp",),
        ),
        Case(
            "a pulse that does not start on the timing grid",
            lambda: run(schedule((3, x_pulse()))),
            errors.InputError,
            ("3", "16"),
        ),
        Case(
            "a circuit as pulses with an operation that has no calibration",
            uncalibrated,
            errors.BacklineError,
            ("reset",),
        ),
        Case(
            "pulses on a device without a Hamiltonian",
            lambda: without_hamiltonian().run(schedule((0, x_pulse()))).result(),
            errors.BacklineError,
            ("plain",),
        ),
    ],
    **PULSE_CASES,
    **SOLVE_CASES,
    "Options": [
        Case(
            "an option that does not exist",
            lambda: run(x_circuit(), shot=100),
            errors.UnknownOptionError,
            ("shot", "shots"),
        ),
        Case(
            "an option that does not exist, on construction",
            lambda: backline.load("manila", sots=1),
            errors.UnknownOptionError,
            ("sots", "shots"),
        ),
        Case(
            "an option that does not exist, in `set_options`",
            lambda: options_after(shots=7, sead=1),
            errors.UnknownOptionError,
            ("sead",),
        ),
        Case(
            "no shots", lambda: run(x_circuit(), shots=0), errors.OptionValueError, ("shots", "0")
        ),
        Case(
            "more shots than anything counts",
            lambda: run(x_circuit(), shots=10**30),
            errors.OptionValueError,
            ("shots", "2147483647"),
        ),
        Case(
            "one and a half shots",
            lambda: run(x_circuit(), shots=1.5),
            errors.OptionValueError,
            ("shots", "1.5"),
        ),
        Case(
            "`True` shots",
            lambda: run(x_circuit(), shots=True),
            errors.OptionValueError,
            ("shots", "True"),
        ),
        Case(
            "a number of shots that is no number",
            lambda: run(x_circuit(), shots=math.nan),
            errors.OptionValueError,
            ("shots", "nan"),
        ),
        Case(
            "a negative seed",
            lambda: run(x_circuit(), seed_simulator=-1),
            errors.OptionValueError,
            ("seed_simulator", "-1"),
        ),
        Case(
            "an engine that does not exist",
            lambda: run(x_circuit(), engine="analog"),
            errors.OptionValueError,
            ("analog", "gates", "pulses"),
        ),
        Case(
            "a measurement level that does not exist",
            lambda: run(x_circuit(), meas_level=3),
            errors.OptionValueError,
            ("meas_level", "3"),
        ),
        Case(
            "kerneled measurements of gates",
            lambda: run(x_circuit(), meas_level=1).result(),
            errors.BacklineError,
            ("meas_level", "gates"),
        ),
        Case(
            "higher levels of gates",
            lambda: run(x_circuit(), max_outcome_level=2),
            errors.CapabilityError,
            ("max_outcome_level=2", "pulses"),
        ),
        Case(
            "outcomes of more than one digit",
            lambda: run(acquisition(), max_outcome_level=10),
            errors.OptionValueError,
            ("max_outcome_level", "1 to 9"),
        ),
        Case(
            "traces that do not fit into the memory",
            lambda: run(acquisition(), meas_level=0, meas_return="single", shots=8000),
            errors.CapabilityError,
            ("GiB", "meas_return='avg'"),
        ),
        Case(
            "a kernel that does not exist",
            lambda: run(acquisition(kernel=pulse.Kernel("wavelet"))),
            errors.InputError,
            ("'wavelet'", "boxcar"),
        ),
        Case(
            "a kernel that does not fit",
            lambda: run(acquisition(kernel=pulse.Kernel("mine", weights=[1, 2]))),
            errors.InputError,
            ("2 weights", "22400"),
        ),
        Case(
            "a discriminator that does not exist",
            lambda: run(acquisition(discriminator=pulse.Discriminator("svm"))),
            errors.InputError,
            ("'svm'", "linear_discriminator"),
        ),
    ],
    "Devices and their files": [
        Case(
            "a name that no device has",
            lambda: backline.load("manilla"),
            errors.BackendNotFoundError,
            ("manilla", "manila"),
        ),
        Case(
            "a file that does not exist",
            lambda: backline.load("missing/mine.json"),
            errors.BacklineError,
            ("mine.json",),
        ),
        Case("a file cut short", lambda: native(cut=100), errors.FormatError, ("mine.json",)),
        Case("an empty file", lambda: native(cut=0), errors.FormatError, ("mine.json",)),
        Case(
            "a file of a later version",
            lambda: native(lambda data: data.update(version=99)),
            errors.FormatError,
            ("99", "1"),
        ),
        Case(
            "a file with a negative T1",
            lambda: native(lambda data: data["qubits"][0].update(t1=-1.0)),
            errors.DeviceError,
            ("t1", "-1"),
        ),
        Case(
            "a file with a text for a number",
            lambda: native(lambda data: data["qubits"][1].update(frequency="fast")),
            errors.FormatError,
            ("qubits", "1", "frequency"),
        ),
        Case("a file that is no archive", no_archive, errors.FormatError, ("mine.zip",)),
        Case(
            "an archive without a device",
            lambda: archive({"readme.txt": "hello"}),
            errors.FormatError,
            ("conf",),
        ),
        Case(
            "a snapshot cut short",
            lambda: archive({"conf_mine.json": '{"backend_name": "mine", "n_qub'}),
            errors.FormatError,
            ("conf_mine.json",),
        ),
        Case(
            "a device without qubits",
            lambda: Device(name="none", qubits=()),
            errors.DeviceError,
            ("none", "no qubits"),
        ),
        Case(
            "T2 over twice T1",
            lambda: Qubit(t1=1e-4, t2=3e-4),
            errors.DeviceError,
            ("t2", "twice"),
        ),
        Case(
            "a probability over 1",
            lambda: Readout(p1_given_0=1.2),
            errors.DeviceError,
            ("p1_given_0", "1.2"),
        ),
        Case(
            "an error that is no number",
            lambda: Gate(name="x", qubits=(0,), error=math.nan),
            errors.DeviceError,
            ("x on (0,)", "nan"),
        ),
        Case(
            "a coupling to a qubit that does not exist",
            lambda: Device(
                name="one",
                qubits=(Qubit(),),
                couplings=(Coupling(qubits=(0, 1), strength=2e6),),
            ),
            errors.QubitError,
            ("qubit 1", "one"),
        ),
    ],
    "Qubits that do not exist": [
        Case(
            "the properties of qubit −1",
            lambda: manila().qubit_properties(-1),
            errors.QubitError,
            ("-1", "0"),
        ),
        Case(
            "the drive channel of qubit 9",
            lambda: manila().drive_channel(9),
            errors.QubitError,
            ("9", "manila"),
        ),
        Case(
            "the control channel of qubits that are not coupled",
            lambda: manila().control_channel((0, 2)),
            errors.BacklineError,
            ("(0, 2)",),
        ),
        Case(
            "a subset with a qubit that does not exist",
            lambda: manila().subset([0, 9]),
            errors.QubitError,
            ("9", "manila"),
        ),
        Case(
            "a subset that names a qubit twice",
            lambda: manila().subset([0, 0]),
            errors.DeviceError,
            ("[0, 0]", "each once"),
        ),
    ],
    "Jobs": [
        Case(
            "the counts of a circuit without measurements",
            counts_of_nothing,
            Exception,
            ("counts",),
        ),
        Case(
            "one experiment of three fails",
            lambda: three(one_fails).result(),
            errors.JobError,
            ("1", "the fridge is warm"),
        ),
        Case(
            "a worker that dies",
            lambda: three(dies).result(),
            errors.JobError,
            ("1", "2", "the worker is gone"),
        ),
        Case(
            "a backend that returns too few outcomes",
            lambda: three(stops_early).result(),
            errors.JobError,
            ("1", "3"),
        ),
        Case("a job that takes too long", timeout, errors.JobTimeoutError, ("0.05",)),
        Case("the result of a cancelled job", cancelled, errors.JobCancelledError, ("cancelled",)),
    ],
}
