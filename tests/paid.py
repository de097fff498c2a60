"""Debts that end without a receipt."""

from sqlalchemy import Engine

from vigilanza.domain.delivery import Delivery
from vigilanza.store.writeoff import WriteOffs


def written_off(engine: Engine, delivery: Delivery, why: str, now: float) -> None:
    """By two persons."""
    write_offs = WriteOffs(engine)
    write_offs.ask(delivery.alert.id, by="anna", why=why, now=now)
    write_offs.grant(delivery.alert.id, by="bruna", now=now)
