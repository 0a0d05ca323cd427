"""How a point becomes an outcome: discriminators of a program's own.

An acquisition without one, and without a kernel of its own, has the device's published confusion;
see `reading`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.signals import Cloud
from backline.errors import InputError

Complex = NDArray[np.complex128]
Outcome = NDArray[np.int64]


class Discriminator(Protocol):
    """Makes outcomes of points."""

    def classify(self, points: Complex, cloud: Cloud, highest: int) -> Outcome:
        """The outcome of each point.

        Args:
            points: Array (shots,).
            cloud: Where the points of the levels lie.
            highest: The highest outcome that is asked for.

        Returns:
            Array (shots,).
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A discriminator that knows the clouds: the most likely level, all being equally frequent.

    All clouds have one round shape, so that the boundaries of linear and of quadratic discriminant
    analysis are the same: the nearest center.
    """

    def classify(self, points: Complex, cloud: Cloud, highest: int) -> Outcome:
        """The outcome of each point, array (shots,), from 0 to `highest`."""
        centers = cloud.centers[: highest + 1]
        return np.argmin(np.abs(points[:, None] - centers), axis=1)


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """1 where a point's projection onto an axis is above a threshold.

    Attributes:
        angle: Of the axis, in rad.
        threshold: On the axis.
    """

    angle: float = 0.0
    threshold: float = 0.0

    def __post_init__(self) -> None:
        for name in ("angle", "threshold"):
            if not math.isfinite(getattr(self, name)):
                raise InputError(
                    f"{name} of a linear_discriminator must be a finite number, "
                    f"got {getattr(self, name)}"
                )

    def classify(self, points: Complex, cloud: Cloud, highest: int) -> Outcome:
        """The outcome of each point, array (shots,), 0 or 1."""
        return ((points * np.exp(-1j * self.angle)).real > self.threshold).astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class Gaussians:
    """The most likely of some normal distributions, all being equally frequent.

    Attributes:
        means: One point for each outcome.
        covariances: ((II, IQ), (QI, QQ)) for each outcome.
    """

    means: tuple[complex, ...]
    covariances: tuple[tuple[tuple[float, float], tuple[float, float]], ...]

    def __post_init__(self) -> None:
        count = len(self.means)
        if count < 2 or len(self.covariances) != count:
            raise InputError(
                f"a quadratic_discriminator needs a mean and a covariance for each of at least "
                f"two outcomes, got {count} and {len(self.covariances)}"
            )
        if not np.isfinite(np.array(self.means)).all():
            raise InputError(f"means of a quadratic_discriminator must be finite: {self.means}")
        for matrix in np.array(self.covariances):
            if not (np.allclose(matrix, matrix.T) and np.linalg.eigvalsh(matrix).min() > 0):
                raise InputError(
                    f"covariances of a quadratic_discriminator must be symmetric and positive: "
                    f"{matrix.tolist()}"
                )

    def classify(self, points: Complex, cloud: Cloud, highest: int) -> Outcome:
        """The outcome of each point, array (shots,), the index of a distribution."""
        inverses = np.linalg.inv(np.array(self.covariances))
        apart = points[:, None] - np.array(self.means)
        vectors = np.stack([apart.real, apart.imag], axis=-1)
        distances = np.einsum("nki,kij,nkj->nk", vectors, inverses, vectors)
        return np.argmax(np.linalg.slogdet(inverses)[1] - distances, axis=1)
