"""Pulses of shapes that a user defined by sympy expressions, by name: functions of a pulse module.

Used by the generator, which runs with Qiskit 1.4, and by the test, which runs with Backline.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from qiskit.circuit import Parameter

t, duration, amp, angle = sp.symbols("t duration amp angle")
sigma, height, rise, freq = sp.symbols("sigma height rise freq")
amplitude = amp * sp.exp(sp.I * angle)
bell = sp.exp(-((t - duration / 2) ** 2) / (2 * sigma**2))


def bound(pulse: Any, shape: Any, values: dict[Any, Any]) -> Any:
    """The pulse with its parameters assigned, through a program that plays it."""
    with pulse.build() as program:
        pulse.play(shape, pulse.DriveChannel(0))
    return program.assign_parameters(values, inplace=False).blocks[0].pulse


def ramp(pulse: Any) -> Any:
    return pulse.SymbolicPulse("Ramp", 20, {"height": 0.8}, envelope=height * t / duration)


def trapezoid(pulse: Any) -> Any:
    steps = sp.Piecewise(
        (height * t / rise, t < rise),
        (height * (duration - t) / rise, t > duration - rise),
        (height, True),
    )
    parameters = {"height": -0.7, "rise": 5.5}
    return pulse.SymbolicPulse("Trapezoid", 31, parameters, envelope=steps)


def switched(pulse: Any) -> Any:
    """The condition is one of the parameters alone."""
    shape = sp.Piecewise((height * sp.sin(freq * t), freq < 1), (height * t / duration, True))
    return pulse.SymbolicPulse("Switched", 16, {"height": 0.5, "freq": 2.5}, envelope=shape)


def windowed(pulse: Any) -> Any:
    shape = height * sp.Heaviside(t - rise) * sp.Heaviside(duration - rise - t)
    return pulse.SymbolicPulse("Window", 24, {"height": 0.9, "rise": 6.25}, envelope=shape)


def sinc(pulse: Any) -> Any:
    """The piece that is not chosen at the center divides by zero there."""
    x = t - duration / 2
    shape = sp.Piecewise((height, sp.Eq(x, 0)), (height * sp.sin(x) / x, True))
    return pulse.SymbolicPulse("Sinc", 33, {"height": 0.9}, envelope=shape)


def root(pulse: Any) -> Any:
    """The square root of a negative number is imaginary."""
    shape = height * sp.sqrt((t - rise) / duration)
    return pulse.SymbolicPulse("Root", 25, {"height": 0.6, "rise": 8}, envelope=shape)


def chirp(pulse: Any) -> Any:
    return pulse.ScalableSymbolicPulse(
        "Chirp",
        50,
        amp=0.4,
        angle=-0.7,
        parameters={"freq": 0.03},
        envelope=amplitude * sp.exp(sp.I * freq * t**2),
        valid_amp_conditions=sp.Abs(amp) <= 1,
    )


def hermite(pulse: Any) -> Any:
    x = (t - duration / 2) / sigma
    return pulse.ScalableSymbolicPulse(
        "Hermite",
        64,
        amp=0.5,
        angle=1.2,
        parameters={"sigma": 9.5},
        name="named",
        envelope=amplitude * (1 - 0.956 * x**2) * sp.exp(-(x**2)),
        constraints=sp.And(sigma > 0, sigma < duration),
    )


def constrained(pulse: Any) -> Any:
    return pulse.SymbolicPulse(
        "Bell",
        40,
        {"height": 0.3, "sigma": 7},
        envelope=height * bell,
        constraints=sp.Or(sigma > 5, duration < 10),
        valid_amp_conditions=sp.And(height <= 1, height >= -1),
    )


def cosine_drag(pulse: Any) -> Any:
    """A raised cosine with its derivative in the other quadrature."""
    phase = 2 * sp.pi * t / duration
    beta = sp.Symbol("beta")
    shape = (1 - sp.cos(phase)) / 2 + sp.I * beta * sp.pi / duration * sp.sin(phase)
    return pulse.ScalableSymbolicPulse(
        "CosineDrag", 48, 0.35, 0.25, {"beta": 1.5}, envelope=amplitude * shape
    )


def complex_parameter(pulse: Any) -> Any:
    return pulse.SymbolicPulse(
        "Bell", 30, {"height": 0.3 - 0.4j, "sigma": 6}, envelope=height * bell
    )


def real_and_imaginary(pulse: Any) -> Any:
    turning = sp.exp(sp.I * freq * t)
    shape = sp.re(turning) * sp.Abs(sp.im(turning)) + sp.I * sp.conjugate(turning) / 3
    return pulse.SymbolicPulse("Parts", 26, {"freq": 0.4}, envelope=shape)


def steps_of_a_stair(pulse: Any) -> Any:
    shape = height * sp.floor(t / rise) / 10 + height * sp.Mod(t, rise) / 20
    return pulse.SymbolicPulse("Stair", 27, {"height": 0.5, "rise": 4}, envelope=shape)


def clipped(pulse: Any) -> Any:
    shape = sp.Max(-height, sp.Min(height, sp.tan(freq * t)))
    return pulse.SymbolicPulse("Clipped", 40, {"height": 0.45, "freq": 0.2}, envelope=shape)


def hyperbolic(pulse: Any) -> Any:
    x = (t - duration / 2) / sigma
    return pulse.ScalableSymbolicPulse(
        "Hyperbolic", 36, 0.6, 3.0, {"sigma": 5}, envelope=amplitude * sp.sech(x) * sp.tanh(x)
    )


def bound_amplitude(pulse: Any) -> Any:
    size, turn = Parameter("size"), Parameter("turn")
    shape = pulse.ScalableSymbolicPulse(
        "Bell", 32, size / 2, turn + 0.5, {"sigma": 8}, envelope=amplitude * bell
    )
    return bound(pulse, shape, {size: 0.75, turn: -1.25})


def bound_duration(pulse: Any) -> Any:
    length = Parameter("length")
    shape = pulse.SymbolicPulse(
        "Bell",
        length,
        {"height": 0.2, "sigma": length / 4},
        envelope=height * bell,
        constraints=sigma <= duration / 4,
    )
    return bound(pulse, shape, {length: 44})


def of_another_shape(pulse: Any) -> Any:
    """Built on the envelope of a shape that is known by name."""
    known = pulse.GaussianSquare(50, 0.5, 4, width=30)
    return pulse.ScalableSymbolicPulse(
        "Modulated",
        known.duration,
        known.amp,
        0.3,
        {"sigma": known.sigma, "width": known.width, "freq": 0.1},
        envelope=sp.sympify(known.envelope) * sp.cos(freq * t),
    )


symbolic_pulses: dict[str, Callable[[Any], Any]] = {
    write.__name__: write
    for write in (
        ramp,
        trapezoid,
        switched,
        windowed,
        sinc,
        root,
        chirp,
        hermite,
        constrained,
        cosine_drag,
        complex_parameter,
        real_and_imaginary,
        steps_of_a_stair,
        clipped,
        hyperbolic,
        bound_amplitude,
        bound_duration,
        of_another_shape,
    )
}
