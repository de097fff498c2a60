"""What the control room reads and writes."""

from dataclasses import dataclass

from vigilanza.store.accounts import Accounts
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditlog import AuditLog
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.handovers import Handovers
from vigilanza.store.history import History
from vigilanza.store.holds import Holds
from vigilanza.store.identities import Identities
from vigilanza.store.journal import Journal
from vigilanza.store.lines import Lines
from vigilanza.store.media import MediaStore
from vigilanza.store.outbox import Outbox
from vigilanza.store.queries import Queries
from vigilanza.store.releases import Releases
from vigilanza.store.roster import Roster
from vigilanza.store.safeguards import SafeguardBook
from vigilanza.store.sitepictures import SitePictures
from vigilanza.store.tasks import Tasks
from vigilanza.store.tokens import ApiTokens
from vigilanza.store.workorders import WorkOrders
from vigilanza.store.writeoff import WriteOffs


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one database, and the media beside it."""

    queries: Queries
    journal: Journal
    outbox: Outbox
    accounts: Accounts
    audit: AuditChain
    media: MediaStore
    orders: WorkOrders
    tasks: Tasks
    holds: Holds
    releases: Releases
    roster: Roster
    tokens: ApiTokens
    exports: ExportDesk
    history: History
    identities: Identities
    aftermath: Aftermath
    handovers: Handovers
    lines: Lines
    audit_log: AuditLog
    safeguards: SafeguardBook
    write_offs: WriteOffs
    site_pictures: SitePictures
