"""Where jobs are kept: records, programs and results, behind one small Protocol.

A store keeps bytes and says nothing of what they mean. `MemoryStore` lasts as long as the
process; `backline.jobs.store.sql.SqlStore` is a database, SQLite or PostgreSQL. `open_store` makes
either from a URL.
"""

from backline.jobs.store.memory import MemoryStore
from backline.jobs.store.opening import open_store
from backline.jobs.store.protocol import JobStore
from backline.jobs.store.records import JobChange, JobQuery, JobRecord, OwnerRecord

__all__ = [
    "JobChange",
    "JobQuery",
    "JobRecord",
    "JobStore",
    "MemoryStore",
    "OwnerRecord",
    "open_store",
]
