"""Experiments that an engine gets together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backline.backends.experiment import Experiment
from backline.backends.solve_times import end_of_play
from backline.engines.gates import Ready

if TYPE_CHECKING:
    from backline.backends.playing import Played

_MOST_AT_ONCE = 64
_WORK_AT_ONCE = 100_000  # of the pulse engine: samples times numbers of a state
_SECONDS_AT_ONCE = 0.05  # of the gate engine


def chunks(experiments: Sequence[Experiment]) -> list[tuple[Experiment, ...]]:
    """Experiments that come one after the other and belong together, in chunks.

    Pulses belong together where they have the same model; circuits that are quick, because a
    worker's start costs as much as they do. How they are cut depends on the programs alone, so
    that it is the same on any number of workers. What is long stays alone: nothing is gained by
    holding it together with others, and its job's progress would be coarse.

    Args:
        experiments: In the order of the job's input, as `Executor.prepare` made them ready.
    """
    cut: list[list[Experiment]] = []
    group, work = None, 0.0
    for experiment in experiments:
        own_group, own = _group(experiment.prepared)
        full = not cut or len(cut[-1]) == _MOST_AT_ONCE
        if not full and own_group is group and work + own <= 1.0:
            cut[-1].append(experiment)
            work += own
        else:
            cut.append([experiment])
            group, work = own_group, own
    return [tuple(chunk) for chunk in cut]


def _group(prepared: Played | Ready) -> tuple[object, float]:
    """What an experiment has in common with those of its chunk, and which part of one it fills."""
    if isinstance(prepared, Ready):
        return Ready, prepared.seconds / _SECONDS_AT_ONCE
    return prepared.engine, _work(prepared) / _WORK_AT_ONCE


def _work(played: Played) -> int:
    """About how much arithmetic a program takes: samples times numbers of its state."""
    return end_of_play(played.waveforms) * played.engine.state_size
