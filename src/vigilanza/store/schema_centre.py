"""What a centre knows of its sites, besides their incidents, and a site of its centre."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from vigilanza.store.schema_base import Position, metadata

site_incidents = Table(
    "site_incidents",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("incident", Uuid, primary_key=True),
    Column("here", Uuid, nullable=False, unique=True),
)
"""Which incident `here` is which of a site's: the same id, unless another site was first to use it. No foreign key: it
is written before its incident, whose alerts name the site.
"""

arrivals = Table(
    "arrivals",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False),
    Column("dispatch", Uuid, nullable=False),
    Column("line", Uuid, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("arrived_at", Double, nullable=False),
    UniqueConstraint("site", "dispatch"),
    Index("arrivals_number", "site", "line", "number"),
)
"""Every dispatch that was taken, once."""

arrival_gaps = Table(
    "arrival_gaps",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("line", Uuid, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("noticed_at", Double, nullable=False),
)
"""Dispatches that a site sent, as others of it say, and that have not come."""

site_standings = Table(
    "site_standings",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("heard_at", Double),
    Column("pulse_at", Double),
    Column("taken", BigInteger, nullable=False),
    Column("lag", Double),
    Column("refused", BigInteger, nullable=False),
    Column("refused_at", Double),
)
"""`heard_at`: when something genuine came last, by our clock; `pulse_at`: its latest sign of life, by its own; `lag`:
seconds from what happened to our knowing it, of the latest dispatch; `taken`, `refused`: how many ever.
"""

site_editions = Table(
    "site_editions",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("configuration", String(64), nullable=False),
)
"""What each site says that it runs."""

refused_dispatches = Table(
    "refused_dispatches",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("site", String(64), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("why", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""What was not taken, as it came: for a person to judge, and to be taken after all."""

site_orders = Table(
    "site_orders",
    metadata,
    Column("work_order", String(40), ForeignKey("work_orders.id"), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("confirmed", BigInteger, nullable=False),
    Column("confirmed_at", Double),
    Column("why", Text),
    Index(
        "site_orders_unconfirmed",
        "changed_at",
        sqlite_where=text("confirmed < revision"),
        postgresql_where=text("confirmed < revision"),
    ),
)
"""At a centre: each work order for a door of a site. `revision`: how often it was changed, its grant included, `by` and
`changed_at` of the last time; `confirmed`: the last change that the site has taken; `why` it does not take the latest.
"""

centre_orders = Table(
    "centre_orders",
    metadata,
    Column("work_order", String(40), primary_key=True),
    Column("centre", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)
"""At a site: each work order that the destination `centre` told of; the last change known, and the hash of its words.
No foreign key: one that was over when it was heard of is noted here alone, so that nothing older counts after it.
"""

picture_wishes = Table(
    "picture_wishes",
    metadata,
    Column("incident", Uuid, primary_key=True),
    Column("site", String(64), nullable=False),
    Column("there", Uuid, nullable=False),
    Column("by", Text, nullable=False),
    Column("wanted_at", Double, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("next_at", Double, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("tried_at", Double),
    Column("listed_at", Double),
    Column("away", Boolean, nullable=False),
    Column("why", Text),
    Index("picture_wishes_open", "next_at", sqlite_where=text("open"), postgresql_where=text("open")),
)
"""At a centre: the incidents of sites whose pictures were wanted, `by` whom last; `there`: the incident's id at `site`.
`pinned`: because it was confirmed. `open`: the site is asked (again) from `next_at` on; `away`: it gave no answer the
last time, `why` it gave no picture else.
"""

site_pictures = Table(
    "site_pictures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("incident", Uuid, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("suffix", String(9), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("covered", Boolean, nullable=False),
    Column("until", Double, nullable=False, index=True),
)
"""At a centre: what a site says it has of an incident, by the ids that copies have in `media`. A copy is deleted at
`until`, when the site deletes what it was made of, or before.
"""
