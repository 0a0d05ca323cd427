"""Random models and random pulses, with numbers like those of fixed-frequency transmons."""

from __future__ import annotations

import numpy as np

from backline.engines.pulses import Drive, Exchange, PulseModel, Site
from physics.reference import program, track

DT = 2e-9 / 9


def random_model(
    random, levels, *, edges=None, t1=None, t2=None, given=False, **more
) -> PulseModel:
    """Sites around 5 GHz, a chain unless `edges` are given, two channels on each site.

    Args:
        random: Source of chance.
        levels: Of each site.
        edges: Pairs of sites that exchange excitations.
        t1: Range of T1, in s.
        t2: Range of T2, in s.
        given: Whether energies of levels are given that no Duffing oscillator has.
        more: Further parts of the model.
    """
    if edges is None:
        edges = [(k, k + 1) for k in range(len(levels) - 1)]
    return PulseModel(
        sites=tuple(_site(random, k, count, t1, t2, given) for k, count in enumerate(levels)),
        exchanges=tuple(Exchange(sites=edge, strength=random.uniform(1e6, 3e6)) for edge in edges),
        drives=tuple(
            Drive(
                channel=f"{line}{k}",
                site=k,
                strength=random.uniform(80e6, 150e6),
                gain=complex(random.normal(), random.normal()) if line == "u" else 1.0,
            )
            for k in range(len(levels))
            for line in "du"
        ),
        **more,
    )


def _site(random, qubit, levels, t1, t2, given) -> Site:
    frequency = 5e9 + random.uniform(-0.15e9, 0.15e9)
    anharmonicity = random.uniform(-0.36e9, -0.3e9)
    energies = None
    if given:
        steps = frequency + anharmonicity * np.arange(levels - 1.0)
        steps = steps + random.uniform(-20e6, 20e6, levels - 1)
        energies = (0.0, *np.cumsum(steps).tolist())
    decay = None if t1 is None else random.uniform(*t1)
    loss = None if t2 is None else random.uniform(*t2)
    return Site(
        qubit=qubit,
        levels=levels,
        frequency=frequency,
        anharmonicity=anharmonicity,
        energies=energies,
        t1=decay,
        t2=loss if decay is None or loss is None else min(loss, 2 * decay),
    )


def random_program(random, model, duration, *, lines="d", tops=0, wait=0):
    """Smooth random pulses on every site; each carrier jumps once.

    Args:
        random: Source of chance.
        model: From `random_model`.
        duration: In samples.
        lines: "d" for one tone on each site, "du" for two.
        tops: So many samples in the middle of each pulse are equal.
        wait: So many samples in the end are silent.
    """
    lanes = []
    played = duration - wait
    for item in model.drives:
        if item.channel[0] not in lines:
            continue
        raw = random.normal(size=played) + 1j * random.normal(size=played)
        smooth = np.convolve(raw, np.hanning(14), "same")[: played - 6]
        smooth *= 0.25 / np.abs(smooth).max()
        middle = len(smooth) // 2
        smooth[middle : middle + tops] = 0.15
        frequency = 5e9 + random.uniform(-0.15e9, 0.15e9)
        frames = [(0, frequency, 0.2)]
        if not tops:
            frames.append((played // 2, frequency + 3e7, random.uniform(-3, 3)))
        lanes.append(track(item.channel, [(3, smooth)], frames))
    return program(duration, *lanes, dt=DT)
