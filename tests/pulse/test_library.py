"""Shapes: hand-worked values, limits, equality. The golden data compares all samples."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError
from backline.pulse.library import SHAPES

A, B = Parameter("a"), Parameter("b")
NUMBERS = {"duration": 80, "amp": 0.3, "sigma": 9, "beta": 2.5, "angle": 0.4, "phase": 0.2}


def every_shape():
    found = []
    for name, kind in SHAPES.items():
        given = {**NUMBERS, "width": 50, "freq": 0.1, "active_amp": 0.1, "active_angle": 0.2}
        accepted = inspect.signature(kind.__init__).parameters
        arguments = {key: value for key, value in given.items() if key in accepted}
        found.append(pytest.param(kind(**arguments), id=name))
    return found


@pytest.mark.parametrize("shape", every_shape())
def test_shapes_survive_copies(shape):
    for copied in (copy.copy(shape), copy.deepcopy(shape), pickle.loads(pickle.dumps(shape))):
        assert copied == shape
        assert hash(copied) == hash(shape)
        assert type(copied) is type(shape)
        assert np.array_equal(copied.get_waveform().samples, shape.get_waveform().samples)


@pytest.mark.parametrize("shape", every_shape())
def test_repr_evaluates(shape):
    assert eval(repr(shape), vars(pulse).copy()) == shape


@pytest.mark.parametrize("shape", every_shape())
def test_parameters_are_attributes(shape):
    assert next(iter(shape.parameters)) == "duration"
    for name, value in shape.parameters.items():
        assert getattr(shape, name) == value
    with pytest.raises(AttributeError, match="its parameters are duration"):
        _ = shape.nothing
    with pytest.raises(AttributeError):
        shape.amp = 0.5


@pytest.mark.parametrize("shape", every_shape())
def test_there_is_one_sample_a_dt(shape):
    waveform = shape.get_waveform()
    assert waveform.samples.shape == (80,)
    assert waveform.samples.dtype == np.complex128
    assert not waveform.samples.flags.writeable
    assert waveform.duration == shape.duration


def test_every_shape_has_its_own_type():
    gaussian = pulse.Gaussian(10, 0.1, 2)
    assert isinstance(gaussian, pulse.Gaussian)
    assert isinstance(gaussian, pulse.ScalableSymbolicPulse)
    assert not isinstance(gaussian, pulse.Drag)
    assert gaussian.pulse_type == pulse.Gaussian.alias == "Gaussian"


def test_gaussian_by_hand():
    # t = 0.5 and 1.5, center 1, lifted to 0 at t = -1.
    inner, edge = math.exp(-0.5 * 0.25), math.exp(-0.5 * 4)
    expected = 0.5 * (inner - edge) / (1 - edge)
    np.testing.assert_allclose(
        pulse.Gaussian(2, 0.5, 1).get_waveform().samples, [expected] * 2, rtol=1e-15
    )


def test_drag_by_hand():
    # The same Gaussian times 1 - i β (t - 1)/σ² = 1 ± 0.5iβ.
    gaussian = pulse.Gaussian(2, 0.5, 1).get_waveform().samples
    drag = pulse.Drag(2, 0.5, 1, 0.6).get_waveform().samples
    np.testing.assert_allclose(drag, gaussian * [1 + 0.3j, 1 - 0.3j], rtol=1e-15)


def test_drag_with_a_complex_beta():
    plain = pulse.Gaussian(2, 0.5, 1).get_waveform().samples
    drag = pulse.Drag(2, 0.5, 1, 0.6j).get_waveform().samples
    np.testing.assert_allclose(drag, plain * [1 - 0.3, 1 + 0.3], rtol=1e-15)
    with pytest.raises(PulseError, match=r"reaches amplitude 1\.02"):
        pulse.Drag(32, 1.0, 4, 1j)
    with pytest.raises(PulseError, match="reaches amplitude"):
        pulse.GaussianSquareDrag(32, 1.0, 4, 1j, width=2)


def test_the_echo_takes_complex_amplitudes():
    plain = pulse.gaussian_square_echo(20, 0.4, 2, 14).get_waveform().samples
    turned = pulse.gaussian_square_echo(20, 0.4j, 2, 14).get_waveform().samples
    np.testing.assert_allclose(turned, 1j * plain, rtol=1e-15)


def test_gaussian_square_by_hand():
    samples = pulse.GaussianSquare(6, 0.5, 1, width=2).get_waveform().samples.real
    edge = math.exp(-0.5 * 9)
    rise = [(math.exp(-0.5 * x * x) - edge) / (1 - edge) / 2 for x in (1.5, 0.5)]
    np.testing.assert_allclose(samples, [*rise, 0.5, 0.5, *rise[::-1]], rtol=1e-14)


def test_square_by_hand():
    samples = pulse.Square(4, 0.5, 0.0).get_waveform().samples
    assert samples.tolist() == [0.5, 0.5, -0.5, -0.5]


def test_angle_turns_the_samples():
    plain = pulse.Drag(20, 0.3, 5, 2).get_waveform().samples
    turned = pulse.Drag(20, 0.3, 5, 2, angle=0.7).get_waveform().samples
    np.testing.assert_allclose(turned, plain * np.exp(0.7j), atol=1e-16)


def test_a_wide_sech_does_not_overflow():
    samples = pulse.Sech(4000, 0.5, 0.5).get_waveform().samples
    assert np.isfinite(samples).all()


def test_amplitudes_are_compared_as_complex_numbers():
    one = pulse.Gaussian(10, 0.1, 2)
    for other in (
        pulse.Gaussian(10, 0.1, 2, angle=2 * math.pi),
        pulse.Gaussian(10, -0.1, 2, angle=math.pi),
        pulse.Gaussian(10, 0.1, 2.0, name="other", limit_amplitude=False),
    ):
        assert one == other
        assert hash(one) == hash(other)
    assert one != pulse.Gaussian(10, 0.1 + 1e-6, 2)
    assert one != pulse.Gaussian(10, 0.1, 2, angle=1e-6)
    assert one != pulse.Drag(10, 0.1, 2, 0)
    assert pulse.Sech(10, 0.1, 2) != pulse.Sech(10, 0.1, 2, zero_ends=False)


def test_amplitude_limit_belongs_to_a_pulse():
    with pytest.raises(PulseError, match=r"reaches amplitude 1\.2"):
        pulse.Constant(10, 1.2)
    free = pulse.Constant(10, 1.2, limit_amplitude=False)
    assert free.get_waveform().samples[0] == 1.2
    assert not free.limit_amplitude
    assert pulse.Constant(10, 1.0).limit_amplitude
    with pytest.raises(PulseError):
        pulse.Constant(10, -1.2)


def test_what_exceeds_1_by_rounding_is_scaled_to_1():
    for amp in (1 + 9e-8, -1 - 9e-8):
        samples = pulse.Constant(4, amp, angle=0.3).get_waveform().samples
        assert np.abs(samples).max() <= 1
        np.testing.assert_allclose(samples, np.sign(amp) * np.exp(0.3j), rtol=2e-16)
    with pytest.raises(PulseError, match=r"reaches amplitude 1\.0000002"):
        pulse.Constant(4, 1 + 2e-7)


def test_the_limit_looks_at_the_samples():
    pulse.Gaussian(10, 1.02, 2)  # its highest samples are beside the center, at 0.99
    pulse.Drag(10, 0.5, 2, 5)
    pulse.GaussianDeriv(10, 1.1, 2)
    with pytest.raises(PulseError, match=r"reaches amplitude 1\.0188"):
        pulse.Drag(10, 0.9, 2, 3)
    with pytest.raises(PulseError):
        pulse.gaussian_square_echo(100, 0.7, 8, width=80, active_amp=0.4)


def test_a_pulse_too_long_to_sample_is_no_crash():
    long = pulse.Constant(10**12, 0.1)
    with pytest.raises(PulseError, match="too long"):
        long.get_waveform()
    with pytest.raises(PulseError, match="too long"):
        pulse.Constant(10**12, 1.2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pulse.Gaussian(-1, 0.1, 2), "duration"),
        (lambda: pulse.Gaussian(1.5, 0.1, 2), "duration"),
        (lambda: pulse.Gaussian(True, 0.1, 2), "duration"),
        (lambda: pulse.Gaussian(10, math.nan, 2), "amp of a Gaussian must be a finite number"),
        (lambda: pulse.Gaussian(10, 0.1, math.inf), "sigma of a Gaussian"),
        (lambda: pulse.Gaussian(10, 0.1, 0), "sigma must be over 0"),
        (lambda: pulse.Gaussian(10, 0.1, -2), "sigma must be over 0"),
        (lambda: pulse.Gaussian(10, 0.1j, 2), "give its phase as angle"),
        (lambda: pulse.Gaussian(10, "0.1", 2), "number or a parameter"),
        (lambda: pulse.Constant(10, 0.1, angle=math.nan), "angle of a Constant"),
        (lambda: pulse.GaussianSquare(10, 0.1, 2), "neither"),
        (lambda: pulse.GaussianSquare(10, 0.1, 2, 4, risefall_sigma_ratio=1), "both"),
        (lambda: pulse.GaussianSquare(10, 0.1, 2, width=11), "width must be 0 to the duration"),
        (lambda: pulse.GaussianSquareDrag(10, 0.1, 2, 1, width=-1), "width"),
        (lambda: pulse.gaussian_square_echo(10, 0.1, 2, width=11), "width"),
        (lambda: pulse.GaussianSquare(10, 0.1, 2, risefall_sigma_ratio=3), "width"),
        (lambda: pulse.Sin(10, 0.1, 0, freq=0.5), "freq"),
        (lambda: pulse.Cos(10, 0.1, 0, freq=0), "freq"),
        (lambda: pulse.Waveform([1.1]), "sample 0 of a Waveform has norm 1.1"),
        (lambda: pulse.Waveform([0.1, math.nan]), "sample 1"),
        (lambda: pulse.Waveform([[0.1]]), "one row"),
        (lambda: pulse.Waveform(["a"]), "numbers"),
    ],
)
def test_impossible_pulses(make, message):
    with pytest.raises(PulseError, match=message):
        make()


def test_waveforms_are_cut_to_norm_1_within_epsilon():
    waveform = pulse.Waveform([1 + 5e-8, 0.6 + 0.8j, -1.0000000001j])
    assert (np.abs(waveform.samples) <= 1).all()
    np.testing.assert_allclose(waveform.samples, [1, 0.6 + 0.8j, -1j], atol=1e-7)
    assert pulse.Waveform([3.0], limit_amplitude=False).samples[0] == 3
    with pytest.raises(PulseError):
        pulse.Waveform([1.001])
    assert abs(pulse.Waveform([1.001], epsilon=0.01).samples[0]) <= 1


def test_waveforms_do_not_share_what_they_were_made_of():
    samples = np.array([0.1, 0.2])
    waveform = pulse.Waveform(samples)
    samples[0] = 0.9
    assert waveform.samples[0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        waveform.samples[0] = 0.9


def test_zeros_of_either_sign_are_equal():
    assert pulse.Waveform([0.0]) == pulse.Waveform([-0.0])
    assert hash(pulse.Waveform([0.0])) == hash(pulse.Waveform([-0.0]))
    assert pulse.Waveform([0.1]) != pulse.Waveform([0.1 + 1e-12])


def test_free_parameters_are_no_samples():
    shape = pulse.Gaussian(A, B * 2, 3)
    assert shape.free == {A, B}
    assert shape.is_parameterized()
    with pytest.raises(PulseError, match="before these are assigned: a, b"):
        shape.get_waveform()


def test_functional_pulse():
    @pulse.functional_pulse
    def ramp(duration, height):
        return np.linspace(0, height, duration)

    assert ramp(3, 0.5, name="r").samples.tolist() == [0, 0.25, 0.5]
    assert ramp(3, 0.5, name="r").name == "r"


SIGMAS = [
    pytest.param(pulse.Gaussian, (), id="Gaussian"),
    pytest.param(pulse.library.GaussianDeriv, (), id="GaussianDeriv"),
    pytest.param(pulse.Drag, (0.1,), id="Drag"),
    pytest.param(pulse.GaussianSquare, (4,), id="GaussianSquare"),
    pytest.param(pulse.library.GaussianSquareDrag, (0.1, 4), id="GaussianSquareDrag"),
    pytest.param(pulse.library.gaussian_square_echo, (4,), id="gaussian_square_echo"),
    pytest.param(pulse.library.Sech, (), id="Sech"),
    pytest.param(pulse.library.SechDeriv, (), id="SechDeriv"),
]


@pytest.mark.parametrize(("shape", "rest"), SIGMAS)
@pytest.mark.parametrize("sigma", [1e300, 1e101, 1e-101, 5e-324])
def test_a_sigma_whose_square_is_no_float_is_refused(shape, rest, sigma):
    with pytest.raises(PulseError, match="sigma must be 1e-100 to 1e\\+100"):
        shape(16, 0.5, sigma, *rest)


@pytest.mark.parametrize(("shape", "rest"), SIGMAS)
@pytest.mark.parametrize("sigma", [1e100, 1e16, 1e-4, 1e-100])
def test_any_other_sigma_gives_finite_samples(shape, rest, sigma):
    pulse_ = shape(16, 0.5, sigma, *rest, limit_amplitude=False)
    assert np.isfinite(pulse_.get_waveform().samples).all()


@pytest.mark.parametrize("sigma", [1e8, 1e16, 1e99])
def test_a_very_wide_pulse_is_a_parabola(sigma):
    """Both lifted shapes tend to 1 - x²/end², with 0 at t = -1: end = 9 for 16 samples."""
    x = np.arange(16) + 0.5 - 8
    parabola = 0.5 * (1 - (x / 9) ** 2)
    for shape in (pulse.Gaussian, pulse.library.Sech):
        samples = shape(16, 0.5, sigma).get_waveform().samples
        np.testing.assert_allclose(samples, parabola, rtol=1e-6)


def test_a_formula_that_overflows_is_refused():
    steep = pulse.Drag(16, 1e300, 8, 1e300, limit_amplitude=False)
    with pytest.raises(PulseError, match="no finite samples"):
        steep.get_waveform()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pulse.Constant(10, 10**400), "amp of a Constant"),
        (lambda: pulse.Constant(10, 0.1, -(10**400)), "angle of a Constant"),
        (lambda: pulse.Constant(10**20, 0.1), r"at most 2\*\*53 samples"),
        (
            lambda: pulse.GaussianSquare(16, 0.5, 4, risefall_sigma_ratio="a"),
            "risefall_sigma_ratio",
        ),
        (lambda: pulse.GaussianSquare("a", 0.5, 4, risefall_sigma_ratio=1), "duration"),
        (lambda: pulse.library.Sin("a", 0.1, 0), "duration of a Sin"),
        (lambda: pulse.library.Cos(None, 0.1, 0), "duration of a Cos"),
        (lambda: pulse.library.Square(16, 0.1, 1j), "phase must be real"),
    ],
)
def test_numbers_that_no_formula_takes(make, message):
    with pytest.raises(PulseError, match=message):
        make()
