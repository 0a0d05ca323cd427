"""A provider of the bundled devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from backline.backends.catalog import backend_of, load
from backline.backends.device import DeviceBackend
from backline.backends.finding import JobFinder
from backline.backends.job import BackendJob
from backline.backends.stored_job import StoredJob
from backline.backends.stored_programs import JobHead
from backline.contract.provider import Provider, fitting
from backline.formats.catalog import devices
from backline.jobs.store import open_store


class DeviceProvider(Provider):
    """Finds the devices that come with Backline.

    Args:
        store: Where the jobs of its backends are kept: a path of an SQLite file, a URL, or a
            store.
        workers: What runs experiments, as of `load`.
        on_restart: What becomes of jobs that are lost while they run, as of `load`.
        **options: Override the default options of every backend.

    Example:
        >>> DeviceProvider(shots=100).get_backend("manila")
        <DeviceBackend('manila', 5 qubits)>
    """

    def __init__(
        self,
        *,
        store: Any = None,
        workers: Any = None,
        on_restart: str = "resume",
        **options: Any,
    ) -> None:
        self._store = None if store is None else open_store(store)
        self._kept = {"store": self._store, "workers": workers, "on_restart": on_restart}
        self._options = options

    def job(self, job_id: str) -> BackendJob | StoredJob:
        """The job of that id, whoever accepted it, over or not.

        Args:
            job_id: Its id.

        Raises:
            JobNotFoundError: If there is none in the store.
            JobError: If the provider has no store.
        """
        return self._jobs.job(job_id)

    def jobs(
        self,
        *,
        status: Any = None,
        backend: str | None = None,
        since: datetime | None = None,
        tags: str | Iterable[str] = (),
        limit: int | None = 100,
    ) -> list[BackendJob | StoredJob]:
        """The jobs that fit, the newest first.

        Args:
            status: "queued", "running", "done", "cancelled" or "error", Qiskit's `JobStatus`, or
                a list of these; None for any.
            backend: Name of their backend; None for any.
            since: Accepted then or later; without a time zone it is local time.
            tags: Tags, all of which they have.
            limit: At most so many; None for all.

        Raises:
            OptionValueError: If a filter is not allowed.
            JobError: If the provider has no store.
        """
        return self._jobs.jobs(status=status, backend=backend, since=since, tags=tags, limit=limit)

    @property
    def _jobs(self) -> JobFinder:
        return JobFinder(self._store, self._backend_of, "this provider")

    def _backend_of(self, head: JobHead) -> DeviceBackend:
        return backend_of(head, provider=self, **self._kept, **self._options)

    def backends(
        self,
        name: str | None = None,
        filters: Callable[[Any], bool] | None = None,
        **facts: Any,
    ) -> list[Any]:
        """The backends that fit; only that of the given name is read from its file.

        Args:
            name: Their name; None for any.
            filters: True for a backend that fits; None for all.
            **facts: Attributes that they must have, or with `min_` in front the least they must
                be.
        """
        names = [device for device in devices() if name in (None, device)]
        return fitting(self._load(names), filters, facts)

    def _all_backends(self) -> Iterable[DeviceBackend]:
        return self._load(devices())

    def _load(self, names: Iterable[str]) -> Iterator[DeviceBackend]:
        return (load(name, provider=self, **self._kept, **self._options) for name in names)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({', '.join(devices())})>"
