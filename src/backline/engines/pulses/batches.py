"""Several programs of the same length, evolved together as one long one.

In the common frame a program is the same wherever it stands, if the phases of its carriers are set
back. One after the other they are one program, of which every interval is computed at once; then
the states of all of them go through their own intervals together. A sweep of a thousand short
programs costs little more than its arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from backline.engines.pulses.alone import lone_flows
from backline.engines.pulses.arrays import Complex, Real
from backline.engines.pulses.channels import Channels, channels, relaxes
from backline.engines.pulses.driven import DrivenPiece
from backline.engines.pulses.evolution import Densities, Evolution, StateVectors
from backline.engines.pulses.methods import check_method
from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.nodes import Nodes, choose_nodes
from backline.engines.pulses.pieces import Plan
from backline.engines.pulses.small import LARGEST_SITES
from backline.engines.pulses.splitting import Step
from backline.engines.pulses.steps import choose_steps
from backline.engines.pulses.tones import check_program, tones_between
from backline.engines.pulses.undriven import undriven
from backline.engines.pulses.waveforms import Track, Waveforms
from backline.engines.watching import look
from backline.errors import BacklineError

LONGEST = 1 << 16
"""Samples of all programs together."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """Where a program's state has come to.

    Attributes:
        evolution: What can be asked about it.
        place: Which of the programs that were evolved together it is.
        all_states: A batch of the states of all of them.
        all_populations: Array (programs, D): of their dressed states.
    """

    evolution: Evolution
    place: int
    all_states: Complex
    all_populations: Real

    @property
    def states(self) -> Complex:
        """A batch of one."""
        return self.all_states[self.place : self.place + 1]

    @property
    def populations(self) -> Real:
        """Array (1, D): of its dressed states."""
        return self.all_populations[self.place : self.place + 1]


def arrive_together(
    model: PulseModel,
    programs: Sequence[Waveforms],
    stops: Sequence[int | None],
    *,
    relaxation: bool,
    accuracy: float,
    rwa: bool,
    jit: bool,
    method: str | None,
) -> dict[int, Arrived]:
    """Evolve those programs together that are short and are to arrive after equally many samples.

    Args:
        model: The sites, couplings and drives.
        programs: Of any kind.
        stops: Where each is to arrive, in samples; None for one that goes its own way.
        relaxation: As of `PulseEngine`.
        accuracy: Likewise.
        rwa: Likewise; counter-rotating terms tell one time from another.
        jit: Likewise.
        method: Likewise.

    Returns:
        The states of some of the programs where they arrive, by their place. A program that is
        not among them goes its own way, and says what is wrong with it, if something is.
    """
    if not (0 < len(model.sites) <= LARGEST_SITES and rwa and method != "trajectories"):
        return {}
    alike: dict[tuple[int, float], list[int]] = {}
    for k, (program, stop) in enumerate(zip(programs, stops, strict=True)):
        if stop is not None and 0 < stop <= LONGEST // 2:
            alike.setdefault((stop, program.dt), []).append(k)
    found: dict[int, Arrived] = {}
    for (stop, _), members in alike.items():
        most = LONGEST // stop
        for first in range(0, len(members), most):
            part = members[first : first + most]
            if len(part) == 1:
                continue
            with suppress(BacklineError):
                states = _arrive(
                    model, [programs[k] for k in part], stop, relaxation, accuracy, method, jit=jit
                )
                found.update(zip(part, states, strict=True))
    return found


def _arrive(
    model: PulseModel,
    programs: Sequence[Waveforms],
    stop: int,
    relaxation: bool,
    accuracy: float,
    method: str | None,
    *,
    jit: bool,
) -> list[Arrived]:
    open_system = relaxation and relaxes(model)
    for program in programs:
        check_program(model, program)
    check_method(model, relaxation=relaxation, method=method, shots=1)
    dt = programs[0].dt
    static = undriven(model, dt)
    evolution: Evolution
    if jit and not open_system and method != "density_matrix":
        alone = lone_flows(model, static, programs, stop)
        if alone is not None:
            evolution = StateVectors(static, Plan(pieces=(), step=None, error=0.0))
            flows = alone.through(0, len(programs), stop, together=True)
            return _arrived(evolution, flows @ evolution.ground()[0])
    joined = _joined(programs, stop, static.reference)
    tones = tones_between(model, static, joined, 0, joined.duration)
    share = accuracy / 2 if open_system else accuracy
    # Errors are estimated as if they added up over all programs.
    piece = DrivenPiece(static, tones, jit=jit)
    steps = choose_steps(static, [piece], share * len(programs))
    piece.step = steps.changing or Step(1.0)
    plan = Plan(pieces=(piece,), step=steps.shortest, error=steps.error / len(programs))
    if open_system or method == "density_matrix":
        found = channels(model, dt) if open_system else None
        nodes = Nodes(float(stop), float(stop), 0.0)
        if found is not None:
            nodes = choose_nodes(found, static, plan, share)
        evolution = Densities(static, plan, found, nodes)
        states = _densities(evolution.ground(), piece, found, len(programs), stop, nodes)
    else:
        evolution = StateVectors(static, plan)
        states = _vectors(evolution.ground(), piece, len(programs), stop)
    return _arrived(evolution, states)


def _arrived(evolution: Evolution, states: Complex) -> list[Arrived]:
    populations = evolution.populations(states)
    return [Arrived(evolution, k, states, populations) for k in range(len(states))]


def _vectors(ground: Complex, piece: DrivenPiece, count: int, stop: int) -> Complex:
    flows = _flows(piece, count, float(stop))
    states: Complex = flows @ ground[0]
    return states


def _densities(
    ground: Complex,
    piece: DrivenPiece,
    relaxing: Channels | None,
    count: int,
    stop: int,
    nodes: Nodes,
) -> Complex:
    length = _divisor(stop, nodes.driven)
    each = round(stop / length)
    flows = _flows(piece, count * each, length)
    flows = flows.reshape(count, each, *flows.shape[1:])
    states = np.repeat(ground, count, axis=0)
    for k in range(each):
        look()
        if relaxing is not None:
            states = relaxing.apply(states, length / 2 if k == 0 else length)
        states = flows[:, k] @ states @ flows[:, k].conj().swapaxes(1, 2)
    return states if relaxing is None else relaxing.apply(states, length / 2)


def _flows(piece: DrivenPiece, count: int, length: float) -> Complex:
    every = piece.intervals(0, count, length, 1)
    return np.concatenate([part.matrices(0, len(part)) for part in every])


def _divisor(stop: int, longest: float) -> float:
    """The longest interval up to a length that fits into a program a whole number of times."""
    if longest < 1:
        return longest
    return float(max(k for k in range(1, int(longest) + 1) if stop % k == 0))


def _joined(programs: Sequence[Waveforms], stop: int, reference: float) -> Waveforms:
    """All programs up to a sample, one after the other."""
    played: dict[str, list[tuple[int, Track]]] = {}
    for place, program in enumerate(programs):
        for track in program.tracks:
            played.setdefault(track.channel, []).append((place * stop, track))
    dt = programs[0].dt
    return replace(
        programs[0],
        duration=stop * len(programs),
        tracks=tuple(_one_track(parts, stop, reference, dt) for parts in played.values()),
        acquisitions=(),
        stimuli=(),
    )


def _one_track(parts: Sequence[tuple[int, Track]], stop: int, reference: float, dt: float) -> Track:
    """Tracks of one channel, each up to a sample and some samples later."""
    offsets = np.array([offset for offset, _ in parts])
    tracks = [track for _, track in parts]
    starts = np.concatenate([track.starts for track in tracks])
    later = offsets.repeat([len(track.starts) for track in tracks])
    frames_later = offsets.repeat([len(track.frame_starts) for track in tracks])
    frequencies = np.concatenate([track.frequencies for track in tracks])
    turns = np.remainder((frequencies - reference) * dt * frames_later, 1.0)
    envelopes = [envelope for track in tracks for envelope in track.envelopes]
    return Track(
        channel=tracks[0].channel,
        starts=(starts + later)[starts < stop],
        envelopes=tuple(
            envelope[: stop - start]
            for start, envelope in zip(starts.tolist(), envelopes, strict=True)
            if start < stop
        ),
        frame_starts=np.concatenate([track.frame_starts for track in tracks]) + frames_later,
        frequencies=frequencies,
        phases=np.concatenate([track.phases for track in tracks]) - 2 * np.pi * turns,
    )
