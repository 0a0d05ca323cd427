"""The Rabi sweep as a user of Backline writes it: a list of schedules through `backend.run`."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import Any

import cases
import plain
from prepared import Prepared
from problem import Problem

from backline import DeviceBackend, pulse
from backline.device import Device, DriveLine, Qubit, Readout, Timing
from backline.engines.pulses import Acquisition, PulseEngine, Waveforms

SHOTS = 1024
READOUT = 100
AT_ONCE = 64  # programs that a backend gives the engine together


def sweep(settings: dict[str, Any]) -> Prepared:
    """`backend.run` of all programs is timed; the engine's share of it has a part of its own.

    Counts have no error that could be compared: the answer is the engine's populations.
    """
    problem = cases.problem("sweep")
    backend = DeviceBackend(device(problem))
    engine = PulseEngine(plain.model(problem), **settings)
    shape, amplitudes = problem.tones[0].samples, cases.sweep_amplitudes()
    programs = [schedule(amplitude * shape) for amplitude in amplitudes]
    waveforms = [lane(problem, amplitude) for amplitude in amplitudes]
    measured = [
        replace(
            item,
            duration=item.duration + READOUT,
            acquisitions=(Acquisition(qubit=0, slot=0, start=item.duration, duration=READOUT),),
            num_slots=1,
        )
        for item in waveforms
    ]

    def run() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return backend.run(programs, shots=SHOTS, seed_simulator=1, **settings).result()

    def answer(result: Any) -> Any:
        return engine.populations(waveforms)

    def solving() -> float:
        start = time.perf_counter()
        for first in range(0, len(measured), AT_ONCE):
            part = measured[first : first + AT_ONCE]
            outcomes = list(engine.run_batch(part, shots=SHOTS, seeds=range(len(part))))
            assert not any(isinstance(item, BaseException) for item in outcomes)
        return time.perf_counter() - start

    def populations() -> float:
        start = time.perf_counter()
        engine.populations(waveforms)
        return time.perf_counter() - start

    return Prepared(run=run, answer=answer, parts={"solving": solving, "populations": populations})


def lane(problem: Problem, amplitude: float) -> Waveforms:
    (tone,) = problem.tones
    scaled = replace(tone, samples=amplitude * tone.samples)
    return plain.program(replace(problem, tones=(scaled,)))


def schedule(samples: Any) -> Any:
    with pulse.build() as block, pulse.align_sequential():
        pulse.play(pulse.Waveform(samples), pulse.DriveChannel(0))
        pulse.acquire(READOUT, 0, pulse.MemorySlot(0))
    return block


def device(problem: Problem) -> Device:
    """The problem's transmon as a device of one qubit."""
    (item,) = problem.transmons
    qubit = Qubit(
        frequency=item.frequency, anharmonicity=item.anharmonicity, readout=Readout(error=0.0)
    )
    return Device(
        name="one",
        qubits=(qubit,),
        couplings=(),
        drive_lines=(DriveLine(qubit=0, strength=item.strength),),
        timing=Timing(dt=problem.dt),
    )
