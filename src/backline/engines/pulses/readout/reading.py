"""Levels in, data out: traces, points and outcomes of the acquisitions of one program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.readout.discriminators import Trained
from backline.engines.pulses.readout.signals import Cloud, Signal

Complex = NDArray[np.complex128]
Levels = NDArray[np.int64]

_AT_ONCE = 1 << 20  # output samples whose noise is drawn at once


def read_traces(
    signals: Sequence[Signal], slots: int, levels: Levels, random: np.random.Generator
) -> Complex:
    """A trace for each shot.

    Args:
        signals: The acquisitions.
        slots: Number of memory slots.
        levels: Array (shots, acquisitions): what each found.
        random: Source of chance.

    Returns:
        Array (shots, slots, output samples of the longest): 0 in slots that nothing is written
        to, and after the end of an acquisition that is shorter.
    """
    traces = np.zeros((len(levels), slots, _longest(signals)), np.complex128)
    for signal, found in zip(signals, levels.T, strict=True):
        clean, noise = signal.traces(), signal.noise
        rows = max(1, _AT_ONCE // signal.samples)
        for first in range(0, len(found), rows):
            part = found[first : first + rows]
            place = traces[first : first + rows, signal.acquisition.slot, : signal.samples]
            place[...] = clean[part]
            if noise:
                place += noise * _scatter(place.shape, random)
    return traces


def read_mean_traces(
    signals: Sequence[Signal], slots: int, levels: Levels, random: np.random.Generator
) -> Complex:
    """The mean of the traces of all shots, for which no single one is drawn.

    Args:
        signals: The acquisitions.
        slots: Number of memory slots.
        levels: Array (shots, acquisitions): what each found.
        random: Source of chance.

    Returns:
        Array (slots, output samples of the longest), with 0 as in `read_traces`.
    """
    traces = np.zeros((slots, _longest(signals)), np.complex128)
    for signal, found in zip(signals, levels.T, strict=True):
        shares = np.bincount(found, minlength=signal.levels) / len(found)
        scatter = _scatter((signal.samples,), random)
        traces[signal.acquisition.slot, : signal.samples] = (
            shares @ signal.traces() + signal.noise / np.sqrt(len(found)) * scatter
        )
    return traces


def read_points(
    signals: Sequence[Signal], slots: int, levels: Levels, random: np.random.Generator
) -> Complex:
    """A point in the IQ plane for each shot.

    Args:
        signals: The acquisitions.
        slots: Number of memory slots.
        levels: Array (shots, acquisitions): what each found.
        random: Source of chance.

    Returns:
        Array (shots, slots): 0 in slots that nothing is written to.
    """
    points = np.zeros((len(levels), slots), np.complex128)
    for signal, found in zip(signals, levels.T, strict=True):
        points[:, signal.acquisition.slot] = _points(signal.cloud, found, random)
    return points


def read_outcomes(
    signals: Sequence[Signal],
    slots: int,
    levels: Levels,
    random: np.random.Generator,
    *,
    highest: int,
) -> NDArray[np.uint8]:
    """An outcome for each shot.

    An acquisition with a kernel or discriminator of its own is classified by it, any other with
    the device's confusion.

    Args:
        signals: The acquisitions.
        slots: Number of memory slots.
        levels: Array (shots, acquisitions): what each found.
        random: Source of chance.
        highest: Higher outcomes count as this one.

    Returns:
        Array (shots, slots): 0 in slots that nothing is written to.
    """
    outcomes = np.zeros((len(levels), slots), np.uint8)
    for signal, found in zip(signals, levels.T, strict=True):
        if signal.acquisition.classified:
            cloud = signal.cloud
            points = _points(cloud, found, random)
            discriminator = signal.acquisition.discriminator or Trained()
            read = discriminator.classify(points, cloud, highest)
        else:
            read = _confused(signal, found, random)
        outcomes[:, signal.acquisition.slot] = np.minimum(read, highest)
    return outcomes


def _confused(signal: Signal, levels: Levels, random: np.random.Generator) -> Levels:
    """Outcomes with the device's published confusion.

    0 reads as 1 with `p1_given_0`, every higher level as 0 with `p0_given_1`. Nothing is published
    about higher levels: what is not read wrongly reads as what it is.
    """
    if not signal.noisy:
        return levels
    up, down = signal.site.p1_given_0, signal.site.p0_given_1
    wrong = random.random(levels.shape) < np.where(levels == 0, up, down)
    return np.where(wrong, np.where(levels == 0, 1, 0), levels)


def _points(cloud: Cloud, levels: Levels, random: np.random.Generator) -> Complex:
    points = cloud.centers[levels]
    return points + cloud.width * _scatter(levels.shape, random) if cloud.width else points


def _longest(signals: Sequence[Signal]) -> int:
    return max((signal.samples for signal in signals), default=0)


def _scatter(shape: tuple[int, ...], random: np.random.Generator) -> Complex:
    """Normal points in the plane, of standard deviation 1 in either quadrature."""
    return random.standard_normal((*shape, 2)).view(np.complex128)[..., 0]
