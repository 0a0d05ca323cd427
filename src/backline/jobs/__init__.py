"""When work runs: in the background, in batches, with status, progress and cancel.

This package runs functions and knows nothing of what they do. `TaskRun` is one accepted piece of
work: a list of batches, each of which gives one result (or one exception) an entry. It hands
itself to a `Submit`, which is whatever can run a function some time later; the default is a
bounded pool of daemon threads that all runs of the process share. `map_in_order` spreads the
entries of one batch over idle workers of the same pool. Work that takes long asks `stopping` now
and then, so that a cancel reaches into it.
"""

from backline.jobs.pool import Submit, WorkerPool, shared_pool
from backline.jobs.run import Batch, Progress, TaskRun, TaskStatus, describe
from backline.jobs.spread import map_in_order
from backline.jobs.stopping import raise_if_stopping, stopping

__all__ = [
    "Batch",
    "Progress",
    "Submit",
    "TaskRun",
    "TaskStatus",
    "WorkerPool",
    "describe",
    "map_in_order",
    "raise_if_stopping",
    "shared_pool",
    "stopping",
]
