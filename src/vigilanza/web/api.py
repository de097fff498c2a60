"""The control room's server: page, API and live line in one app."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI
from prometheus_client import CollectorRegistry

from vigilanza.clock import Clock
from vigilanza.domain.safeguards import Safeguards
from vigilanza.store.viewings import ViewingBook
from vigilanza.web.accounts import AccountRoutes
from vigilanza.web.audit import AuditRoutes
from vigilanza.web.auth import Guard, Operator, require_own_origin
from vigilanza.web.bearer import Bearers
from vigilanza.web.calls import CallRoutes
from vigilanza.web.deliveries import DeliveryRoutes
from vigilanza.web.errand import Errands
from vigilanza.web.exercise import Exercise, ExerciseRoutes
from vigilanza.web.exports import ExportRoutes
from vigilanza.web.find import FindRoutes, NoScout, Scout
from vigilanza.web.handover import HandoverRoutes
from vigilanza.web.health import HealthRoutes
from vigilanza.web.history import HistoryRoutes
from vigilanza.web.holds import HoldRoutes
from vigilanza.web.incidents import IncidentRoutes
from vigilanza.web.layouts import Board, LayoutRoutes, NoBoard
from vigilanza.web.lines import LineRoutes
from vigilanza.web.live import ChangeFeed, LiveRoutes
from vigilanza.web.media import MediaRoutes
from vigilanza.web.oidc import OidcRoutes
from vigilanza.web.page import Assets, PageRoutes
from vigilanza.web.past import PastRoutes
from vigilanza.web.phonetasks import TaskRoutes
from vigilanza.web.pictures import LinkTerms, PictureRoutes
from vigilanza.web.plans import PlanRoutes
from vigilanza.web.problem import translate_problems
from vigilanza.web.provider import IdentityProvider
from vigilanza.web.safeguards import SafeguardRoutes, unchanging
from vigilanza.web.seen import Cameras, NoCameras
from vigilanza.web.sessions import SessionRoutes
from vigilanza.web.setup import SetupCode
from vigilanza.web.shield import Shield
from vigilanza.web.sights import NoSights, SightRoutes, Sights
from vigilanza.web.site import Site
from vigilanza.web.sitepictures import SitePictureRoutes
from vigilanza.web.steps import StepRoutes
from vigilanza.web.stores import Stores
from vigilanza.web.viewings import Viewings
from vigilanza.web.wall import WallRoutes
from vigilanza.web.workorders import WorkOrderRoutes

_ABOUT = """Every answer is JSON; an error is {"error": {"code", "message", "field"?}}. Sign in with POST /api/login and
keep the cookie; every POST then carries the header X-Vigilanza: 1. Programs of others send their token instead, as
Authorization: Bearer TOKEN. What a role may not do is refused with 403 and the code forbidden: docs/roles.md.
Times are UTC in Unix seconds."""


def create_app(
    *,
    stores: Stores,
    clock: Clock,
    site: Site,
    registry: CollectorRegistry | None = None,
    setup: SetupCode | None = None,
    stop: threading.Event | None = None,
    silent: Callable[[], Sequence[str]] = tuple,
    links: LinkTerms = LinkTerms(),  # noqa: B008 - frozen
    wrong_token: Callable[[str], None] = lambda address: None,  # noqa: ARG005 - nobody counts
    cameras: Cameras = NoCameras(),  # noqa: B008 - frozen
    board: Board = NoBoard(),  # noqa: B008 - without state
    sights: Sights = NoSights(),  # noqa: B008 - without state
    scout: Scout = NoScout(),  # noqa: B008 - without state
    provider: IdentityProvider | None = None,
    wanted: Callable[[], Safeguards] = unchanging,
    exercise: Exercise | None = None,
) -> FastAPI:
    """The app, ready for uvicorn.

    `setup`: the code with which the first operator may be made on the page; without it that is closed. Set `stop`
    (also `app.state.stop`) before asking the server to exit: then pages that listen do not hold it up. `silent` names
    the parts of the box that give no sign of life; `links`: how pictures are shown to those outside; `wrong_token`: is
    told the address of each program whose token is nobody's; `cameras`: who has the live ones; `board`: where doors and
    masks are drawn; `sights`: what the detectors see; `scout`: finds cameras; `provider`: who else may say who is
    signing in; `wanted`: what the file says now of protection; `exercise`: what is practised on this page, which then
    says so everywhere.
    """
    stop = stop or threading.Event()
    bearers = Bearers(tokens=stores.tokens, clock=clock, wrong=wrong_token)
    guard = Guard(accounts=stores.accounts, bearers=bearers, exercise=exercise is not None)
    feed = ChangeFeed(queries=stores.queries, clock=clock, stop=stop)
    viewings, live = Viewings(ViewingBook(audit=stores.audit, clock=clock)), LiveRoutes(feed=feed, guard=guard)
    health = HealthRoutes(queries=stores.queries, registry=registry or CollectorRegistry(), silent=silent)
    wall = WallRoutes(cameras=cameras, queries=stores.queries, guard=guard, viewings=viewings, clock=clock, stop=stop)
    health.count(live=live, wall=wall, viewings=viewings)
    routes = (
        *_doors(stores, guard, setup, site, provider, clock),
        *_of_the_stores(stores, site, viewings, clock),
        PictureRoutes(terms=links, releases=stores.releases, audit=stores.audit, clock=clock).router(),
        SafeguardRoutes(book=stores.safeguards, wanted=wanted).router(),
        *_of_setting_up(stores, viewings, Errands(clock=clock, stop=stop), board=board, sights=sights, scout=scout),
        live.router(),
        wall.router(),
        health.router(),
        *(ExerciseRoutes(one).router() for one in (exercise,) if one is not None),
    )
    return _assemble(routes, guard=guard, feed=feed, stop=stop)


def _doors(
    stores: Stores, guard: Guard, setup: SetupCode | None, site: Site, provider: IdentityProvider | None, clock: Clock
) -> Iterator[APIRouter]:
    """The page, and the ways in."""
    accounts, label = stores.accounts, None if provider is None else provider.label
    yield PageRoutes(accounts=accounts, guard=guard, setup=setup, site=site, provider=label).router()
    yield SessionRoutes(accounts=accounts, guard=guard, setup=setup).router()
    if provider is not None:
        yield OidcRoutes(provider=provider, identities=stores.identities, guard=guard, clock=clock).router()


def _of_setting_up(
    stores: Stores, viewings: Viewings, errands: Errands, *, board: Board, sights: Sights, scout: Scout
) -> Iterator[APIRouter]:
    """How cameras are found, where their doors are drawn, and what the detectors see of them."""
    yield FindRoutes(scout=scout, audit=stores.audit, errands=errands).router()
    yield LayoutRoutes(board=board, audit=stores.audit, viewings=viewings).router()
    yield SightRoutes(sights=sights, viewings=viewings).router()


def _of_the_stores(stores: Stores, site: Site, viewings: Viewings, clock: Clock) -> tuple[APIRouter, ...]:
    """What can be asked of the records."""
    return (
        IncidentRoutes(stores=stores, site=site, viewings=viewings, clock=clock).router(),
        StepRoutes(stores.aftermath).router(),
        CallRoutes(aftermath=stores.aftermath, site=site, clock=clock).router(),
        PastRoutes(stores=stores, viewings=viewings, clock=clock).router(),
        PlanRoutes(site.plans).router(),
        HandoverRoutes(stores=stores, site=site, clock=clock).router(),
        WorkOrderRoutes(orders=stores.orders, site=site, clock=clock).router(),
        DeliveryRoutes(outbox=stores.outbox, write_offs=stores.write_offs, clock=clock).router(),
        LineRoutes(
            lines=stores.lines,
            outbox=stores.outbox,
            journal=stores.journal,
            site=site,
            clock=clock,
        ).router(),
        TaskRoutes(tasks=stores.tasks, telephones=site.telephones, clock=clock).router(),
        HistoryRoutes(stores=stores, site=site, clock=clock).router(),
        HoldRoutes(stores.holds, ZoneInfo(site.timezone)).router(),
        ExportRoutes(stores.exports).router(),
        MediaRoutes(media=stores.media, viewings=viewings).router(),
        SitePictureRoutes(stores.site_pictures, site).router(),
        AccountRoutes(accounts=stores.accounts, roster=stores.roster, tokens=stores.tokens).router(),
        _audit(stores, viewings, site).router(),
    )


def _audit(stores: Stores, viewings: Viewings, site: Site) -> AuditRoutes:
    return AuditRoutes(audit=stores.audit, log=stores.audit_log, viewings=viewings, timezone=site.timezone)


def _assemble(routes: tuple[APIRouter, ...], *, guard: Guard, feed: ChangeFeed, stop: threading.Event) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        feed.start()
        yield
        feed.close()

    app = FastAPI(
        title="Vigilanza",
        description=_ABOUT,
        lifespan=lifespan,
        dependencies=[Depends(require_own_origin)],
        # The ready-made documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.guard, app.state.stop, app.state.routers = guard, stop, routes
    translate_problems(app)
    for router in routes:
        app.include_router(router)

    @app.get("/api/openapi.json", tags=["health"])
    def describe(_: Operator) -> dict[str, Any]:
        """This API in OpenAPI's words."""
        return app.openapi()

    app.mount("/static", Assets())
    app.add_middleware(Shield)
    return app
