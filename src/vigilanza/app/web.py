"""`vigilanza web`: the control room's page."""

import threading
from collections.abc import Callable, Mapping
from functools import partial

import structlog
from prometheus_client import CollectorRegistry

from vigilanza.app.auditing import open_checkpoints
from vigilanza.app.board import FileBoard
from vigilanza.app.evidence import open_sealer
from vigilanza.app.figures import KeptFigures
from vigilanza.app.livecounts import StudioCounts
from vigilanza.app.memory import Memory, open_memory
from vigilanza.app.pageserver import PageServer
from vigilanza.app.pictures import link_terms
from vigilanza.app.safeguards import written
from vigilanza.app.scout import NetworkScout
from vigilanza.app.sight import TapSights
from vigilanza.app.silence import silence
from vigilanza.app.site import site_of
from vigilanza.app.studio import taps
from vigilanza.app.wall import LiveCameras
from vigilanza.bridge.guesses import Guesses
from vigilanza.clock import Clock
from vigilanza.config import Config
from vigilanza.domain.errors import ConfigError, JournalUnavailable
from vigilanza.domain.role import Role
from vigilanza.store.accounts import Accounts
from vigilanza.store.aftermath import Aftermath
from vigilanza.store.audit import AuditChain
from vigilanza.store.auditlog import AuditLog
from vigilanza.store.evidence.desk import ExportDesk
from vigilanza.store.handovers import Handovers
from vigilanza.store.history import History
from vigilanza.store.holds import Holds
from vigilanza.store.identities import Identities
from vigilanza.store.indexes import LateIndexes
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
from vigilanza.web.api import create_app
from vigilanza.web.exercise import Exercise
from vigilanza.web.provider import OidcProvider
from vigilanza.web.setup import SetupCode
from vigilanza.web.stores import Stores

log = structlog.get_logger(__name__)

RETRY_S = 2.0


def web(
    config: Config, *, environ: Mapping[str, str], clock: Clock, stop: threading.Event, exercise: Exercise | None = None
) -> int:
    """Serve until `stop` is set; 0. `environ` has the secrets of what is saved into the file again.

    With `exercise` it is a page to practise on: no relay runs beside it. ConfigError if the address cannot be listened
    on, or the certificate cannot be used.
    """
    memory = open_memory(config, clock=clock)
    accounts = _accounts(config, memory, clock)
    setup = _drawn_code() if _once_the_journal_answers(partial(_tidy, memory.media, accounts), clock, stop) else None
    chain = AuditChain(engine=memory.engine, clock=clock)
    guesses = {name: Guesses(chain=chain, entrance=name, clock=clock) for name in ("pictures", "api")}
    exports = open_exports(config, memory, clock)
    registry = CollectorRegistry()
    registry.register(KeptFigures(config.storage.state, clock=clock))
    cameras, board = _live(config, clock, registry), FileBoard(config, environ=environ, clock=clock)
    app = create_app(
        stores=open_stores(memory, accounts, exports, clock),
        clock=clock,
        site=site_of(config),
        registry=registry,
        setup=setup,
        stop=stop,
        silent=silence(config, memory, clock) if exercise is None else tuple,
        links=link_terms(config, guesses["pictures"].note),
        wrong_token=guesses["api"].note,
        cameras=cameras,
        board=board,
        sights=TapSights(taps(config), clock=clock),
        scout=NetworkScout(board=board, networks=config.web.camera_networks, clock=clock),
        provider=None if config.web.oidc is None else OidcProvider(config.web.oidc, clock=clock),
        wanted=written(config, environ=environ),
        exercise=exercise,
    )
    points = open_checkpoints(config, memory, clock)
    keepers = [exports.run, *(one.run for one in guesses.values()), *(point.run for point in points)]
    server = PageServer(app, config.web)
    _begin_indexes(memory, clock, stop)
    was_up = server.serve_until(keepers, clock, stop)
    cameras.close()
    if not was_up and not stop.is_set():
        raise ConfigError(f"web: cannot listen on {config.web.host}:{config.web.port}; is it in use?")
    return 0


def _drawn_code() -> SetupCode:
    setup = SetupCode.draw()
    log.info("no operator yet: open the page and make the first one with this code", code=setup.text)
    return setup


def _accounts(config: Config, memory: Memory, clock: Clock) -> Accounts:
    coded = {Role.SUPERVISOR} if config.web.totp == "required" else frozenset[Role]()
    return Accounts(engine=memory.engine, clock=clock, coded=coded)


def _begin_indexes(memory: Memory, clock: Clock, stop: threading.Event) -> None:
    """On a thread that nobody waits for at the end."""
    indexes = LateIndexes(engine=memory.engine, clock=clock)
    threading.Thread(target=indexes.run, args=(stop,), name="indexes", daemon=True).start()


def _live(config: Config, clock: Clock, registry: CollectorRegistry) -> LiveCameras:
    cameras = LiveCameras(cameras=config.cameras, taps=taps(config), clock=clock)
    registry.register(StudioCounts(cameras.small, prefix="vigilanza_web_small"))
    registry.register(StudioCounts(cameras.large, prefix="vigilanza_web_large"))
    return cameras


def open_exports(config: Config, memory: Memory, clock: Clock) -> ExportDesk:
    """Where evidence is asked for; its packages lie beside the state for a while."""
    sealer = open_sealer(config, memory, clock)
    return ExportDesk(engine=memory.engine, clock=clock, folder=config.storage.state / "packages", sealer=sealer)


def open_stores(memory: Memory, accounts: Accounts, exports: ExportDesk, clock: Clock) -> Stores:
    """All that the page needs of one database."""
    engine = memory.engine
    return Stores(
        queries=Queries(engine),
        journal=memory.journal,
        outbox=Outbox(engine),
        accounts=accounts,
        audit=AuditChain(engine=engine, clock=clock),
        media=memory.media,
        orders=WorkOrders(engine=engine, clock=clock),
        tasks=Tasks(engine),
        holds=Holds(engine=engine, clock=clock),
        releases=Releases(engine=engine, store=memory.media),
        exports=exports,
        roster=Roster(engine=engine, clock=clock),
        tokens=ApiTokens(engine=engine, clock=clock),
        history=History(engine),
        identities=Identities(engine=engine, clock=clock),
        aftermath=Aftermath(engine=engine, journal=memory.journal, clock=clock),
        handovers=Handovers(engine=engine, clock=clock),
        lines=Lines(engine),
        audit_log=AuditLog(engine),
        safeguards=SafeguardBook(engine=engine, clock=clock),
        write_offs=WriteOffs(engine),
        site_pictures=SitePictures(engine=engine, clock=clock),
    )


def _tidy(media: MediaStore, accounts: Accounts) -> bool:
    """Bring files and rows of the media in step, if the disk lets us; True if there is no operator yet."""
    try:
        media.sweep()
    except OSError as error:
        log.error("media are not swept", why=error.strerror)
    return not accounts.has_any()


def _once_the_journal_answers(ask: Callable[[], bool], clock: Clock, stop: threading.Event) -> bool:
    """What `ask` says, asked again while the journal is away; False if `stop` comes first."""
    told = False
    while not stop.is_set():
        try:
            return ask()
        except JournalUnavailable as error:
            if not told:
                log.error("journal is away: the page waits for it", why=str(error))
            told = True
            clock.wait(RETRY_S, stop)
    return False
