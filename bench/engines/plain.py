"""A problem in Backline's words."""

from __future__ import annotations

import itertools

import numpy as np
from problem import Problem

from backline.engines.pulses import Drive, Exchange, PulseModel, Site, Track, Waveforms


def model(problem: Problem) -> PulseModel:
    """The same transmons in Backline's words."""
    drives = sorted({(tone.channel, tone.site, tone.strength) for tone in problem.tones})
    return PulseModel(
        sites=tuple(
            Site(
                qubit=k,
                levels=problem.dims[k],
                frequency=item.frequency,
                anharmonicity=item.anharmonicity,
                t1=item.t1,
                t2=item.t2,
            )
            for k, item in enumerate(problem.transmons)
        ),
        exchanges=tuple(
            Exchange(sites=(one, other), strength=strength)
            for one, other, strength in problem.couplings
        ),
        drives=tuple(
            Drive(channel=channel, site=site, strength=strength)
            for channel, site, strength in drives
        ),
    )


def program(problem: Problem) -> Waveforms:
    """The same tones in Backline's words."""
    ordered = sorted(problem.tones, key=lambda tone: (tone.channel, tone.start))
    tracks = []
    for channel, group in itertools.groupby(ordered, key=lambda tone: tone.channel):
        tones = list(group)
        starts = np.array([tone.start for tone in tones], dtype=np.int64)
        tracks.append(
            Track(
                channel=channel,
                starts=starts,
                envelopes=tuple(tone.samples for tone in tones),
                frame_starts=np.array([0]),
                frequencies=np.array([tones[0].frequency]),
                phases=np.array([0.0]),
            )
        )
    return Waveforms(
        dt=problem.dt,
        duration=problem.duration,
        tracks=tuple(tracks),
        acquisitions=(),
        num_slots=0,
    )
