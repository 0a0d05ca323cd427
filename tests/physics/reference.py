"""An independent integrator: the same equations, written down naively and given to scipy."""

from __future__ import annotations

from functools import reduce

import numpy as np
from scipy.integrate import solve_ivp

from backline.engines.pulses import PulseModel, Track, Waveforms


def site_operator(model: PulseModel, site: int, operator):
    """One site's operator on the whole space."""
    factors = [operator if k == site else np.eye(s.levels) for k, s in enumerate(model.sites)]
    return reduce(np.kron, factors)


def lower(levels: int):
    return np.diag(np.sqrt(np.arange(1.0, levels)), 1).astype(complex)


def static(model: PulseModel, reference: float):
    """H without drives in the frame that rotates at `reference`, in rad/s."""
    total = 0
    for k, site in enumerate(model.sites):
        a = site_operator(model, k, lower(site.levels))
        n = a.conj().T @ a
        total = total + (site.frequency - reference) * n
        total = total + site.anharmonicity / 2 * (n @ n - n)
    for item in model.exchanges:
        a, b = (site_operator(model, k, lower(model.sites[k].levels)) for k in item.sites)
        total = total + item.strength * (a.conj().T @ b + a @ b.conj().T)
    return 2 * np.pi * total


def drive(model: PulseModel, program: Waveforms, reference: float, sample: int, time: float):
    """The drive terms at a time inside a sample, without the counter-rotating parts, in rad/s."""
    total = 0
    for track in program.tracks:
        frame = np.flatnonzero(track.frame_starts <= sample)[-1]
        frequency, phase = track.frequencies[frame], track.phases[frame]
        value = 0
        for start, envelope in zip(track.starts, track.envelopes, strict=True):
            if start <= sample < start + len(envelope):
                value = envelope[sample - start]
        turning = np.exp(1j * (2 * np.pi * (frequency - reference) * time + phase))
        for item in model.drives:
            if item.channel == track.channel:
                a = site_operator(model, item.site, lower(model.sites[item.site].levels))
                term = np.pi * item.strength * item.gain * value * turning * a
                total = total + term + term.conj().T
    return total


def jumps(model: PulseModel):
    """Lindblad operators: one for each transition of each site, and n for pure dephasing."""
    operators = []
    for k, site in enumerate(model.sites):
        decay = 0.0 if site.t1 is None else 1 / site.t1
        dephasing = (0.0 if site.t2 is None else 1 / site.t2) - decay / 2
        for level in range(1, site.levels):
            jump = np.zeros((site.levels, site.levels))
            jump[level - 1, level] = np.sqrt(level * decay)
            operators.append(site_operator(model, k, jump))
        if dephasing > 0:
            numbers = np.diag(np.arange(float(site.levels)))
            operators.append(site_operator(model, k, np.sqrt(2 * dephasing) * numbers))
    return operators


def integrate(model: PulseModel, program: Waveforms, initial, *, reference=None, tolerance=1e-11):
    """Integrate sample by sample; states (D, m) or one density matrix (D, D) with `jumps`.

    Returns the columns over product states in the frame that rotates at `reference` (by default
    the mean of the sites' frequencies).
    """
    return _run(model, program, initial, [], reference, tolerance)


def integrate_open(model: PulseModel, program: Waveforms, initial, *, tolerance=1e-10):
    """The same for a density matrix (D, D), with T1 and T2."""
    return _run(model, program, initial, jumps(model), None, tolerance)


def _run(model, program, initial, operators, reference, tolerance):
    if reference is None:
        reference = np.mean([site.frequency for site in model.sites])
    base = static(model, reference)
    shape = np.shape(initial)
    state = np.asarray(initial, dtype=complex).reshape(-1)

    def slope(time, flat, sample):
        h = base + drive(model, program, reference, sample, time)
        value = flat.reshape(shape)
        if not operators:
            return (-1j * (h @ value)).reshape(-1)
        change = -1j * (h @ value - value @ h)
        for jump in operators:
            square = jump.conj().T @ jump
            change = change + jump @ value @ jump.conj().T - (square @ value + value @ square) / 2
        return change.reshape(-1)

    for sample in range(program.duration):
        span = (sample * program.dt, (sample + 1) * program.dt)
        state = solve_ivp(
            slope, span, state, args=(sample,), method="DOP853", rtol=tolerance, atol=tolerance
        ).y[:, -1]
    return state.reshape(shape)


def track(channel: str, pulses, frames=((0, 5e9, 0.0),)) -> Track:
    """A track from [(start, samples), …] and [(start, Hz, rad), …]."""
    return Track(
        channel=channel,
        starts=np.array([start for start, _ in pulses], dtype=np.int64),
        envelopes=tuple(np.asarray(samples, dtype=complex) for _, samples in pulses),
        frame_starts=np.array([frame[0] for frame in frames], dtype=np.int64),
        frequencies=np.array([frame[1] for frame in frames], dtype=float),
        phases=np.array([frame[2] for frame in frames], dtype=float),
    )


def program(duration: int, *tracks: Track, dt: float = 1e-9, acquisitions=(), num_slots=0):
    return Waveforms(
        dt=dt, duration=duration, tracks=tracks, acquisitions=acquisitions, num_slots=num_slots
    )
