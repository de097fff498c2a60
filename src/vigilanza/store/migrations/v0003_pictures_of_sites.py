"""A centre fetches pictures of its sites."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"

_OPEN = sa.text("open")


def upgrade(op: Operations) -> None:
    """They all stayed there before."""
    op.create_table(
        "picture_wishes",
        sa.Column("incident", sa.Uuid, primary_key=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("there", sa.Uuid, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("wanted_at", sa.Double, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("next_at", sa.Double, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("tried_at", sa.Double),
        sa.Column("listed_at", sa.Double),
        sa.Column("away", sa.Boolean, nullable=False),
        sa.Column("why", sa.Text),
    )
    op.create_index("picture_wishes_open", "picture_wishes", ["next_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "site_pictures",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("incident", sa.Uuid, nullable=False, index=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("start", sa.Double, nullable=False),
        sa.Column("end", sa.Double, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("suffix", sa.String(9), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("covered", sa.Boolean, nullable=False),
        sa.Column("until", sa.Double, nullable=False, index=True),
    )
