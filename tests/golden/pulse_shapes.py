"""Every shape of pulse at its edges: (class name, arguments) as plain data.

Used by the generator, which runs with Qiskit 1.4, and by the test, which runs with Backline.
"""

from __future__ import annotations

from typing import Any

_HALF_PI = 1.5707963267948966


def shapes() -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []

    def add(name: str, *rows: dict[str, Any]) -> None:
        found.extend((name, row) for row in rows)

    add(
        "Constant",
        {"duration": 1, "amp": 1.0},
        {"duration": 7, "amp": -0.25},
        {"duration": 5, "amp": 0.5, "angle": 3 * _HALF_PI},
        {"duration": 3, "amp": 0.0},
    )
    for duration, sigma in (
        (1, 0.3),
        (2, 5),
        (33, 4.5),
        (64, 16),
        (160, 40),
        (160, 400.0),
        (51, 1),
    ):
        add(
            "Gaussian",
            {"duration": duration, "amp": 1.0, "sigma": sigma},
            {"duration": duration, "amp": -0.37, "sigma": sigma, "angle": 0.7},
        )
        for beta in (0.0, sigma, -0.6 * sigma):
            row = {"duration": duration, "amp": 0.4, "sigma": sigma, "beta": beta, "angle": -1.1}
            add("Drag", row)
        add("GaussianDeriv", {"duration": duration, "amp": 0.2, "sigma": sigma, "angle": 2.0})
        for zero_ends in (True, False):
            row = {"duration": duration, "amp": 0.6, "sigma": sigma, "zero_ends": zero_ends}
            add("Sech", row)
        add("SechDeriv", {"duration": duration, "amp": 0.3, "sigma": sigma, "angle": 0.1})
    add(
        "Drag",
        {"duration": 160, "amp": 0.2, "sigma": 40, "beta": 95.0},
        {"duration": 20, "amp": 0.01, "sigma": 1.5, "beta": 60.0},
    )
    for duration, sigma, width in (
        (100, 8, 60),
        (101, 8, 60),
        (100, 8, 59.5),
        (64, 3.2, 0),
        (64, 10, 64),
        (3, 1, 2),
        (240, 16, 100),
    ):
        row = {"duration": duration, "amp": 0.45, "sigma": sigma, "width": width, "angle": 0.3}
        add("GaussianSquare", row, {**row, "amp": 1.0, "angle": 0.0})
        add("GaussianSquareDrag", {**row, "beta": 0.7 * sigma}, {**row, "beta": -3.0 * sigma})
        echo = {**row, "active_amp": 0.2, "active_angle": -0.4}
        add("gaussian_square_echo", echo, {**echo, "active_amp": 0.0})
    # The flat part of an echo may be of negative length; where its edges meet, one counts.
    for duration, sigma, width in ((21, 2, 10), (13, 2, 6), (12, 2, 3), (13, 4, 0), (37, 2, 10)):
        row = {"duration": duration, "amp": 0.6, "sigma": sigma, "width": width}
        add("gaussian_square_echo", row, {**row, "angle": -0.3, "active_amp": 0.1})
        add("GaussianSquare", row)
        add("GaussianSquareDrag", {**row, "beta": 1.5})
    for ratio in (0.5, 2, 3.0):
        row = {"duration": 96, "amp": 0.3, "sigma": 12, "risefall_sigma_ratio": ratio}
        add("GaussianSquare", row)
        add("GaussianSquareDrag", {**row, "beta": 5.0})
        add("gaussian_square_echo", {**row, "active_amp": 0.1})
    for wave in ("Sin", "Cos", "Sawtooth", "Triangle", "Square"):
        add(
            wave,
            {"duration": 40, "amp": 1.0, "phase": 0.1},
            {"duration": 41, "amp": -0.5, "phase": -2.2, "freq": 0.4999, "angle": 1.0},
            {"duration": 30, "amp": 0.7, "phase": 9.4, "freq": 0.0123},
            {"duration": 25, "amp": 0.2, "phase": 0.0, "freq": 0.21},
        )
    add(
        "Waveform",
        {"samples": [0.1, -0.2, [0.3, 0.4]]},
        {"samples": [[0.6, 0.8], [0.60000003, 0.80000003], 1.00000001]},
        {"samples": [1.002, 0.2], "epsilon": 0.01},
        {"samples": [3.0, [1.0, -2.0]], "limit_amplitude": False},
    )
    return found


def make(pulse: Any, name: str, arguments: dict[str, Any]) -> Any:
    """The pulse with the names of a pulse module; pairs in samples are complex numbers."""
    given = dict(arguments)
    if "samples" in given:
        given["samples"] = [complex(*s) if isinstance(s, list) else s for s in given["samples"]]
    return getattr(pulse, name)(**given)


def samples(pulse: Any) -> Any:
    """Its samples; in 1.4 a Waveform has no `get_waveform`."""
    return pulse.samples if hasattr(pulse, "samples") else pulse.get_waveform().samples
