"""Pulses whose envelope is a sympy expression."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError
from golden.pulse_symbolic import symbolic_pulses

t, duration, amp, angle, s = sp.symbols("t duration amp angle s")
A = Parameter("a")
D0 = pulse.DriveChannel(0)


def ramp(length=4, height=0.8, **options):
    options.setdefault("envelope", s * t / duration)
    return pulse.SymbolicPulse("Ramp", length, {"s": height}, **options)


def wave(size=0.5, turn=0.2, **options):
    options.setdefault("envelope", amp * sp.exp(sp.I * angle) * sp.sin(s * t))
    return pulse.ScalableSymbolicPulse("Wave", 12, size, turn, {"s": 0.3}, **options)


def samples(pulse_):
    return pulse_.get_waveform().samples


def test_samples_by_hand():
    np.testing.assert_allclose(samples(ramp()), [0.1, 0.3, 0.5, 0.7], rtol=1e-15)
    assert samples(
        ramp(envelope=sp.Piecewise((s, t < 1), (sp.I / 4, t > 3), (0, True)))
    ).tolist() == [
        0.8,
        0,
        0,
        0.25j,
    ]
    times = np.arange(0.5, 12)
    expected = 0.5 * np.exp(0.2j) * np.sin(0.3 * times)
    np.testing.assert_allclose(samples(wave()), expected, rtol=1e-15)


def test_what_it_says_of_itself():
    made = wave(name="w", constraints=s > 0, valid_amp_conditions=sp.Abs(amp) <= 1)
    assert repr(made) == "Wave(duration=12, s=0.3, amp=0.5, angle=0.2, name='w')"
    assert list(made.parameters.items()) == [
        ("duration", 12),
        ("s", 0.3),
        ("amp", 0.5),
        ("angle", 0.2),
    ]
    assert (made.pulse_type, made.duration, made.name) == ("Wave", 12, "w")
    assert (made.amp, made.angle, made.s) == (0.5, 0.2, 0.3)
    assert made.envelope == amp * sp.exp(sp.I * angle) * sp.sin(s * t)
    assert made.constraints == (s > 0)
    assert made.valid_amp_conditions == (sp.Abs(amp) <= 1)
    assert ramp().constraints is ramp().valid_amp_conditions is None
    assert type(ramp()) is pulse.SymbolicPulse
    assert not made.is_parameterized()
    with pytest.raises(AttributeError, match="its parameters are duration, s, amp, angle"):
        _ = made.nothing
    with pytest.raises(AttributeError):
        made.envelope = None


def test_positional_arguments_are_those_of_1_4():
    plain = pulse.SymbolicPulse("P", 4, {"s": 0.1}, "n", False, s * t, s > 0, s < 1)
    scaled = pulse.ScalableSymbolicPulse(
        "P", 4, 0.1, 0.2, {"s": 1}, "n", False, amp * t, s > 0, s < 2
    )
    for made in (plain, scaled):
        assert made.name == "n"
        assert not made.limit_amplitude
        assert made.constraints == (s > 0)
    assert (plain.valid_amp_conditions, scaled.valid_amp_conditions) == (s < 1, s < 2)


def test_an_envelope_may_be_constant_or_a_number():
    for envelope in (sp.Float(0.25), 0.25, sp.Rational(1, 4), np.float64(0.25), s / 4):
        assert samples(ramp(3, 1, envelope=envelope)).tolist() == [0.25] * 3
    assert samples(ramp(2, envelope=0.5j)).tolist() == [0.5j, 0.5j]
    assert samples(ramp(0)).tolist() == []


def test_a_piece_that_is_not_chosen_may_divide_by_zero():
    shape = sp.Piecewise((0, sp.Eq(s, 0)), (t / s, True))
    assert samples(ramp(2, 0, envelope=shape)).tolist() == [0, 0]
    assert samples(ramp(2, 3, envelope=shape)).tolist() == [0.5 / 3, 0.5]


def test_symbols_are_known_by_their_names():
    real, positive = sp.Symbol("t", real=True), sp.Symbol("s", positive=True)
    assumed = ramp(envelope=positive * (real + t) / duration / 2)
    assert samples(assumed).tolist() == samples(ramp()).tolist()
    assert assumed.envelope == positive * (real + t) / duration / 2
    awkward = {"lambda": 0.5, "sin": 0.5, "a b": 0.5}
    product = t * sp.sin(0) + sp.prod(map(sp.Symbol, awkward)) * sp.cos(0 * t)
    assert samples(pulse.SymbolicPulse("X", 2, awkward, envelope=product)).tolist() == [0.125] * 2


class OfAnotherLibrary:
    """What symengine's expressions do: they turn themselves into sympy's."""

    def _sympy_(self):
        return s * t / duration


def test_expressions_of_symengine_are_taken():
    assert ramp(envelope=OfAnotherLibrary()) == ramp()


def test_without_an_envelope_there_are_no_samples():
    bare = pulse.SymbolicPulse("Bare", 10, {"s": 0.1})
    assert bare.envelope is None
    with pytest.raises(PulseError, match="a Bare made without an envelope has no samples"):
        bare.get_waveform()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ramp(envelope=sp.Symbol("x") * t),
            "unknown in the envelope of a Ramp: x; its sym",
        ),
        (lambda: ramp(envelope=amp * t), "unknown in the envelope of a Ramp: amp"),
        (lambda: ramp(constraints=t < 1), "unknown in the constraints of a Ramp: t"),
        (lambda: ramp(valid_amp_conditions=amp < 1), "unknown in the valid_amp_conditions"),
        (lambda: ramp(envelope="s*t"), "the envelope of a Ramp must be a sympy expression"),
        (lambda: ramp(envelope=sp.Matrix([t])), "must be a sympy expression"),
        (lambda: ramp(constraints="s > 0"), "the constraints of a Ramp must be a sympy expr"),
        (lambda: ramp(envelope=sp.Integral(s * t, (t, 0, t))), "Integral is no function"),
        (lambda: ramp(envelope=sp.Function("f")(t)), r"f\(t\) of a Ramp cannot be evaluated"),
        (lambda: ramp(envelope=t / (s - 0.8)), r"no finite samples: at t = 0.5 it is \(inf"),
        (lambda: ramp(envelope=sp.exp(1000 * t)), "no finite samples"),
        (lambda: ramp(envelope=sp.log(t - 1.5)), "no finite samples: at t = 1.5"),
        (lambda: ramp(envelope=sp.Piecewise((s, t < 2))), "no finite samples: at t = 2.5"),
        (
            lambda: ramp(envelope=sp.Pow(9, sp.Pow(9, 9, evaluate=False), evaluate=False)),
            "constant",
        ),
        (lambda: ramp(envelope=sp.nan * t), "no finite samples"),
        (lambda: ramp(envelope=sp.zoo), "zoo"),
        (lambda: ramp(envelope=s, height=1.01), r"Ramp.* reaches amplitude 1\.01"),
        (lambda: ramp(constraints=s > 0.9), r"Ramp.*must satisfy s > 0\.9"),
        (lambda: ramp(constraints=False), "must satisfy False"),
        (lambda: ramp(constraints=s > 0, height=0.1j), "cannot be compared"),
        (lambda: ramp(envelope=sp.floor(s * t), height=1j), "cannot be compared or rounded"),
        (lambda: ramp(height=float("nan")), "s of a Ramp must be a finite number"),
        (lambda: ramp(height="0.1"), "s of a Ramp must be a number or a parameter"),
        (lambda: ramp(height=np.array([1, 2])), "s of a Ramp must be a number"),
        (lambda: ramp(-1), "the duration of a Ramp"),
        (lambda: ramp(1.5), "the duration of a Ramp"),
        (lambda: wave(0.5j), "amp of a Wave is a magnitude"),
        (lambda: pulse.SymbolicPulse(None, 4), "pulse_type must be a string"),
        (lambda: pulse.SymbolicPulse("P", 4, 3), "parameters of a P must be a dict"),
        (lambda: pulse.SymbolicPulse("P", 4, {s: 1}), "must have a string as its name"),
        (lambda: pulse.SymbolicPulse("P", 4, {"t": 1}), "which is the time"),
        (lambda: pulse.SymbolicPulse("P", 4, {"duration": 5}), "duration of a P is given twice"),
        (
            lambda: pulse.ScalableSymbolicPulse("P", 4, 1, 0, {"amp": 2}),
            "amp of a P is given twice",
        ),
    ],
)
def test_impossible_pulses(make, message):
    with pytest.raises(PulseError, match=message):
        make()


def test_parameters_of_another_pulse_can_be_given_again():
    first = wave()
    again = pulse.ScalableSymbolicPulse(
        "Wave", first.duration, first.amp, first.angle, first.parameters, envelope=first.envelope
    )
    assert again == first
    assert list(again.parameters) == list(first.parameters)


def test_the_limit_belongs_to_a_pulse():
    free = ramp(height=3, limit_amplitude=False)
    assert samples(free).max() == 3 * 3.5 / 4
    assert not free.limit_amplitude
    assert free.get_waveform().limit_amplitude is False
    assert np.abs(samples(ramp(envelope=s, height=1 + 9e-8))).max() <= 1


def test_valid_amp_conditions_spare_the_samples():
    """As in 1.4 they are believed when the pulse is made, and not when it is sampled."""
    promised = ramp(height=2, valid_amp_conditions=s < 3)
    with pytest.raises(PulseError, match=r"reaches amplitude 1\.75"):
        promised.get_waveform()
    assert samples(ramp(valid_amp_conditions=s < 0.1)).max() == 0.8 * 3.5 / 4
    with pytest.raises(PulseError, match="reaches amplitude"):
        ramp(height=2, valid_amp_conditions=s < 1)
    # Two million million samples are not computed to make one that is promised to be low.
    assert ramp(2 * 10**12, valid_amp_conditions=s < 1).duration == 2 * 10**12


def test_free_parameters():
    free = ramp(A, A / 10)
    assert free.is_parameterized()
    assert repr(free) == "Ramp(duration=a, s=a/10)"
    with pytest.raises(PulseError, match="before these are assigned: a"):
        free.get_waveform()
    with pulse.build() as program:
        pulse.play(free, D0)
    (played,) = program.assign_parameters({A: 4}, inplace=False).blocks
    assert played.pulse == ramp(4, 0.4)
    assert type(played.pulse) is pulse.SymbolicPulse
    with pytest.raises(PulseError, match="reaches amplitude"):
        program.assign_parameters({A: 40}, inplace=False)


def test_what_parameters_must_satisfy_is_asked_when_they_are_bound():
    strict = wave(A, constraints=amp > 0)
    with pulse.build() as program:
        pulse.play(strict, D0)
    assert program.assign_parameters({A: 0.1}, inplace=False).blocks[0].pulse.amp == 0.1
    with pytest.raises(PulseError, match="must satisfy amp > 0"):
        program.assign_parameters({A: -0.1}, inplace=False)


def test_equality():
    """As in 1.4: what is sampled counts, and a complex amplitude as a whole."""
    equal = [
        ramp(name="n", limit_amplitude=False),
        ramp(constraints=s < 1, valid_amp_conditions=s < 1),
        ramp(envelope=sp.Symbol("s", real=True) * t / duration),
    ]
    for other in equal:
        assert other == ramp()
        assert hash(other) == hash(ramp())
    assert wave(-0.5, 0.2 + np.pi) == wave(0.5, 0.2)
    assert hash(wave(-0.5, 0.2 + np.pi)) == hash(wave(0.5, 0.2))
    more = {"s": 0.8, "u": 1}
    one = pulse.SymbolicPulse("Ramp", 4, more, envelope=s * t / duration)
    turned = pulse.SymbolicPulse("Ramp", 4, dict(reversed(more.items())), envelope=s * t / duration)
    assert one == turned
    assert hash(one) == hash(turned)
    different = [
        ramp(5),
        ramp(height=0.8 + 1e-12),
        ramp(envelope=s * t / duration / 2),
        ramp(envelope=None),
        pulse.SymbolicPulse("Other", 4, {"s": 0.8}, envelope=s * t / duration),
        one,
        wave(),
    ]
    for other in different:
        assert other != ramp()
    assert wave() != wave(0.5, 0.3)
    assert wave(A) == wave(A) != wave(Parameter("a"))
    shape = pulse.Gaussian(16, 0.1, 4)
    assert shape != pulse.ScalableSymbolicPulse(
        "Gaussian", 16, 0.1, 0, {"sigma": 4}, envelope=shape.envelope
    )


class Slope(pulse.SymbolicPulse):
    """A shape as programs for 1.4 made them: a class that fills in the expressions."""

    def __init__(self, length, height):
        super().__init__("Ramp", length, {"s": height}, envelope=s * t / duration)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(ramp(), id="symbolic"),
        pytest.param(wave(A, name="w", limit_amplitude=False), id="scalable"),
        pytest.param(ramp(envelope=None), id="bare"),
        pytest.param(ramp(constraints=s > 0, valid_amp_conditions=s < 1), id="conditions"),
        pytest.param(Slope(A, 0.5), id="class"),
        pytest.param(ramp(envelope=sp.erf(s * t) / 2), id="function of scipy"),
    ],
)
def test_copies(made):
    for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert copied == made
        assert hash(copied) == hash(made)
        assert type(copied) is type(made)
        assert repr(copied) == repr(made)
        assert copied.constraints == made.constraints
        assert copied.valid_amp_conditions == made.valid_amp_conditions
        assert copied.limit_amplitude == made.limit_amplitude


def test_classes_of_a_user():
    assert Slope(4, 0.8) == ramp()
    with pulse.build() as program:
        pulse.play(Slope(A, 0.8), D0)
    (played,) = program.assign_parameters({A: 4}, inplace=False).blocks
    assert isinstance(played.pulse, Slope)
    assert played.pulse == ramp()


def test_an_expression_is_compiled_once():
    first, other = wave(0.1), wave(0.2, envelope=amp * sp.exp(sp.I * angle) * sp.sin(s * t))
    assert first._definition.envelope is other._definition.envelope


def test_sympy_is_imported_when_it_is_needed():
    code = (
        "import sys; from backline import pulse;"
        "p = pulse.Drag(10, 0.1, 3, 1); p.get_waveform();"
        "pulse.SymbolicPulse('Bare', 10, {'s': 1});"
        "assert 'sympy' not in sys.modules; p.envelope; assert 'sympy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("name", symbolic_pulses)
def test_golden_pulses_stay_themselves(name):
    made = symbolic_pulses[name](pulse)
    assert pickle.loads(pickle.dumps(made)) == made
    assert symbolic_pulses[name](pulse) == made
    assert np.isfinite(samples(made)).all()
