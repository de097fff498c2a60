"""A centre knows what its sites run."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0004"
down_revision = "0003"


def upgrade(op: Operations) -> None:
    """No site said so before."""
    op.create_table(
        "site_editions",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("configuration", sa.String(64), nullable=False),
    )
