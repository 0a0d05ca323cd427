"""From a program that is ready to run to a `Solution`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backline.backends.playing import Played
from backline.backends.progress import Report, shown
from backline.backends.solution import Solution
from backline.backends.solve_times import saved_samples
from backline.backends.state_forms import Complex, from_engine, state_of, to_engine
from backline.engines.pulses import watched
from backline.errors import OptionValueError

WHAT = ("states", "propagators")
"""What can be asked for."""

_MOST_BYTES = 2**30  # of what is saved; while it is made, twice as much
_BYTES = np.dtype(np.complex128).itemsize
_OFTEN = 0.1  # seconds between two reports of progress

_OF_MEASUREMENTS_AND_GATES = frozenset(
    {
        "engine",
        "idle_noise",
        "max_outcome_level",
        "meas_level",
        "meas_return",
        "memory",
        "noise_model",
        "readout_noise",
        "seed_simulator",
        "shots",
    }
)


def check_request(what: str, options: Mapping[str, Any]) -> None:
    """Refuse what `solve` cannot be asked for.

    Args:
        what: What is wanted.
        options: What was given for this call alone.

    Raises:
        OptionValueError: If there is no such thing, or an option is about measurements, gates or
            sweeps.
    """
    if what not in WHAT:
        raise OptionValueError(f"what is one of {', '.join(map(repr, WHAT))}, got {what!r}")
    if "parameter_binds" in options:
        raise OptionValueError(
            "solve takes one program with its values, and no parameter_binds: "
            "program.assign_parameters({...}, inplace=False)"
        )
    useless = [name for name in options if name in _OF_MEASUREMENTS_AND_GATES]
    if useless:
        raise OptionValueError(
            f"solve plays pulses and measures nothing: it has no use for {', '.join(useless)}",
            options=useless,
        )


def solution_of(
    played: Played, *, initial_state: Any, times: Any, what: str, progress: bool | Report
) -> Solution:
    """Evolve a state through a program.

    Args:
        played: The program.
        initial_state: As of `DeviceBackend.solve`.
        times: Likewise.
        what: Likewise.
        progress: Likewise.

    Raises:
        InputError: If the initial state does not fit.
        OptionValueError: If the times do not.
        CapabilityError: If the result would take too much memory.
    """
    engine, waveforms = played.engine, played.waveforms
    qubits = tuple(site.qubit for site in engine.model.sites)
    levels = tuple(site.levels for site in engine.model.sites)
    start = state_of(initial_state, qubits, levels)
    propagators = what == "propagators"
    mixed = propagators or start.ndim == 2
    size = len(start) ** 2 if mixed else engine.state_size
    samples = saved_samples(times, waveforms, most=_MOST_BYTES // (size * _BYTES))
    with (
        shown(progress, f"solving {played.schedule.name}") as report,
        watched(_now_and_then(report, int(samples[-1]))),
    ):
        history = engine.history(
            waveforms, samples.tolist(), to_engine(start, levels), propagators=propagators
        )
        report(1.0)
    found = from_engine(history.states, levels, history.states.ndim - 1)
    return Solution(
        schedule=played.schedule,
        dt=waveforms.dt,
        samples=samples,
        qubits=qubits,
        levels=levels,
        states=_evolved(found, start) if propagators else found,
        propagators=found if propagators else None,
        metadata={**history.metadata, **played.facts},
    )


def _evolved(propagators: Complex, start: Complex) -> Complex:
    if start.ndim == 1:
        return propagators @ start
    return propagators @ start @ propagators.conj().swapaxes(1, 2)


def _now_and_then(report: Report, end: int) -> Callable[[float | None], None]:
    """What the engine calls often: tells how much is done, at most ten times a second."""
    said = time.monotonic()

    def watch(sample: float | None) -> None:
        nonlocal said
        now = time.monotonic()
        if sample is not None and now - said >= _OFTEN:
            said = now
            report(min(1.0, sample / max(end, 1)))

    return watch
