"""HTTP Digest beside the library's WS-Security: ONVIF core 5.9 wants both of a device, and many take only this one."""

import asyncio
import socket
import ssl
from typing import Any

from aiohttp import (
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    DigestAuthMiddleware,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult

from onvif import ONVIFCamera
from vigilanza.capture.name import SILENCE, NameLookup, is_address, unresolved
from vigilanza.domain.errors import NotUnderstood, SourceRefused

_LOOKUP_S = 3.0
ANSWER_MAX_BYTES = 4_000_000
"""No camera has more to say at once: descriptions of large ones are some hundred thousand."""


class SignedCamera(ONVIFCamera):  # type: ignore[misc] # the library is not typed
    """The library's camera, whose questions are asked again with a Digest where the camera wants one.

    All services share one session; how long an answer may take is still each service's own affair. `name` looks up
    where `host` is. With `secure` it is asked by HTTPS and never otherwise; `trust` says which certificates are its.
    It is asked at `host`, or at an address of it, and nowhere else, wherever it sends us on to.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        *,
        name: NameLookup,
        secure: bool = False,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        at = f"https://{f'[{host}]' if ':' in host else host}" if secure else host
        super().__init__(at, port, user, password, no_cache=True, adjust_time=True)
        middlewares = (
            *((DigestAuthMiddleware(user, password),) if user else ()),
            *((_stay_encrypted,) if secure else ()),
            _stay_at(host, name),
        )
        # Some cameras asked by HTTP send us on to HTTPS with a certificate of their own making. That is no worse than
        # HTTP, which is what we were told to speak, unless somebody said how to know the camera.
        connector = TCPConnector(ssl=trust or False, resolver=_Resolver(name))
        self._talking = ClientSession(connector=connector, middlewares=middlewares, response_class=_Answer)

    async def create_onvif_service(self, *arguments: Any, **options: Any) -> Any:
        """See the library."""
        service = await super().create_onvif_service(*arguments, **options)
        service.transport.session = self._talking
        return service

    async def close(self) -> None:
        """See the library."""
        await super().close()
        await self._talking.close()


class _Answer(ClientResponse):
    """aiohttp's own takes whatever is sent, as fast as it comes."""

    async def read(self) -> bytes:
        """See ClientResponse. NotUnderstood for one that does not end."""
        if self._body is None:
            try:
                self._body = await self._heard()
            finally:
                if self._body is None:
                    self.close()
        return await super().read()

    async def _heard(self) -> bytes:
        said = bytearray()
        async for piece in self.content.iter_any():
            said += piece
            if len(said) > ANSWER_MAX_BYTES:
                raise NotUnderstood("whoever answers there says more than any camera has to say")
        return bytes(said)


async def _stay_encrypted(request: ClientRequest, ask: ClientHandlerType) -> ClientResponse:
    """Nothing is said, and no Digest answered, where a camera sends us on to HTTP."""
    if request.url.scheme != "https":
        raise SourceRefused("the camera sends us on to an address that is not encrypted")
    return await ask(request)


def _stay_at(host: str, name: NameLookup) -> ClientMiddlewareType:
    async def stay(request: ClientRequest, ask: ClientHandlerType) -> ClientResponse:
        """A camera that somebody else speaks for has us ask, and sign for, nobody but itself."""
        asked = (request.url.host or "").lower()
        if asked != host.lower() and (is_address(host) or asked not in await _addresses(host, name)):
            raise SourceRefused("the camera sends us on to another host")
        return await ask(request)

    return stay


async def _addresses(host: str, name: NameLookup) -> tuple[str, ...]:
    """NameUnresolved, after a while at most."""
    try:
        async with asyncio.timeout(_LOOKUP_S):
            return await asyncio.wrap_future(name.ask())
    except TimeoutError:
        raise unresolved(host, SILENCE) from None


class _Resolver(AbstractResolver):
    """aiohttp's way to ask a NameLookup; its own would keep the loop from ending before the system has answered."""

    def __init__(self, name: NameLookup) -> None:
        self._name = name

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: int = socket.AF_INET,  # noqa: ARG002 - the library's signature
    ) -> list[ResolveResult]:
        """NameUnresolved, after a while at most."""
        return [_numeric(host, address, port) for address in await _addresses(host, self._name)]

    async def close(self) -> None:
        """Nothing is held."""


def _numeric(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
