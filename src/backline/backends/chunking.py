"""Experiments that the pulse engine gets together, and their results one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from backline.backends.experiment import Experiment
from backline.backends.playing import Played
from backline.backends.solve_times import end_of_play

Value = TypeVar("Value")

_MOST_AT_ONCE = 64
_WORK_AT_ONCE = 100_000


def chunks(experiments: Sequence[Experiment]) -> list[tuple[Experiment, ...]]:
    """Experiments that come one after the other and have the same model, in chunks.

    How they are cut depends on the programs alone, so that it is the same on any number of
    workers. Long programs stay alone: nothing is gained by holding them together, and their
    job's progress would be coarse.

    Args:
        experiments: In the order of the job's input, as `Executor.prepare` made them ready.
    """
    cut: list[list[Experiment]] = []
    engine, work = None, 0
    for experiment in experiments:
        played = experiment.prepared
        own = 0 if played is None else _work(played)
        together = played is not None and played.engine is engine
        if together and len(cut[-1]) < _MOST_AT_ONCE and work + own <= _WORK_AT_ONCE:
            cut[-1].append(experiment)
            work += own
        else:
            cut.append([experiment])
            engine, work = (None if played is None else played.engine), own
    return [tuple(chunk) for chunk in cut]


def one_by_one(
    cut: Sequence[Sequence[Experiment]], results: Iterable[Sequence[Value] | BaseException]
) -> Iterator[Value | BaseException]:
    """The results of chunks, one an experiment.

    Args:
        cut: The chunks.
        results: Of each chunk, in order; an exception stands for all of its experiments.
    """
    for chunk, entries in zip(cut, results, strict=True):
        yield from [entries] * len(chunk) if isinstance(entries, BaseException) else entries


def _work(played: Played) -> int:
    """About how much arithmetic a program takes: samples times numbers of its state."""
    return end_of_play(played.waveforms) * played.engine.state_size
