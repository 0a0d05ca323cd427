"""When work runs: in the background, in batches, with status, progress and cancel.

This package runs functions and knows nothing of what they do. `TaskRun` is one accepted piece of
work: a list of batches, each of which gives one result (or one exception) an entry. It hands
itself to a `Submit`, which is whatever can run a function some time later; the default is a
bounded pool of daemon threads that all runs of the process share. `map_in_order` spreads the
entries of one batch over idle workers of the same pool; `backline.jobs.workers` has processes and
clusters that do the same. Work that takes long asks `stopping` now and then, so that a cancel
reaches into it.

`backline.jobs.store` keeps jobs as bytes, in memory or in a database. A `Keeper` is this process
at a store; `recovery` finds jobs whose process is gone.
"""

from backline.jobs.noting import note
from backline.jobs.plan import JobPlan
from backline.jobs.pool import Submit, WorkerPool, shared_pool
from backline.jobs.retrying import Retry, is_retryable
from backline.jobs.run import Batch, Event, Progress, TaskRun, Watcher, describe, utc_now
from backline.jobs.spread import map_in_order, one_by_one
from backline.jobs.status import TaskStatus
from backline.jobs.stopping import raise_if_stopping, stopping

__all__ = [
    "Batch",
    "Event",
    "JobPlan",
    "Progress",
    "Retry",
    "Submit",
    "TaskRun",
    "TaskStatus",
    "Watcher",
    "WorkerPool",
    "describe",
    "is_retryable",
    "map_in_order",
    "note",
    "one_by_one",
    "raise_if_stopping",
    "shared_pool",
    "stopping",
    "utc_now",
]
