"""Workers by name, and the functions that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backline.errors import OptionValueError
from backline.jobs.workers.processes import ProcessWorkers
from backline.jobs.workers.protocol import Workers

if TYPE_CHECKING:
    from backline.jobs.workers.cluster import DaskWorkers


def processes(count: int | None = None) -> ProcessWorkers:
    """Worker processes of this machine, which this process shares among all its backends.

    Args:
        count: How many; None for one a core.

    Raises:
        OptionValueError: If that is no number of processes.
    """
    return ProcessWorkers(count)


def dask(cluster: Any) -> DaskWorkers:
    """The workers of a `dask.distributed` cluster (extra `cluster`), which have Backline too.

    Args:
        cluster: The address of its scheduler, or a `Client` or cluster object.

    Raises:
        OptionValueError: If it is none of these, or the extra is not installed.
    """
    from backline.jobs.workers.cluster import DaskWorkers  # an extra

    return DaskWorkers.of(cluster)


def chosen_workers(workers: Any) -> Workers | None:
    """Workers as users give them.

    Args:
        workers: None or "threads" for threads of this process; "processes"; a `Workers`; or the
            address of a scheduler of Dask, as "tcp://host:8786".

    Raises:
        OptionValueError: If it is none of these.
    """
    if workers is None or workers == "threads":
        return None
    if workers == "processes":
        return processes()
    if isinstance(workers, str) and "://" in workers:
        return dask(workers)
    if hasattr(workers, "map") and hasattr(workers, "drivers"):
        chosen: Workers = workers
        return chosen
    raise OptionValueError(
        f"workers are 'threads', 'processes', the address of a Dask scheduler, or what "
        f"backline.jobs.workers.processes and dask make; got {workers!r:.100}"
    )
