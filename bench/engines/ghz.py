"""The GHZ circuit on manila as pulses, and the same numbers for the other tools."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import cases
import numpy as np
from dressed import dressed
from prepared import Prepared
from problem import Complex, Problem, Tone, Transmon, numbers
from qiskit import QuantumCircuit, transpile

import backline
from backline import lowering
from backline.device import channel_frequencies
from backline.engines.pulses import PulseModel, Track, Waveforms

QUBITS = 5


def counts(settings: dict[str, Any]) -> Prepared:
    """`backend.run` of the compiled circuit, noise and readout error off."""
    backend, circuit = compiled()

    def run() -> Any:
        job = backend.run(
            circuit, engine="pulses", shots=cases.SHOTS, seed_simulator=1, noise=False
        )
        return job.result()

    return Prepared(run=run, answer=lambda result: frequencies(result.get_counts()))


def compiled() -> tuple[Any, QuantumCircuit]:
    backend = backline.load("manila")
    circuit = QuantumCircuit(QUBITS)
    circuit.h(0)
    for qubit in range(QUBITS - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return backend, transpile(
        circuit, backend, initial_layout=list(range(QUBITS)), seed_transpiler=1
    )


def frequencies(found: dict[str, int]) -> Any:
    """How often each string came, shape (32,), qubit 0 the lowest bit."""
    shares = np.zeros(2**QUBITS)
    for text, count in found.items():
        shares[int(text, 2)] = count
    return shares / shares.sum()


def export(path: Path) -> Problem:
    """Write what is played, up to the measurement, and on what Hamiltonian."""
    backend, circuit = compiled()
    device = backend.device
    schedule = lowering.schedule(circuit, backend.target)
    waveforms = lowering.compile(
        schedule, dt=backend.target.dt, frequencies=channel_frequencies(device)
    )
    problem = plain(lowering.pulse_model(device, range(QUBITS)), waveforms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(problem))
    return problem


def plain(model: PulseModel, waveforms: Waveforms) -> Problem:
    """The same in plain numbers; a phase goes into the samples that it holds for."""
    tones = []
    for track in waveforms.tracks:
        for drive in (item for item in model.drives if item.channel == track.channel):
            for start, envelope in zip(track.starts, track.envelopes, strict=True):
                tones += [
                    Tone(
                        channel=track.channel,
                        site=drive.site,
                        strength=drive.strength,
                        frequency=frequency,
                        start=first,
                        samples=drive.gain * samples,
                    )
                    for first, samples, frequency in _framed(track, int(start), envelope)
                ]
    return Problem(
        transmons=tuple(
            Transmon(frequency=site.frequency, anharmonicity=site.anharmonicity, strength=0.0)
            for site in model.sites
        ),
        couplings=tuple((*item.sites, item.strength) for item in model.exchanges),
        tones=tuple(tones),
        duration=min(item.start for item in waveforms.acquisitions),
        dt=waveforms.dt,
    )


def _framed(track: Track, start: int, envelope: Complex) -> list[tuple[int, Complex, float]]:
    """A pulse cut where its frame changes: (start, samples with the phase, frequency)."""
    stop = start + len(envelope)
    edges = [int(edge) for edge in track.frame_starts if start < edge < stop]
    parts = []
    for first, last in zip([start, *edges], [*edges, stop], strict=True):
        frame = int(np.searchsorted(track.frame_starts, first, side="right")) - 1
        samples = envelope[first - start : last - start] * np.exp(1j * track.phases[frame])
        parts.append((first, samples, float(track.frequencies[frame])))
    return parts


def exact(problem: Problem, state: Complex) -> Any:
    """Probabilities of the strings, shape (32,): levels above 1 read as 1."""
    _, vectors = dressed(problem)
    weights = np.abs(vectors.T @ state) ** 2
    bits = np.minimum(numbers(problem), 1)
    keys = (bits * 2 ** np.arange(QUBITS)[:, None]).sum(axis=0)
    return np.bincount(keys, weights=weights, minlength=2**QUBITS)
