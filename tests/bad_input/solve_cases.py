"""Bad input to `backend.solve` and to sweeps."""

import math

import numpy as np
from qiskit.circuit import Parameter

import backline
from backline import errors, pulse
from bad_input.case import Case

AMP = Parameter("amp")


def x_pulse(amp=0.2, qubit=0):
    with pulse.build(name="mine") as program:
        pulse.play(pulse.Gaussian(160, amp, 40), pulse.DriveChannel(qubit))
    return program


def solve(**options):
    return backline.load("manila").solve(x_pulse(), **options)


def sweep(binds):
    return backline.load("manila").run(x_pulse(AMP), parameter_binds=binds)


SOLVE_CASES = {
    "States over time": [
        Case(
            "two programs to be solved at once",
            lambda: backline.load("manila").solve([x_pulse(), x_pulse()]),
            errors.InputError,
            ("one program", "2 are given"),
        ),
        Case(
            "times in nanoseconds",
            lambda: solve(times=[0, 10, 20]),
            errors.OptionValueError,
            ("in seconds", "3.55555556e-08", "160 samples", "10"),
        ),
        Case(
            "a negative time",
            lambda: solve(times=[-1e-9]),
            errors.OptionValueError,
            ("from 0", "-1e-09"),
        ),
        Case(
            "a time that is no number",
            lambda: solve(times=[math.nan]),
            errors.OptionValueError,
            ("in seconds", "nan"),
        ),
        Case(
            "times that go back",
            lambda: solve(times=[2e-9, 1e-9]),
            errors.OptionValueError,
            ("ascending",),
        ),
        Case(
            "more times than fit into memory",
            lambda: solve(times=10**12),
            errors.CapabilityError,
            ("1,000,000,000,000 times", "fewer times"),
        ),
        Case(
            "a label for two qubits where one is simulated",
            lambda: solve(initial_state="10"),
            errors.InputError,
            ("'10'", "qubit 0", "spectators"),
        ),
        Case(
            "a level that a qubit does not have",
            lambda: solve(initial_state={0: 3}),
            errors.InputError,
            ("qubit 0", "0 to 2", "3"),
        ),
        Case(
            "a state of a qubit that does not exist",
            lambda: solve(initial_state={9: 1}),
            errors.QubitError,
            ("initial_state", "qubit 9", "manila", "0 to 4"),
        ),
        Case(
            "amplitudes of another size",
            lambda: solve(initial_state=np.ones(5)),
            errors.InputError,
            ("qubit 0", "(3,)", "(2,)", "(5,)"),
        ),
        Case(
            "amplitudes that are not normalized",
            lambda: solve(initial_state=[1, 1]),
            errors.InputError,
            ("norm 1", "1.41421"),
        ),
        Case(
            "a density matrix with a negative eigenvalue",
            lambda: solve(initial_state=np.diag([1.5, -0.5])),
            errors.InputError,
            ("trace 1", "-0.5"),
        ),
        Case(
            "spectators that do not exist",
            lambda: solve(spectators=[1, 9]),
            errors.QubitError,
            ("spectators", "qubit 9", "0 to 4"),
        ),
        Case(
            "a negative number of hops to spectators",
            lambda: solve(spectators=-1),
            errors.OptionValueError,
            ("spectators", "at least 0", "-1"),
        ),
        Case(
            "shots, where nothing is measured",
            lambda: solve(shots=100),
            errors.OptionValueError,
            ("shots", "measures nothing"),
        ),
        Case(
            "values of a sweep, for a single solution",
            lambda: solve(parameter_binds={AMP: [0.1, 0.2]}),
            errors.OptionValueError,
            ("parameter_binds", "assign_parameters"),
        ),
        Case(
            "a word for what is wanted that does not exist",
            lambda: solve(what="unitary"),
            errors.OptionValueError,
            ("'states'", "'propagators'", "'unitary'"),
        ),
        Case(
            "a propagator that nobody asked for",
            lambda: solve().propagator,
            errors.InputError,
            ('what="propagators"',),
        ),
        Case(
            "progress that is no function",
            lambda: solve(progress="bar"),
            errors.OptionValueError,
            ("True, False or a function", "'bar'"),
        ),
        Case(
            "the populations of a qubit that was not simulated",
            lambda: solve().populations(1),
            errors.QubitError,
            ("qubit 1", "there are 0", "spectators"),
        ),
        Case(
            "a picture of one time",
            lambda: solve(times=[0]).draw(),
            errors.OptionValueError,
            ("one time", "times=200"),
        ),
    ],
    "Sweeps": [
        Case(
            "values for a parameter that the program does not have",
            lambda: sweep([{"width": [0.1, 0.2]}]),
            errors.InputError,
            ("'mine'", "'width'", "it has amp"),
        ),
        Case(
            "values for two programs where there is one",
            lambda: sweep([{AMP: [0.1]}, {AMP: [0.2]}]),
            errors.InputError,
            ("1 programs", "2 dicts"),
        ),
        Case(
            "a single value in place of a list",
            lambda: sweep({AMP: 0.1}),
            errors.InputError,
            ("'amp'", "list of values", "0.1"),
        ),
        Case(
            "no values",
            lambda: sweep({AMP: []}),
            errors.InputError,
            ("'amp'", "list of values", "[]"),
        ),
        Case(
            "lists of unequal lengths",
            lambda: backline.load("manila").run(
                x_pulse(AMP * Parameter("scale")),
                parameter_binds={AMP: [0.1, 0.2], "scale": [0.5]},
            ),
            errors.InputError,
            ("equally many", "'amp': 2", "'scale': 1"),
        ),
        Case(
            "a parameter that is given twice",
            lambda: sweep({AMP: [0.1], "amp": [0.2]}),
            errors.InputError,
            ("'amp'", "twice"),
        ),
        Case(
            "a value that makes a pulse too strong",
            lambda: sweep({AMP: [0.5, 1.5]}),
            errors.PulseError,
            ("amp", "at most 1", "1.5"),
        ),
    ],
}
