"""What a work order must fulfil before it is granted, extended or ended. Pure."""

import math
import re
from collections.abc import Collection, Mapping

from vigilanza.domain.door import Role
from vigilanza.domain.errors import WorkOrderRefused
from vigilanza.domain.wording import check_line
from vigilanza.domain.workorder import WorkOrder

LONGEST_SECONDS = 14 * 24 * 3600.0
"""From its start to its end, extensions included: longer works are several orders, each looked at anew."""
EARLIEST_SECONDS = 366 * 24 * 3600.0
"""An order is granted no longer than this before it begins: what is later is a slip of the pen."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DOOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TEXTS = (("who", 200), ("reason", 500), ("granted_by", 100))


def check_door(door: str, roles: Mapping[str, Role], sites: Collection[str] = ()) -> None:
    """WorkOrderRefused unless `door` is a sealed one by `roles`, or SITE/DOOR of one of `sites`: they judge it then."""
    site, slash, there = door.partition("/")
    if slash and door not in roles:
        _check_door_there(site, there, sites)
        return
    sealed = sorted(code for code, role in roles.items() if role is Role.SEALED)
    if door not in roles:
        raise WorkOrderRefused("door", f"there is no door {door!r}; sealed are {', '.join(sealed) or 'none'}")
    if roles[door] is not Role.SEALED:
        raise WorkOrderRefused("door", f"{door} is not a sealed door ({roles[door].value}), nothing is raised there")


def _check_door_there(site: str, door: str, sites: Collection[str]) -> None:
    if not sites:
        raise WorkOrderRefused("door", "orders go to no site from here: name centre.key_file in the configuration")
    if site not in sites:
        raise WorkOrderRefused("door", f"there is no site {site!r}; there are {', '.join(sorted(sites)[:20])}")
    if not _DOOR.fullmatch(door):
        raise WorkOrderRefused("door", f"{door!r} is not the code of a door: SITE/DOOR, as its incidents name it")


def is_order_id(text: str) -> bool:
    """Whether an order may have it."""
    return _ID.fullmatch(text) is not None


def check_grant(order: WorkOrder, now: float) -> None:
    """WorkOrderRefused if `order` may not be granted at `now` (UTC, Unix seconds)."""
    if not is_order_id(order.id):
        raise WorkOrderRefused("id", "an id has 1 to 40 letters, digits or . _ - and begins with a letter or digit")
    for field, longest in _TEXTS:
        check_line(field, getattr(order, field), longest, WorkOrderRefused)
    if not math.isfinite(order.starts_at) or order.starts_at > now + EARLIEST_SECONDS:
        raise WorkOrderRefused("from", f"the start is more than {EARLIEST_SECONDS / 86400:.0f} days from now")
    _check_end(order, order.ends_at, now)


def check_extension(order: WorkOrder, until: float, by: str, now: float) -> None:
    """WorkOrderRefused if `by` may not let `order` run until `until`: only later, and only before it has ended."""
    check_line("by", by, 100, WorkOrderRefused)
    check_running(order, now)
    if until <= order.ends_at:
        raise WorkOrderRefused("to", "this is not later than its present end; to shorten an order, end it")
    _check_end(order, until, now)


def check_end(order: WorkOrder, by: str, now: float) -> None:
    """WorkOrderRefused if `by` may not end `order` at `now`."""
    check_line("by", by, 100, WorkOrderRefused)
    check_running(order, now)


def check_running(order: WorkOrder, now: float) -> None:
    """WorkOrderRefused if `order` has ended; one that has not yet begun has not."""
    if now >= order.ends_at:
        raise WorkOrderRefused("id", f"work order {order.id} has ended, grant a new one")


def _check_end(order: WorkOrder, until: float, now: float) -> None:
    if not until > order.starts_at:
        raise WorkOrderRefused("to", "the end must be later than the start")
    if until <= now:
        raise WorkOrderRefused("to", "the end is past already")
    if until - order.starts_at > LONGEST_SECONDS:
        raise WorkOrderRefused("to", f"an order runs at most {LONGEST_SECONDS / 86400:.0f} days, extensions included")
