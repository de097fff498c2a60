"""What this box last knew of the leases, on its own disk: for a start without a server, and for `vigilanza status`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from vigilanza.app.share import Share, shares_of
from vigilanza.app.wholefile import write_whole
from vigilanza.cluster.leasetable import read_table, table_to_json
from vigilanza.config import Config
from vigilanza.domain.errors import ClusterUnavailable
from vigilanza.domain.lease import Lease, LeaseTable

log = structlog.get_logger(__name__)


def lease_notes(config: Config) -> list["LeaseNote"]:
    """Of all watching processes of this box; none where it shares no cameras."""
    sharing, state = config.sharing, config.storage.state
    return [] if sharing is None else [LeaseNote.of(state, one, one.box(sharing)) for one in shares_of(config)]


@dataclass(frozen=True, slots=True)
class LeaseNote:
    """One file of one process; `box` is the name under which it holds leases."""

    path: Path
    box: str

    @staticmethod
    def of(state: Path, share: Share, box: str) -> "LeaseNote":
        """In `storage.state`."""
        return LeaseNote(state / f"leases{share.suffix}.json", box)

    def keep(self, table: LeaseTable, *, reachable: bool) -> None:
        """In place of what was kept; what the disk does not take is said."""
        told = {"box": self.box, "reachable": reachable, "table": json.loads(table_to_json(table))}
        try:
            write_whole(self.path, json.dumps(told).encode())
        except OSError as error:
            log.error("which cameras are ours is not kept for a restart", why=error.strerror)

    def leases(self) -> Mapping[str, Lease]:
        """By camera, as the process last said."""
        table = self.last()
        return {} if table is None else table.leases

    def holds(self, camera: str) -> bool:
        """Whether the process, as it last said, watches the camera."""
        lease = self.leases().get(camera)
        return lease is not None and lease.holder == self.box

    def was_reachable(self) -> bool:
        """False if no server answered when this was kept."""
        try:
            return bool(json.loads(self.path.read_bytes())["reachable"])
        except (OSError, ValueError, KeyError, TypeError):
            return True

    def last(self) -> LeaseTable | None:
        """What was kept; None if nothing was, or under another name, or nothing that can be read."""
        try:
            told = json.loads(self.path.read_bytes())
            table = read_table(json.dumps(told["table"]).encode(), 0)
            return table if told["box"] == self.box and table.leases else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, ClusterUnavailable) as error:
            log.error("which cameras were ours is not known", file=str(self.path), why=str(error))
            return None
