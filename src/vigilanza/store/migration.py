"""Brings a database forward to the schema of this version, step by step, from that of any former one."""

from pathlib import Path

import structlog
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

log = structlog.get_logger(__name__)

_STEPS = str(Path(__file__).with_name("migrations"))


def migrate(connection: Connection, *, to: str) -> None:
    """Take the steps up to `to` that it lacks, all within the transaction of the caller, who sees to it that nobody
    else takes them meanwhile. What a later version has made is left as it is.
    """
    steps, context = ScriptDirectory(_STEPS, version_locations=[_STEPS]), MigrationContext.configure(connection)
    found = context.get_current_revision()
    if found is not None and found not in {one.revision for one in steps.walk_revisions()}:
        log.warning("the database was made by a later version, and is used as it is", revision=found, ours=to)
        return
    if inspect(connection).has_table("meta"):
        log.info("the schema of the database is brought forward", to=to, since=found or "before steps were counted")
    for step in reversed(list(steps.iterate_revisions(to, found or "base"))):
        step.module.upgrade(Operations(context))
        context.stamp(steps, step.revision)
