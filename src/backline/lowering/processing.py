"""Kernels and discriminators of a program as the engine's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.discriminators import (
    Discriminator,
    Gaussians,
    Threshold,
    Trained,
)
from backline.engines.pulses.readout.kernels import Boxcar, Kernel, Weighted
from backline.errors import InputError
from backline.pulse import Discriminator as NamedDiscriminator
from backline.pulse import Kernel as NamedKernel

_OF_HARDWARE = "hw_"
_OF_TRAINING = {"neighborhoods", "resample"}  # how a real device trains; ours knows its clouds


def read_kernel(kernel: NamedKernel | None, qubit: int) -> Kernel | None:
    """The kernel that an acquisition names.

    Args:
        kernel: "boxcar" with `start_window` and `stop_window` (samples since the acquisition's
            first; by default all of it); any name with `weights` (one for each output sample); or
            a name without settings that begins with "hw_", or none, for the device's own.
        qubit: Of the acquisition, for messages.

    Returns:
        The kernel, or None for the device's own.

    Raises:
        InputError: If there is no such kernel, or its settings are not what it takes.
    """
    if kernel is None or _is_own(kernel):
        return None
    what, params = f"kernel {kernel.name!r} of qubit {qubit}", kernel.params
    if "weights" in params:
        _refuse_others(what, params, {"weights"})
        return Weighted(samples=_complex_values(f"weights of {what}", params["weights"]))
    if kernel.name == "boxcar":
        _refuse_others(what, params, {"start_window", "stop_window"})
        start, stop = params.get("start_window"), params.get("stop_window")
        return Boxcar(
            start=0 if start is None else _whole(f"start_window of {what}", start),
            stop=None if stop is None else _whole(f"stop_window of {what}", stop),
        )
    raise InputError(
        f"{what} is not known: allowed are 'boxcar' with start_window and stop_window, any name "
        f"with weights, and the device's own by no kernel or a name that begins with 'hw_'"
    )


def read_discriminator(
    discriminator: NamedDiscriminator | None, qubit: int
) -> Discriminator | None:
    """The discriminator that an acquisition names.

    Args:
        discriminator: "linear_discriminator", with `threshold` and `angle` (rad) or trained;
            "quadratic_discriminator", with `means` and `covariances` or trained; or a name
            without settings that begins with "hw_", or none, for the device's own.
        qubit: Of the acquisition, for messages.

    Returns:
        The discriminator, or None for the device's own.

    Raises:
        InputError: If there is no such discriminator, or its settings are not what it takes.
    """
    if discriminator is None or _is_own(discriminator):
        return None
    what = f"discriminator {discriminator.name!r} of qubit {qubit}"
    params = {key: value for key, value in discriminator.params.items() if key not in _OF_TRAINING}
    if discriminator.name == "linear_discriminator":
        _refuse_others(what, params, {"threshold", "angle"})
        values = {key: _number(f"{key} of {what}", value) for key, value in params.items()}
        return Threshold(**values) if values else Trained()
    if discriminator.name == "quadratic_discriminator":
        _refuse_others(what, params, {"means", "covariances"})
        return _gaussians(what, params) if params else Trained()
    raise InputError(
        f"{what} is not known: allowed are 'linear_discriminator', 'quadratic_discriminator', and "
        f"the device's own by no discriminator or a name that begins with 'hw_'"
    )


def _is_own(step: NamedKernel | NamedDiscriminator) -> bool:
    return not step.params and (step.name is None or step.name.startswith(_OF_HARDWARE))


def _refuse_others(what: str, params: Mapping[str, Any], allowed: set[str]) -> None:
    if others := sorted(set(params) - allowed):
        raise InputError(
            f"{what} has no {' and no '.join(others)}: it takes {' and '.join(sorted(allowed))}"
        )


def _gaussians(what: str, params: Mapping[str, Any]) -> Gaussians:
    means = _complex_values(f"means of {what}", params.get("means", ()))
    try:
        covariances = np.array(params.get("covariances", ()), dtype=np.float64).reshape(-1, 2, 2)
    except (TypeError, ValueError):
        raise InputError(
            f"covariances of {what} must be a 2 by 2 matrix for each outcome"
        ) from None
    return Gaussians(
        means=tuple(means.tolist()),
        covariances=tuple(((a, b), (c, d)) for (a, b), (c, d) in covariances.tolist()),
    )


def _complex_values(what: str, values: Any) -> NDArray[np.complex128]:
    try:
        array = np.array(values, dtype=np.complex128)
    except (TypeError, ValueError):
        array = np.zeros((), dtype=np.complex128)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise InputError(f"{what} must be a list of finite numbers")
    array.flags.writeable = False
    return array


def _whole(what: str, value: Any) -> int:
    number = _number(what, value)
    if number != int(number):
        raise InputError(f"{what} must be a whole number of samples, got {value!r}")
    return int(number)


def _number(what: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise InputError(f"{what} must be a finite number, got {value!r}")
    return number
