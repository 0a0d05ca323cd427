"""The Rabi sweep: populations by the engine, and schedules through `backend.run` as users write."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from typing import Any

import cases
import numpy as np
import plain
from prepared import Prepared
from problem import Problem

from backline import DeviceBackend, pulse
from backline.device import Device, DriveLine, Qubit, Readout, Timing
from backline.engines.pulses import Acquisition, PulseEngine, Waveforms

READOUT = 100
AT_ONCE = 64  # programs that a backend gives the engine together


def populations(settings: dict[str, Any]) -> Prepared:
    """The engine's populations of all programs."""
    engine, waveforms = _engine(settings)
    return Prepared(run=lambda: engine.populations(waveforms))


def sweep(settings: dict[str, Any]) -> Prepared:
    """`backend.run` of all programs is timed; the engine's share of it has a part of its own."""
    problem = cases.problem("sweep")
    backend = DeviceBackend(device(problem))
    engine, waveforms = _engine(settings)
    programs = [schedule(item.tones[0].samples) for item in cases.sweep_problems()]
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
            job = backend.run(programs, shots=cases.SWEEP_SHOTS, seed_simulator=1, **settings)
            return job.result()

    def answer(result: Any) -> Any:
        return np.array([found.get("0", 0) for found in result.get_counts()]) / cases.SWEEP_SHOTS

    def solving() -> float:
        start = time.perf_counter()
        for first in range(0, len(measured), AT_ONCE):
            part = measured[first : first + AT_ONCE]
            seeds = range(len(part))
            outcomes = list(engine.run_batch(part, shots=cases.SWEEP_SHOTS, seeds=seeds))
            assert not any(isinstance(item, BaseException) for item in outcomes)
        return time.perf_counter() - start

    return Prepared(run=run, answer=answer, parts={"solving": solving})


def _engine(settings: dict[str, Any]) -> tuple[PulseEngine, list[Waveforms]]:
    """The engine, and the programs without a measurement."""
    waveforms = [plain.program(problem) for problem in cases.sweep_problems()]
    return PulseEngine(plain.model(cases.problem("sweep")), **settings), waveforms


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
