"""/api/cameras: which there are, how they are, and what they see now."""

import threading
from collections import Counter
from typing import Annotated, Any

import structlog
from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import APIRouter, Query, WebSocket

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.role import Permission
from vigilanza.store.queries import Queries
from vigilanza.web.auth import Guard, Operator
from vigilanza.web.line import Line, Wish
from vigilanza.web.permit import needs
from vigilanza.web.present import blind_since
from vigilanza.web.problem import Problem
from vigilanza.web.seen import Cameras
from vigilanza.web.viewings import Viewings

log = structlog.get_logger(__name__)

PER_SESSION = 40
"""A page shows about twenty at once, and who scrolls opens new ones while the old ones still close."""
IN_ALL = 120
LIMIT = 200


class WallRoutes:
    """Who looks is in the audit chain before the first picture leaves, and that it ended, too.

    `lines` says how many are open, `refused` how many were turned away because there were too many.
    """

    def __init__(
        self,
        *,
        cameras: Cameras,
        queries: Queries,
        guard: Guard,
        viewings: Viewings,
        clock: Clock,
        stop: threading.Event,
    ) -> None:
        self._cameras, self._queries, self._guard = cameras, queries, guard
        self._viewings, self._clock, self._stop = viewings, clock, stop
        self._threads = CapacityLimiter(IN_ALL)
        self._open: Counter[str] = Counter()
        self.refused = 0

    @property
    def lines(self) -> int:
        """Open now."""
        return self._open.total()

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/cameras", tags=["cameras"])
        router.get("", dependencies=[needs(Permission.SEE_PICTURES)])(self.all)
        router.websocket("/{camera}/live", dependencies=[needs(Permission.SEE_PICTURES)])(self.live)
        return router

    def all(self, _: Operator) -> dict[str, Any]:
        """Each camera, with the open incident about the camera itself, or null. Not audited: it shows no picture."""
        blind = blind_since(self._queries.incidents(LIMIT, include_closed=False))
        names = self._cameras.names()
        return {"now": self._clock.now(), "cameras": [{"id": name, "blind": blind.get(name)} for name in names]}

    async def live(
        self,
        socket: WebSocket,
        camera: str,
        operator: Operator,
        large: bool = False,
        stills: Annotated[float | None, Query(ge=1.0, le=60.0)] = None,
    ) -> None:
        """What a camera sees now, see line.py. Audited."""
        token = self._guard.token_of(socket) or ""
        await socket.accept()
        line = Line(
            socket,
            cameras=self._cameras,
            clock=self._clock,
            stop=self._stop,
            threads=self._threads,
            may_look=lambda: self._may_look(token),
        )
        if camera not in self._cameras.names():
            await line.end("no_camera")
        elif self._open[token] >= PER_SESSION or self.lines >= IN_ALL:
            self.refused += 1
            await line.end("too_many")
        else:
            self._open[token] += 1
            try:
                await self._show(line, operator, Wish(camera, large, stills))
            finally:
                self._open -= Counter({token: 1})

    def _may_look(self, token: str) -> bool:
        account = self._guard.account_of(token)
        return account is not None and account.may(Permission.SEE_PICTURES)

    async def _show(self, line: Line, operator: str, wish: Wish) -> None:
        try:
            await to_thread.run_sync(self._viewings.write, operator, "live.viewed", wish.camera)
        except Problem as problem:
            await line.end(problem.code)
            return
        began = self._clock.monotonic()
        try:
            await line.show(wish)
        finally:
            with CancelScope(shield=True):
                seconds = self._clock.monotonic() - began
                await to_thread.run_sync(self._note_end, operator, wish.camera, seconds)

    def _note_end(self, operator: str, camera: str, seconds: float) -> None:
        try:
            self._viewings.end(operator, "live.ended", camera, seconds)
        except JournalUnavailable as error:
            log.error("that a viewing ended is not written", operator=operator, camera=camera, why=str(error))
