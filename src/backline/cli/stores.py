"""The store that commands use, and jobs in it by what people type."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from backline.jobs.store import JobRecord, JobStore

VARIABLE = "BACKLINE_STORE"

StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help=f"Where jobs are kept: a file, or postgresql://…; default ${VARIABLE}, or a file in "
        "your data folder.",
    ),
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", "-t", help="A word to find it by; may be repeated.")
]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_SHOWN = 8  # characters of an id


def store_url(given: str | None) -> str:
    """The URL of the store.

    Args:
        given: By option; None for the one of the environment, or the one in the data folder.
    """
    from platformdirs import user_data_path

    return (
        given
        or os.environ.get(VARIABLE)
        or str(user_data_path("backline", appauthor=False) / "jobs.db")
    )


def opened(given: str | None) -> JobStore:
    """The store.

    Args:
        given: By option.

    Raises:
        StoreError: If it cannot be opened.
    """
    from backline.jobs.store import open_store

    return open_store(store_url(given))


def found(store: JobStore, job_id: str) -> JobRecord:
    """The job that somebody means.

    Args:
        store: Where it is.
        job_id: Its id, or the beginning of it, as lists show it.

    Raises:
        JobNotFoundError: If there is none, or there are several.
    """
    from backline.errors import JobNotFoundError
    from backline.jobs.store import JobQuery

    records = store.find(JobQuery(prefix=job_id, limit=2)) if job_id else []
    exact = [record for record in records if record.id == job_id]
    if len(exact or records) == 1:
        return (exact or records)[0]
    if records:
        raise JobNotFoundError(
            f"several jobs have ids that begin with {job_id!r}: write more of it"
        )
    raise JobNotFoundError(f"there is no job {job_id!r} in {store.url}")


def short(job_id: str) -> str:
    """An id as lists show it."""
    return job_id[:_SHOWN]


def moment(text: str, option: str) -> datetime:
    """A moment in the past, as people write it.

    Args:
        text: "2026-05-01", "2026-05-01 14:30", or how long ago: "90m", "12h", "30d".
        option: Where it was written, for the message.

    Raises:
        typer.BadParameter: If it is none of these.
    """
    match = _DURATION.fullmatch(text.strip())
    try:
        if match is not None:
            return datetime.now(UTC) - timedelta(**{_UNITS[match[2]]: float(match[1])})
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is no date (2026-05-01) and no time ago (90m, 12h, 30d)", param_hint=option
        ) from None
