"""Work orders for a recording, from a JSON file: times in seconds of the clip, or by the clock."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Any

from vigilanza.domain.door import Door
from vigilanza.domain.errors import ConfigError, WorkOrderRefused
from vigilanza.domain.grant import check_door
from vigilanza.domain.moment import read_moment
from vigilanza.domain.workorder import WorkOrder


def read_clip_orders(
    path: Path, *, doors: Sequence[Door], start_at: float, began: float | None, zone: tzinfo
) -> tuple[WorkOrder, ...]:
    """The order, or the list of orders, in the file at `path`; keys it does not know are let be.

    Each has `id`, `door` and either `t_from` and `t_to` (seconds from the first picture) or `from` and `to` (ISO 8601,
    without an offset in `zone`), which need `began`: when the first picture was taken (UTC, Unix seconds). `start_at`
    is that picture's time in the replay. ConfigError names file and key.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"--order: {path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"--order: {path}: is not JSON: {error}") from error
    orders = []
    for raw in found if isinstance(found, list) else [found]:
        try:
            orders.append(_order(raw, doors, start_at, began, zone))
        except WorkOrderRefused as error:
            raise ConfigError(f"--order: {path}: {error.field}: {error}") from error
    return tuple(orders)


def _order(raw: Any, doors: Sequence[Door], start_at: float, began: float | None, zone: tzinfo) -> WorkOrder:
    if not isinstance(raw, dict):
        raise WorkOrderRefused("order", "is a JSON object, or a list of them")
    door = _text(raw, "door")
    check_door(door, {one.id: one.role for one in doors})
    first, last = (_moment(raw, name, start_at, began, zone) for name in ("from", "to"))
    if not last > first:
        raise WorkOrderRefused("t_to" if "t_to" in raw else "to", "the end must be later than the start")
    return WorkOrder(_text(raw, "id"), door, first, last)


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise WorkOrderRefused(key, "is missing, or no text")
    return value


def _moment(raw: Mapping[str, Any], name: str, start_at: float, began: float | None, zone: tzinfo) -> float:
    seconds = raw.get(f"t_{name}")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and math.isfinite(seconds):
        return start_at + seconds
    if seconds is not None:
        raise WorkOrderRefused(f"t_{name}", "is a number of seconds")
    text = _text(raw, name)
    if began is None:
        raise WorkOrderRefused(name, "a time by the clock needs --began, when the recording began")
    try:
        return start_at + read_moment(text, zone) - began
    except ValueError as error:
        raise WorkOrderRefused(name, str(error)) from error
