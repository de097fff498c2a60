"""/pictures/TOKEN: a clip or still for a destination outside, by a signed link instead of a session."""

import asyncio
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send

from vigilanza.clock import Clock
from vigilanza.domain.errors import JournalUnavailable, UnknownRecord
from vigilanza.domain.picturelink import PATH, PictureLink, read_link
from vigilanza.store.audit import AuditChain
from vigilanza.store.medium import MediaItem
from vigilanza.store.releases import Releases
from vigilanza.web.problem import Problem
from vigilanza.web.turnstile import Turnstile

TRANSFER_S = 300.0
"""Who takes no more of a file for so long keeps nobody else waiting."""
_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """`key` signs the links, None where there are none; `destinations` may have them. `wrong` is told the address of
    each that comes with a token nobody signed.
    """

    key: bytes | None = field(default=None, repr=False)
    destinations: Collection[str] = ()
    wrong: Callable[[str], None] = lambda address: None  # noqa: ARG005 - nobody counts


class PictureRoutes:
    """Each fetch, also of a part, is in the audit chain before the first byte leaves."""

    def __init__(self, *, terms: LinkTerms, releases: Releases, audit: AuditChain, clock: Clock) -> None:
        self._terms, self._releases, self._audit, self._clock = terms, releases, audit, clock
        self._turnstile = Turnstile(clock=clock)

    def router(self) -> APIRouter:
        """The route, to be included in the app."""
        router = APIRouter(prefix=f"/{PATH}", tags=["pictures"])
        router.get("/{token}", response_class=FileResponse)(self.one)
        return router

    def one(self, token: str, request: Request) -> FileResponse:
        """The file's bytes, or the part asked for with Range. No session: the token is all it takes. Audited."""
        peer = "" if request.client is None else request.client.host
        link = self._read(token, peer)
        if not self._turnstile.enter(link.destination):
            raise Problem(429, "too_many", "this destination fetches too much at once", retry_after=_AGAIN_S)
        try:
            return self._show(link, peer)
        except BaseException:
            self._turnstile.leave(link.destination)
            raise

    def _read(self, token: str, peer: str) -> PictureLink:
        with suppress(ValueError):
            if self._terms.key is not None:
                link = read_link(token, self._terms.key)
                if link.destination in self._terms.destinations:
                    return link
        self._terms.wrong(peer)
        raise Problem(404, "not_found", "there is no such link")

    def _show(self, link: PictureLink, peer: str) -> FileResponse:
        if self._clock.now() >= link.expires_at:
            raise Problem(410, "expired", "the link was good for a short time only: ask the operators for the picture")
        try:
            item = self._releases.find(link.medium)
            path = self._releases.path(item)
            found = path.stat()
        except (UnknownRecord, FileNotFoundError) as error:
            raise Problem(410, "gone", "the picture was deleted, or its incident was withdrawn") from error
        self._write_down(link, item, peer)
        return _Transfer(
            path,
            media_type=item.mime_type,
            stat_result=found,
            headers={"Content-Disposition": "inline", "Cache-Control": "no-store"},
            on_end=lambda: self._turnstile.leave(link.destination),
        )

    def _write_down(self, link: PictureLink, item: MediaItem, peer: str) -> None:
        try:
            self._audit.append(
                # An operator may have the name of a destination.
                who=f"destination/{link.destination}",
                action="picture.fetched",
                subject=str(item.id),
                detail={"incident": str(item.incident), "kind": item.kind, "peer": peer},
            )
        except JournalUnavailable as error:
            raise Problem(503, "audit_unavailable", "the audit chain does not answer: nothing is shown") from error


class _Transfer(FileResponse):
    """Says when it has ended, which it does in TRANSFER_S."""

    def __init__(
        self,
        path: os.PathLike[str],
        *,
        media_type: str,
        stat_result: os.stat_result,
        headers: dict[str, str],
        on_end: Callable[[], None],
    ) -> None:
        super().__init__(path, media_type=media_type, stat_result=stat_result, headers=headers)
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with suppress(TimeoutError):  # the server cuts a line whose answer is not complete
                async with asyncio.timeout(TRANSFER_S):
                    await super().__call__(scope, receive, send)
        finally:
            self._on_end()
