"""The tables of a database of jobs, and how they came to be what they are."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from backline.errors import StoreError

metadata = sa.MetaData()

# SQLite counts up by itself only where the type is this very one.
_Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("number", _Serial, primary_key=True, autoincrement=True),  # newer is larger
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("backend", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),  # microseconds since 1970, UTC
    sa.Column("started", sa.BigInteger),
    sa.Column("ended", sa.BigInteger),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),  # JSON
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("losses", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("on_restart", sa.Text, nullable=False),
    sa.Column("time_limit", sa.Double),
    sa.Column("cancel_asked", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("jobs_status", "status", "number"),
    sa.Index("jobs_backend", "backend", "number"),
    sa.Index("jobs_created", "created"),
    sa.Index("jobs_owner", "owner", "status"),
)

_ID = ("jobs.id",)

# Apart from the records, so that lists need not read past them.
payloads = sa.Table(
    "payloads",
    metadata,
    sa.Column("id", sa.Text, sa.ForeignKey(*_ID, ondelete="CASCADE"), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
results = sa.Table(
    "results",
    metadata,
    sa.Column("id", sa.Text, sa.ForeignKey(*_ID, ondelete="CASCADE"), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
tags = sa.Table(
    "tags",
    metadata,
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, sa.ForeignKey(*_ID, ondelete="CASCADE"), primary_key=True),
    sa.Index("tags_id", "id"),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("number", _Serial, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, sa.ForeignKey(*_ID, ondelete="CASCADE"), nullable=False),
    sa.Column("time", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("events_id", "id", "number"),
)
owners = sa.Table(
    "owners",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("beat", sa.BigInteger, nullable=False),
)

_versions = sa.Table(
    "backline_schema", sa.MetaData(), sa.Column("version", sa.Integer, primary_key=True)
)

Migration = Callable[[sa.Connection], None]

MIGRATIONS: tuple[Migration, ...] = (metadata.create_all,)
"""From version k to k + 1 each. The last ones may be added to; those before stay as they are."""


def migrate(connection: sa.Connection) -> None:
    """Bring a database to this version.

    Args:
        connection: In a transaction that keeps all others from doing the same.

    Raises:
        StoreError: If it is of a later version.
    """
    _versions.create(connection, checkfirst=True)
    version = connection.scalar(sa.select(sa.func.max(_versions.c.version))) or 0
    if version > len(MIGRATIONS):
        raise StoreError(
            f"this database of jobs has version {version}, made by a later Backline; this one "
            f"knows versions up to {len(MIGRATIONS)}"
        )
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        step(connection)
        connection.execute(_versions.insert().values(version=number))
