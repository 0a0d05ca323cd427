"""The cases: chains of transmons with IBM-like numbers, calibrated-looking pulses on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from problem import Problem, Tone, Transmon
from shapes import drag, gaussian_square

DT = 2e-9 / 9
FREQUENCIES = (4.96e9, 5.07e9, 4.90e9, 5.02e9, 5.11e9, 4.93e9, 5.05e9, 4.88e9, 5.00e9, 5.13e9)
ANHARMONICITIES = (-0.34e9, -0.33e9, -0.345e9, -0.335e9, -0.33e9)
COUPLINGS = (2.0e6, 1.9e6, 2.1e6, 1.8e6, 2.2e6)
STRENGTHS = (105e6, 98e6, 110e6, 102e6, 95e6)
T1, T2 = 90e-6, 70e-6
SWEEP = 1000
SHOTS = 4096
SWEEP_SHOTS = 1024


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something to measure.

    Attributes:
        name: Short.
        title: In words.
        gives: "propagator", "state", "density", "sweep" (populations for each amplitude), "run"
            (counts for each of them) or "counts".
        error: What each tool has to reach.
        to_reach: Seconds that ours has to reach, or None.
        ratio: How many times faster than the best peer ours has to be, or None.
    """

    name: str
    title: str
    gives: str
    error: float
    to_reach: float | None = None
    ratio: float | None = None


CASES = {
    case.name: case
    for case in (
        Case(
            name="one",
            title="1 transmon, 160 samples, propagator",
            gives="propagator",
            error=1e-6,
            to_reach=0.4e-3,
            ratio=4,
        ),
        Case(
            name="sweep",
            title="1,000-point Rabi sweep, populations",
            gives="sweep",
            error=1e-6,
            to_reach=0.25,
            ratio=8,
        ),
        Case(
            name="rabi",
            title="the same through `backend.run`, 1,024 shots each",
            gives="run",
            error=0.0,
            to_reach=1.0,
            ratio=8,
        ),
        Case(
            name="cr",
            title="2 transmons, 1,060-sample cross resonance, state",
            gives="state",
            error=1e-6,
            to_reach=15e-3,
            ratio=2,
        ),
        Case(
            name="cr_propagator",
            title="the same, propagator",
            gives="propagator",
            error=1e-6,
        ),
        Case(
            name="four",
            title="chain of 4, 1,220 samples, state",
            gives="state",
            error=1e-6,
            to_reach=0.05,
            ratio=12,
        ),
        Case(
            name="six",
            title="chain of 6, 1,220 samples, state",
            gives="state",
            error=1e-6,
            to_reach=0.2,
            ratio=20,
        ),
        Case(
            name="ten",
            title="chain of 10, 1,220 samples, state",
            gives="state",
            error=1e-6,
            to_reach=6.0,
        ),
        Case(
            name="open",
            title="3 transmons with T1 and T2, 1,220 samples, density matrix",
            gives="density",
            error=1e-6,
            to_reach=0.15,
            ratio=20,
        ),
        Case(
            name="lab",
            title="2 transmons, 1,060 samples, without the RWA, state",
            gives="state",
            error=1e-5,
            to_reach=0.5,
        ),
        Case(
            name="ghz",
            title="5-qubit GHZ circuit on manila as pulses, 4,096 shots",
            gives="counts",
            error=0.0,
            to_reach=2.0,
        ),
    )
}


def problem(name: str, part: int | None = None) -> Problem:
    """The problem of a case; the sweep's is that of its largest amplitude.

    Args:
        name: Of the case.
        part: How many samples of it, from the start; all by default.
    """
    return cut(_whole(name), part)


def cut(whole: Problem, part: int | None) -> Problem:
    """The first samples of a problem; all where `part` is None."""
    if part is None:
        return whole
    tones = tuple(
        replace(tone, samples=tone.samples[: part - tone.start])
        for tone in whole.tones
        if tone.start < part
    )
    return replace(whole, tones=tones, duration=part)


def _whole(name: str) -> Problem:
    if name in ("one", "sweep", "rabi"):
        return _problem(1, [_x(0)], 160)
    if name in ("cr", "cr_propagator", "lab"):
        tones = [_x(0), *_cross_resonance(0, 160)]
        return _problem(2, tones, 1060, rwa=name != "lab")
    sites = {"four": 4, "six": 6, "ten": 10, "open": 3}[name]
    tones = [_x(site, scale=0.5 + 0.1 * (site % 4)) for site in range(sites)]
    for control in range(0, sites - 1, 2):
        tones += _cross_resonance(control, 160)
    tones += [_x(site, start=1060) for site in range(0, sites, 2)]
    return _problem(sites, tones, 1220, relaxation=name == "open")


def sweep_problems() -> list[Problem]:
    """The problem of each amplitude of the sweep."""
    whole = problem("sweep")
    (tone,) = whole.tones
    return [
        replace(whole, tones=(replace(tone, samples=amplitude * tone.samples),))
        for amplitude in sweep_amplitudes()
    ]


def sweep_amplitudes() -> np.ndarray:
    """What the sweep multiplies the pulse of its problem by, shape (1000,)."""
    return np.linspace(0.0, 1.0, SWEEP)


def _problem(
    sites: int, tones: list[Tone], duration: int, *, relaxation: bool = False, rwa: bool = True
) -> Problem:
    return Problem(
        transmons=tuple(
            Transmon(
                frequency=FREQUENCIES[site],
                anharmonicity=ANHARMONICITIES[site % len(ANHARMONICITIES)],
                strength=_strength(site),
                t1=T1 * (1 + 0.1 * site) if relaxation else None,
                t2=T2 * (1 + 0.2 * site) if relaxation else None,
            )
            for site in range(sites)
        ),
        couplings=tuple(
            (site, site + 1, COUPLINGS[site % len(COUPLINGS)]) for site in range(sites - 1)
        ),
        tones=tuple(tones),
        duration=duration,
        dt=DT,
        rwa=rwa,
    )


def _strength(site: int) -> float:
    return STRENGTHS[site % len(STRENGTHS)]


def _x(site: int, *, start: int = 0, scale: float = 1.0) -> Tone:
    """About a rotation by π, times `scale`."""
    return Tone(
        channel=f"d{site}",
        site=site,
        strength=_strength(site),
        frequency=FREQUENCIES[site],
        start=start,
        samples=drag(160, scale * 0.212 * 105e6 / _strength(site), 40, -0.6),
    )


def _cross_resonance(control: int, start: int) -> list[Tone]:
    """A tone on the control at the target's frequency, and a weak one on the target."""
    target = control + 1
    return [
        Tone(
            channel=f"u{control}",
            site=control,
            strength=_strength(control),
            frequency=FREQUENCIES[target],
            start=start,
            samples=gaussian_square(900, 0.3 * np.exp(0.4j), 64, 644),
        ),
        Tone(
            channel=f"d{target}",
            site=target,
            strength=_strength(target),
            frequency=FREQUENCIES[target],
            start=start,
            samples=gaussian_square(900, 0.02 * np.exp(-0.9j), 64, 644),
        ),
    ]
