"""A centre knows which work orders a site has heard of, a site which ones its centre has granted."""

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0002"
down_revision = "0001"

_UNCONFIRMED = sa.text("confirmed < revision")


def upgrade(op: Operations) -> None:
    """Nothing went down before."""
    op.create_table(
        "site_orders",
        sa.Column("work_order", sa.String(40), sa.ForeignKey("work_orders.id"), primary_key=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.Column("confirmed", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", sa.Double),
        sa.Column("why", sa.Text),
    )
    op.create_index(
        "site_orders_unconfirmed",
        "site_orders",
        ["changed_at"],
        sqlite_where=_UNCONFIRMED,
        postgresql_where=_UNCONFIRMED,
    )
    op.create_table(
        "centre_orders",
        sa.Column("work_order", sa.String(40), primary_key=True),
        sa.Column("centre", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
