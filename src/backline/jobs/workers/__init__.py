"""Where work runs: threads of this process, other processes, or a cluster.

`Workers` is their one interface. The default, threads of this process, has none: the work runs
where it is called, and spreads by `map_in_order`.
"""

from backline.jobs.workers.choosing import chosen_workers, dask, processes
from backline.jobs.workers.protocol import Workers

__all__ = ["Workers", "chosen_workers", "dask", "processes"]
