"""The table of leases as text."""

import json

from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.lease import Lease, LeaseTable


def table_to_json(table: LeaseTable) -> bytes:
    """For `read_table`."""
    leases = {name: [one.holder, one.token, one.heir, one.urgent] for name, one in table.leases.items()}
    return json.dumps({"boxes": dict(table.boxes), "leases": leases}, separators=(",", ":")).encode()


def read_table(raw: bytes, revision: int) -> LeaseTable:
    """Inverse of `table_to_json`. ClusterUnavailable if it is none."""
    try:
        told = json.loads(raw)
        leases = {
            str(name): Lease(str(holder), int(token), None if heir is None else str(heir), bool(urgent))
            for name, (holder, token, heir, urgent) in told["leases"].items()
        }
        boxes = {str(name): int(room) for name, room in told["boxes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ClusterUnavailable(f"the table of leases cannot be read: delete its bucket ({error})") from error
    return LeaseTable(leases, boxes, revision)
