"""An independent integrator: the same equations, written down naively and given to scipy."""

from __future__ import annotations

from functools import reduce

import numpy as np
from scipy.integrate import solve_ivp

from backline.engines.pulses import PulseModel, Track, Waveforms
from backline.engines.pulses.model import ZZ, Coupling
from backline.engines.pulses.threads import one_thread
from backline.engines.pulses.undriven import undriven


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
        n = site_operator(model, k, np.diag(np.arange(float(site.levels))))
        if site.energies is not None:
            total = total + site_operator(model, k, np.diag(site.energies)) - reference * n
        else:
            total = total + (site.frequency - reference) * n
            total = total + site.anharmonicity / 2 * (n @ n - n)
    for item in model.exchanges:
        a, b = (site_operator(model, k, lower(model.sites[k].levels)) for k in item.sites)
        total = total + item.strength * (a.conj().T @ b + a @ b.conj().T)
    for item in model.couplings:
        total = total + _coupling(model, item)
    return 2 * np.pi * total


def _coupling(model: PulseModel, item: ZZ | Coupling):
    """ζ n n, or any operator as a sum of |i><k| of one site times |j><l| of the other."""
    first, second = (model.sites[site].levels for site in item.sites)
    if isinstance(item, ZZ):
        table = item.strength * np.diag(np.kron(np.arange(first), np.arange(second)))
    else:
        table = np.array(item.operator)
    total = 0
    for row, column in zip(*np.nonzero(table), strict=True):
        (i, j), (k, m) = divmod(row, second), divmod(column, second)
        left, right = np.zeros((first, first)), np.zeros((second, second))
        left[i, k] = right[j, m] = 1
        product = site_operator(model, item.sites[0], left)
        product = product @ site_operator(model, item.sites[1], right)
        total = total + table[row, column] * product
    return total


def drives(model: PulseModel, program: Waveforms, reference: float, sample: int, *, rwa: bool):
    """What acts in a sample: pairs of a function z(t) and an operator a, for z a + h.c. in rad/s.

    A track plays Re[s e^{i(2πft + φ)}] on a + a†. The rotating-wave approximation keeps that half
    of it that turns with a.
    """
    found = []
    for track in program.tracks:
        frame = np.flatnonzero(track.frame_starts <= sample)[-1]
        frequency, phase = float(track.frequencies[frame]), float(track.phases[frame])
        for start, envelope in zip(track.starts, track.envelopes, strict=True):
            if not start <= sample < start + len(envelope):
                continue
            for item in model.drives:
                if item.channel == track.channel:
                    a = site_operator(model, item.site, lower(model.sites[item.site].levels))
                    size = 2 * np.pi * item.strength * item.gain * envelope[sample - start]
                    wave = _wave(size, frequency, phase, reference, rwa=rwa)
                    found.append((wave, a))
    return found


def _wave(size: complex, frequency: float, phase: float, reference: float, *, rwa: bool):
    def rotating(time):
        turned = 2 * np.pi * (frequency - reference) * time + phase
        return size / 2 * np.exp(1j * turned)

    def whole(time):
        played = (size * np.exp(1j * (2 * np.pi * frequency * time + phase))).real
        return played * np.exp(-2j * np.pi * reference * time)

    return rotating if rwa else whole


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


def integrate(
    model: PulseModel,
    program: Waveforms,
    initial,
    *,
    reference=None,
    tolerance=1e-11,
    rwa=True,
):
    """Integrate sample by sample; states (D, m) over product states.

    Returns the columns over product states in the frame that rotates at `reference` (by default
    the mean of the sites' frequencies).
    """
    return _run(model, program, initial, [], reference, tolerance, rwa)


def integrate_open(
    model: PulseModel,
    program: Waveforms,
    initial,
    *,
    reference=None,
    tolerance=1e-10,
    rwa=True,
):
    """The same for a density matrix (D, D), with T1 and T2."""
    return _run(model, program, initial, jumps(model), reference, tolerance, rwa)


@one_thread()  # small matrices: threads would cost a hundred times what they do
def _run(model, program, initial, operators, reference, tolerance, rwa):
    if reference is None:
        reference = np.mean([site.frequency for site in model.sites])
    base = static(model, reference).astype(complex)
    losses = sum(jump.conj().T @ jump for jump in operators) / 2 if operators else None
    shape = np.shape(initial)
    state = np.asarray(initial, dtype=complex).reshape(-1)

    def slope(time, flat, acting):
        h = base.copy()
        for wave, a in acting:
            term = wave(time) * a
            h += term + term.conj().T
        value = flat.reshape(shape)
        if not operators:
            return (-1j * (h @ value)).reshape(-1)
        change = (-1j * h - losses) @ value
        change = change + change.conj().T  # a density matrix is Hermitian
        for jump in operators:
            change = change + jump @ value @ jump.conj().T
        return change.reshape(-1)

    for sample in range(program.duration):
        acting = drives(model, program, reference, sample, rwa=rwa)
        span = (sample * program.dt, (sample + 1) * program.dt)
        state = solve_ivp(
            slope, span, state, args=(acting,), method="DOP853", rtol=tolerance, atol=tolerance
        ).y[:, -1]
    return state.reshape(shape)


def exact_propagator(model: PulseModel, program: Waveforms, *, tolerance=1e-13, rwa=True):
    """The propagator as the engine gives it: dressed states in the qubits' own frames.

    Only the columns of dressed qubit levels (at most 1 in each site), in their order.
    """
    undressed = undriven(model, program.dt)
    low = (undressed.numbers <= 1).all(axis=0)
    columns = integrate(
        model,
        program,
        undressed.vectors[:, low],
        reference=undressed.reference,
        tolerance=tolerance,
        rwa=rwa,
    )
    dressed = undressed.vectors.conj().T @ columns
    return undressed.frame(program.duration)[:, None] * dressed


def exact_density(model: PulseModel, program: Waveforms, start, *, tolerance=1e-12, rwa=True):
    """What becomes of dressed amplitudes (D,), as `PulseEngine.final_state` gives it."""
    undressed = undriven(model, program.dt)
    v = undressed.vectors
    bare = v @ start
    density = integrate_open(
        model,
        program,
        np.outer(bare, bare.conj()),
        reference=undressed.reference,
        tolerance=tolerance,
        rwa=rwa,
    )
    frame = undressed.frame(program.duration)
    return (v.conj().T @ density @ v) * np.outer(frame, frame.conj())


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
