"""Experiments on workers of other processes."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qiskit.result.models import ExperimentResult

from backline.backends.experiment import Experiment
from backline.contract.options import Options
from backline.errors import EngineError
from backline.jobs import one_by_one
from backline.jobs.workers import Workers

if TYPE_CHECKING:
    from backline.backends.base import BackendBase


@dataclass(frozen=True, slots=True)
class Part:
    """Experiments that travel to a worker together.

    Attributes:
        experiments: Without what was prepared for them, which cannot always travel.
        options: All options of the run.
        settings: The same, and the seed.
    """

    experiments: tuple[Experiment, ...]
    options: Options
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PartRunner:
    """Runs parts on a worker.

    Attributes:
        backend: A copy without store and workers.
    """

    backend: BackendBase

    def __call__(self, part: Part) -> list[ExperimentResult | BaseException]:
        """One entry an experiment.

        Args:
            part: What to run.

        Raises:
            EngineError: If the backend gives another number of results.
        """
        backend, options = self.backend, part.options
        programs = backend._checked([item.program for item in part.experiments], options)
        prepared = backend.prepare(programs, options)
        experiments = [
            replace(item, prepared=entry)
            for item, entry in zip(part.experiments, prepared, strict=True)
        ]
        entries = list(backend._entries(experiments, options, part.settings))
        if len(entries) != len(experiments):
            raise EngineError(f"the work gave {len(entries)} of {len(experiments)} results")
        return entries


def remote_entries(
    backend: BackendBase,
    workers: Workers,
    parts: Sequence[Sequence[Experiment]],
    options: Options,
    settings: Mapping[str, Any],
) -> Iterator[ExperimentResult | BaseException]:
    """What comes of experiments that run on workers.

    Args:
        backend: What runs them.
        workers: Where.
        parts: Of the experiments; each travels as one.
        options: All options of the run.
        settings: The same, and the seed.
    """
    bare = copy.copy(backend)
    bare._store = bare._workers = bare._provider = None
    items = [
        Part(tuple(replace(item, prepared=None) for item in part), options, settings)
        for part in parts
    ]
    return one_by_one(parts, workers.map(PartRunner(bare), items))
