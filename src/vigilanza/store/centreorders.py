"""Work orders that come from the centre: each change taken once, and nothing older than what is known."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from vigilanza.clock import Clock
from vigilanza.domain.door import Role
from vigilanza.domain.errors import InstructionRefused, UnknownRecord, WorkOrderRefused
from vigilanza.domain.grant import check_door, check_grant
from vigilanza.domain.instruction import Answer, Instruction, Outcome, encode_instruction
from vigilanza.domain.wording import check_line
from vigilanza.domain.workorder import WorkOrder
from vigilanza.store.audit import append_record
from vigilanza.store.database import writing
from vigilanza.store.orderrows import ADDED, ENDED, EXTENDED, change_end, find_order, insert_order, note
from vigilanza.store.schema_centre import centre_orders


class CentreOrders:
    """What the destination `centre` says of work orders at this site's doors."""

    def __init__(self, *, engine: Engine, centre: str, doors: Mapping[str, Role], clock: Clock) -> None:
        self._engine, self._centre, self._doors, self._clock = engine, centre, doors, clock

    def take(self, instruction: Instruction) -> Answer:
        """What is new counts from now on, and is in the audit chain; the same again changes nothing.

        InstructionRefused if it cannot count here, JournalUnavailable if nothing was recorded.
        """
        try:
            with writing(self._engine) as connection:
                outcome = self._take(connection, instruction)
        except (IntegrityError, DataError) as error:
            raise InstructionRefused(f"the database does not take it: {type(error.orig).__name__}") from error
        return Answer(instruction.site, instruction.order.id, instruction.revision, outcome)

    def _take(self, connection: Connection, instruction: Instruction) -> Outcome:
        order_id, digest = instruction.order.id, hashlib.sha256(encode_instruction(instruction)).hexdigest()
        held = connection.execute(select(centre_orders).where(centre_orders.c.work_order == order_id)).first()
        standing = _standing(connection, order_id)
        self._check(instruction, digest, held, standing)
        if held is not None and held.revision == instruction.revision:
            is_so = standing is not None and standing.ends_at >= instruction.order.ends_at
            return Outcome.TAKEN if is_so else Outcome.LATE
        outcome = self._apply(connection, instruction, standing)
        _keep(connection, instruction, self._centre, digest, first=held is None)
        return outcome

    def _check(
        self, instruction: Instruction, digest: str, held: "Row[tuple[object]] | None", standing: WorkOrder | None
    ) -> None:
        order = instruction.order
        if (standing is not None and standing.centre != self._centre) or (held and held.centre != self._centre):
            raise InstructionRefused(
                f"there is a work order {order.id} here already that is not yours: take another id"
            )
        if held is not None and instruction.revision < held.revision:
            raise InstructionRefused(f"change {held.revision} of work order {order.id} is known here already")
        if held is not None and instruction.revision == held.revision and held.sha256 != digest:
            raise InstructionRefused(
                f"change {held.revision} of work order {order.id} is known here, and says something else: was the "
                "centre's database put back to an older one? Grant a new order, with another id"
            )
        if standing is not None and (standing.door, standing.starts_at) != (order.door, order.starts_at):
            raise InstructionRefused(f"work order {order.id} has another door or start here: grant a new one")

    def _apply(self, connection: Connection, instruction: Instruction, standing: WorkOrder | None) -> Outcome:
        order, now = instruction.order, self._clock.now()
        over = order.ends_at <= now
        if over and (standing is None or standing.ends_at <= now):
            detail = {"door": order.door, "to": order.ends_at, "revision": instruction.revision}
            by = f"{self._centre}/{instruction.by}"
            append_record(connection, at=now, who=by, action="work_order.late", subject=order.id, detail=detail)
            return Outcome.LATE
        try:
            check_line("by", instruction.by, 100, WorkOrderRefused)
            if not over:
                check_door(order.door, self._doors)
                check_grant(order, now)
        except WorkOrderRefused as error:
            raise InstructionRefused(f"{error.field}: {error}") from error
        if standing is None:
            self._add(connection, instruction, now)
        else:
            # Until now it did cover its door here, whenever it was ended at the centre.
            self._change(connection, instruction, standing, now if over else order.ends_at, now)
        return Outcome.TAKEN

    def _add(self, connection: Connection, instruction: Instruction, now: float) -> None:
        told = instruction.order
        order = replace(told, granted_by=f"{self._centre}/{told.granted_by}")
        insert_order(connection, order)
        detail = {"door": order.door, "from": order.starts_at, "to": order.ends_at, "who": order.who}
        self._note(connection, instruction, order, ADDED, now, detail | {"reason": order.reason})

    def _change(
        self, connection: Connection, instruction: Instruction, standing: WorkOrder, until: float, now: float
    ) -> None:
        change_end(connection, standing, until)
        what = ENDED if until < standing.ends_at else EXTENDED
        detail: dict[str, object] = {"door": standing.door, "to": until, "before": standing.ends_at}
        self._note(connection, instruction, replace(standing, ends_at=until), what, now, detail)

    def _note(
        self,
        connection: Connection,
        instruction: Instruction,
        order: WorkOrder,
        what: str,
        now: float,
        detail: Mapping[str, object],
    ) -> None:
        by, counted = f"{self._centre}/{instruction.by}", {**detail, "revision": instruction.revision}
        note(connection, order, what, by=by, at=now, detail=counted)


def _standing(connection: Connection, order_id: str) -> WorkOrder | None:
    try:
        return find_order(connection, order_id)
    except UnknownRecord:
        return None


def _keep(connection: Connection, instruction: Instruction, centre: str, digest: str, *, first: bool) -> None:
    row = {"centre": centre, "revision": instruction.revision, "sha256": digest}
    if first:
        connection.execute(insert(centre_orders).values(work_order=instruction.order.id, **row))
    else:
        mine = centre_orders.c.work_order == instruction.order.id
        connection.execute(update(centre_orders).where(mine).values(row))
